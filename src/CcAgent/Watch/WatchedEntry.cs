using CcAgent.Native;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;

namespace CcAgent.Watch;

/// <summary>Whose runs of which job: the uid is the kernel's word, so that nobody's run stands in for another's.</summary>
internal readonly record struct RunKey(uint Uid, string JobId);

/// <summary>An entry whose runs are waited for.</summary>
/// <param name="Table">How entries of the chain call its table.</param>
/// <param name="Key">Who runs it and its job id.</param>
/// <param name="Schedule">When it is due.</param>
/// <param name="Timing">By which clock.</param>
/// <param name="IsReported">Whether its runs are reported to this daemon; else only the host and the cron daemon tell.</param>
/// <param name="Queues">Whether a run waits for the one before it.</param>
internal sealed record WatchedEntry(string Table, RunKey Key, Schedule Schedule, EntryTiming Timing, bool IsReported, bool Queues)
{
    /// <summary>The entries of a table that can be judged: those that the daemon runs at times that are known.</summary>
    /// <param name="name">How entries of the chain call the table.</param>
    /// <param name="table">The table.</param>
    /// <param name="user">Whose it is; null for a system table.</param>
    /// <param name="zone">The host's zone.</param>
    /// <param name="reports">Whether a run of that user that reports to that socket reports to this daemon; the socket is null where the line names none.</param>
    internal static List<WatchedEntry> Of(string name, CrontabDocument table, string? user, TimeZoneInfo zone, Func<uint, string?, bool> reports)
    {
        var entries = new List<WatchedEntry>();
        // The daemon does not run what it refuses: debian the whole table, the others the line.
        if (table.Dialect == CronDialect.Debian && !table.IsAccepted)
            return entries;
        var timed = table.Lines.Any(static line => line is VariableLine { Name: "CRON_TZ" or "RANDOM_DELAY" });
        var host = EntryTiming.OfHost(zone);
        var users = new Dictionary<string, uint?>(StringComparer.Ordinal);
        foreach (var job in JobTable.From(table).Jobs)
        {
            if (job is not { State: JobState.Active, Schedule: { IsReboot: false, IsRandom: false, NeverFires: false, Fault: null } schedule, Entry: { } entry })
                continue;
            var timing = timed ? EntryTiming.Of(table, entry, zone, FindZone) : host;
            // What anacron makes up for is not missed, and what it holds back is not either.
            if (timing.Zone is null || (!job.IsManaged && job.Command.Contains("anacron", StringComparison.Ordinal)))
                continue;
            var runs = job.User ?? user ?? "";
            if (!users.TryGetValue(runs, out var uid))
                users[runs] = uid = UserAccount.Named(runs)?.Uid;
            if (uid is not { } known)
                continue;
            var wrapped = job.Wrapped;
            if (wrapped is not null && !reports(known, wrapped.SocketPath))
                continue;
            entries.Add(new WatchedEntry(name, new RunKey(known, wrapped?.JobId ?? job.Id), schedule, timing, wrapped is not null, wrapped is not null && Waits(wrapped.Flags)));
        }

        return entries;
    }

    private static bool Waits(IReadOnlyList<string> flags)
    {
        for (var i = 0; i < flags.Count; i++)
        {
            if (flags[i] == "--overlap=queue" || (flags[i] == "--overlap" && i + 1 < flags.Count && flags[i + 1] == "queue"))
                return true;
        }

        return false;
    }

    private static TimeZoneInfo? FindZone(string name) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
}
