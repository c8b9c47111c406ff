using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Inventory;
using CcConsole.Store;
using CcConsole.Store.Hosts;
using CcConsole.Store.Reports;

namespace CcConsole.Fleet.Jobs;

/// <summary>Makes rows of jobs: the table's lines, and what the cache knows of their runs.</summary>
internal sealed class JobRows(CacheDatabase cache, FleetOptions options)
{
    public const int RunsShown = 12;

    /// <summary>A run is late when it has not been reported so long after it was due, and as long again as its last run took.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>The rows of a host's tables as they were last read.</summary>
    public IReadOnlyList<JobRow> Of(HostEntry host)
    {
        HostState? state = cache.Hosts.Find(host.Name);
        CronDialect dialect = CronDialects.Of(state?.Dialect);
        TimeZoneInfo zone = ZoneDatabase.Find(state?.Zone ?? "UTC") ?? TimeZoneInfo.Utc;
        KeptFindings? found = Kept(host.Name);
        return [.. cache.Hosts.Tables(host.Name).SelectMany(table =>
            TableId.TryParse(table.Name, out TableId? id)
                ? Of(host.Name, id, found, table.Bytes, JobTable.From(CrontabDocument.Parse(table.Bytes.Span, dialect, id.IsSystem)), zone, table.ReadAt)
                : [])];
    }

    public IReadOnlyList<JobRow> Of(JobEditor read) => Of(read.Host.Name, read.Table.Id, Kept(read.Host.Name), read.Table.Bytes, read.Jobs, read.Facts.Zone, read.Table.ReadAt);

    private KeptFindings? Kept(string host) => cache.Hosts.Findings(host) is { } findings ? InventoryJson.Read(findings.Json) : null;

    private List<JobRow> Of(string host, TableId id, KeptFindings? found, ReadOnlyMemory<byte> bytes, JobTable table, TimeZoneInfo zone, DateTimeOffset asOf)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        KeptTable? against = found?.Against(id, bytes);
        // Only the login's own table is read at every visit; the others as often as the host is looked through.
        bool looked = found is not null && found.Login != id.Name;
        IReadOnlyDictionary<string, IReadOnlyList<RunSummary>> runs = cache.Reports.LastRunsOfHost(host, RunsShown);
        DateTimeOffset? changed = cache.Changes.LastAppliedAt(host, id.Name);
        HashSet<int> drifted = DriftedLines(host, id, table.Document);
        ILookup<int, LintFinding> findings = CrontabLinter.Lint(table.Document, new LintContext { TableUser = id.IsSystem ? null : id.Name })
            .Findings.ToLookup(finding => finding.Line);
        return [.. table.Jobs.Select(job =>
        {
            IReadOnlyList<RunSummary> last = job.Wrapped is { } wrapped ? runs.GetValueOrDefault(wrapped.JobId, []) : [];
            EntryTiming timing = EntryTiming.Of(table.Document, job.Entry, zone, ZoneDatabase.Find);
            string? ignored = job.State == JobState.Active ? against?.Ignored ?? against?.Lines.FirstOrDefault(line => line.Line == job.LineNumber)?.Why : null;
            (Status status, string? cause) = ignored is null ? StatusOf(job, last, timing, now, changed) : (Status.Unknown, ignored);
            return new JobRow
            {
                Host = host,
                Table = id,
                Job = job,
                Input = job.Entry is { } entry && table.Document.Command(entry) is { RawInput: not null } command ? Encoding.UTF8.GetString(command.Input()) : null,
                Status = status,
                Cause = cause,
                Meaning = job.Schedule is { } schedule ? ScheduleDescription.Describe(schedule) : "",
                Ignored = ignored,
                NextRun = job.State == JobState.Active && ignored is null ? timing.Next(job.Schedule!, now) : null,
                TimingNotes = timing.Notes,
                Findings = [.. findings[job.LineNumber]],
                IsDrifted = drifted.Contains(job.LineNumber),
                LastRun = last.Count > 0 ? last[0] : null,
                Runs = last,
                AsOf = asOf,
                IsStale = now - asOf > 2 * (looked ? options.LookInterval ?? TimeSpan.FromDays(1) : options.PollInterval),
            };
        })];
    }

    private HashSet<int> DriftedLines(string host, TableId id, CrontabDocument now)
    {
        byte[] bytes = now.ToBytes();
        return cache.Hosts.Seen(host).FirstOrDefault(table => table.Name == id.Name) is { } seen && !seen.Bytes.Span.SequenceEqual(bytes)
            ? [.. TableDiff.Between(seen.Bytes.Span, bytes).Lines.Where(line => line.Kind == DiffKind.Added).Select(line => line.NewNumber)]
            : [];
    }

    private static (Status Status, string? Cause) StatusOf(Job job, IReadOnlyList<RunSummary> runs, EntryTiming timing, DateTimeOffset now, DateTimeOffset? changed)
    {
        switch (job.State)
        {
            case JobState.Paused:
                return (Status.Off, null);
            case JobState.Unparsed:
                return (Status.Unknown, $"the daemon refuses the line: {job.Problem}");
        }

        if (!job.IsManaged)
        {
            return (Status.Unknown, "not wrapped: its runs are not reported");
        }

        if (runs.Count == 0)
        {
            return (Status.Unknown, "no run reported yet");
        }

        RunSummary last = runs[0];
        DateTimeOffset? due = job.Schedule!.IsRandom ? null : timing.Previous(job.Schedule, now - Grace - last.Duration - TimeSpan.FromMinutes(timing.MaxDelay));
        if (due is { } expected && expected > last.StartedAt.AddMinutes(1) && !(changed > expected))
        {
            return (Status.Late, $"the run due {expected:HH:mm} was not reported");
        }

        // A run that was refused says nothing of how the job is: the last one that was begun does.
        int begun = 0;
        while (begun < runs.Count && runs[begun].Refused is not null)
        {
            begun++;
        }

        string? refused = begun == 0 ? null : $"the last run was not begun: {last.Refused}";
        return begun == runs.Count ? (Status.Unknown, refused)
            : runs[begun].IsLost ? (Status.Fail, Also("the last run was lost: nobody knows how it ended", refused))
            : runs[begun].ExitCode == 0 ? (Status.Ok, refused)
            : (Status.Fail, Also($"exit code {runs[begun].ExitCode}", refused));

        static string Also(string cause, string? refused) => refused is null ? cause : $"{cause}; {refused}";
    }
}
