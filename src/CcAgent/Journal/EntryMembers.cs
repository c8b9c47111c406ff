using System.Text;
using CcAgent.Runs;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Core.Reports;

namespace CcAgent.Journal;

/// <summary>What the daemon's entries say.</summary>
internal static class EntryMembers
{
    // Characters of a text in an entry. Each costs six bytes at most (\uXXXX), and a line has 64 KiB.
    internal const int LongText = 8 * 1024;

    private const int ShortText = 256;

    /// <summary>What a report is in the chain: a run's end, that it was not begun, or that how it ended is not known.</summary>
    internal static string Event(ExecutionReport report) =>
        report.Lost == true ? AuditEvents.JobLost : report.Refused is not null ? AuditEvents.JobRefused : AuditEvents.JobFinished;

    internal static List<AuditMember> Finished(ExecutionReport report, long seq, Hash32 line, uint uid, string user, bool again = false)
    {
        List<AuditMember> members =
        [
            new("job_id", Cut(report.JobId, ShortText)),
            new("command", Cut(report.Command, LongText / 2)),
            new("exit_code", report.ExitCode),
            new("duration_ms", report.DurationMs),
            new("started", Time(report.StartTime)),
            new("uid", uid),
            new("user", Cut(user, ShortText)),
            new("report", seq),
            new("report_sha256", line.ToString()),
        ];
        if (report.ExecutingUid != uid)
            members.Add(new("executing_uid", report.ExecutingUid));
        Add(members, "run_id", report.RunId);
        Add(members, "signal", report.Signal);
        Add(members, "attempt", report.Attempt);
        Add(members, "sandbox", report.Sandbox);
        Add(members, "stdout_bytes", report.StdoutBytes);
        Add(members, "stderr_bytes", report.StderrBytes);
        Add(members, "stdout_sha256", report.StdoutSha256);
        Add(members, "stderr_sha256", report.StderrSha256);
        if (report.TimedOut is { } timedOut)
            members.Add(new("timed_out", timedOut));
        Add(members, "refused", report.Refused);
        // Another report of the same run says something else: one of the two is not the wrapper's.
        if (again)
            members.Add(new("run_reported_before", true));
        if (report is { Lost: true, Warning: { } how })
            Add(members, "reason", how);
        return members;
    }

    internal static List<AuditMember> Started(RunMark mark, string user) => Started(mark, user, "pid");

    /// <summary>A run whose process is not there yet: its wrapper's is named.</summary>
    internal static List<AuditMember> Begins(RunMark mark, string user) => Started(mark, user, "wrapper_pid");

    private static List<AuditMember> Started(RunMark mark, string user, string process)
    {
        List<AuditMember> members =
        [
            new("job_id", Cut(mark.JobId, ShortText)),
            new("command", Cut(mark.Command, LongText / 2)),
            new("started", Time(mark.StartTime)),
            new("uid", mark.Uid),
            new("user", Cut(user, ShortText)),
            new(process, mark.Pid),
        ];
        Add(members, "run_id", mark.RunId);
        Add(members, "attempt", mark.Attempt);
        return members;
    }

    internal static List<AuditMember> Rejected(RejectedRequest request, string user)
    {
        List<AuditMember> members =
        [
            new("reason", Cut(request.Reason, ShortText * 2)),
            new("uid", request.Uid),
            new("user", Cut(user, ShortText)),
            new("pid", request.Pid),
            new("bytes", request.Bytes.Length),
            new("sha256", Sha256.Hash(request.Bytes.Span).ToString()),
        ];
        Add(members, "job_id", request.JobId);
        return members;
    }

    internal static List<AuditMember> Appended(AuditAppendParams entry, uint uid, string user)
    {
        List<AuditMember> members =
        [
            new("actor", Cut(entry.Actor, ShortText)),
            new("origin", Cut(entry.Origin, ShortText)),
            new("uid", uid),
            new("user", Cut(user, ShortText)),
        ];
        // In an entry, chain, seq and hash are its writer's.
        var witness = entry.Event == AuditEvents.WitnessHead;
        Add(members, "host", entry.Host);
        Add(members, "host_chain", entry.Chain);
        Add(members, witness ? "host_seq" : "console_seq", entry.Seq);
        Add(members, witness ? "host_hash" : "console_hash", entry.Hash);
        Add(members, "table", entry.Table);
        Add(members, "run_id", entry.Run);
        Add(members, "job_id", entry.JobId);
        Add(members, "signal", entry.Signal);
        if (entry.Event == AuditEvents.CrontabEdited || AuditEvents.IsOfInstallation(entry.Event))
        {
            members.Add(new("sha256_before", entry.Before is { } before ? Cut(before, ShortText) : null));
            members.Add(new("sha256_after", entry.After is { } after ? Cut(after, ShortText) : null));
        }

        Add(members, "edit", entry.Edit);
        if (entry.Settled is { } settled)
            members.Add(new("settled", Cut(settled, ShortText * 2)));
        Add(members, "method", entry.Method);
        Add(members, "policy", entry.Policy);
        if (entry.Diff is { } diff)
            members.Add(new("diff", Cut(diff, LongText)));
        if (entry.Reason is { Length: > 0 } reason)
            members.Add(new("reason", Cut(reason, ShortText * 2)));
        return members;
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static void Add(List<AuditMember> members, string name, string? value)
    {
        if (value is not null)
            members.Add(new(name, Cut(value, ShortText)));
    }

    private static void Add(List<AuditMember> members, string name, long? value)
    {
        if (value is { } number)
            members.Add(new(name, number));
    }

    /// <summary>The start of a text that is too long, with what stands for the rest: its digest and its length.</summary>
    internal static string Cut(string text, int limit)
    {
        if (text.Length <= limit)
            return text;
        var bytes = Encoding.UTF8.GetBytes(text);
        var end = char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit;
        return $"{text.AsSpan(0, end)} [… cut; all {bytes.Length} bytes: sha256 {Sha256.Hash(bytes)}]";
    }
}
