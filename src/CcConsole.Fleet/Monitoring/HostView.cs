using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Hosts;

namespace CcConsole.Fleet.Monitoring;

/// <summary>Makes the rows of a host from what the cache knows.</summary>
internal sealed class HostView(CacheDatabase cache, HostInventories inventories, FleetOptions options)
{
    private readonly JobRows _jobs = new(cache, options);
    private readonly AuditStates _audit = new(cache, options);

    public sealed record Rows(HostRow Host, IReadOnlyList<JobRow> Jobs, HostInventory Inventory);

    public Rows Of(HostEntry host, bool refreshing)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        HostState? state = cache.Hosts.Find(host.Name);
        AuditState audit = _audit.Of(host.Name);
        IReadOnlyList<JobRow> jobs = _jobs.Of(host);
        int late = jobs.Count(job => job.Status == Status.Late);
        JobRow[] failed = [.. jobs.Where(job => job.Status == Status.Fail)];
        bool ofJobs = state?.Cause is null && !audit.IsBad && failed.Length > 0;
        bool stale = state?.ContactedAt is not { } contact || now - contact > 2 * options.PollInterval;
        HostRow row = new()
        {
            Host = host,
            Status = StatusOf(state, audit.IsBad, failed.Length, late, stale),
            Cause = state?.Cause ?? (audit.IsBad ? $"audit: {audit.Words}" : CauseOf(failed)),
            IsCauseOfJobs = ofJobs,
            Hint = state?.Hint ?? (ofJobs ? $"Look at its runs: 3, or cc-console report list {host.Name} --failures" : null),
            FailingSince = state?.FailingSince,
            Jobs = cache.Hosts.Tables(host.Name).Count > 0 ? jobs.Count : null,
            Failures = cache.Reports.Failures(host.Name, now.AddDays(-1)),
            Late = late,
            Drift = Drift(host.Name),
            IsCronStopped = state?.Daemon?.EndsWith(HostConnection.NotRunning, StringComparison.Ordinal) == true,
            NextRun = jobs.Min(job => job.NextRun),
            LastContact = state?.ContactedAt,
            IsStale = stale,
            IsRefreshing = refreshing,
            Head = audit.Head,
            Audit = audit,
            HasConflict = audit.Conflict is not null,
            AgentVersion = state?.AgentVersion,
            Daemon = state?.Daemon,
            Dialect = state?.Dialect,
            Zone = state?.Zone,
            RoundTrip = state?.RoundTrip,
        };
        return new Rows(row, jobs, inventories.Cached(host, jobs));
    }

    private int Drift(string host)
    {
        Dictionary<string, ReadOnlyMemory<byte>> seen = cache.Hosts.Seen(host).ToDictionary(table => table.Name, table => table.Bytes);
        return cache.Hosts.Tables(host).Count(table => seen.TryGetValue(table.Name, out ReadOnlyMemory<byte> before) && !before.Span.SequenceEqual(table.Bytes.Span));
    }

    private static string? CauseOf(JobRow[] failed) => failed.Length == 0 ? null
        : $"failed: {string.Join(", ", failed.Take(3).Select(job => job.Job.Name ?? job.Job.Id))}{(failed.Length > 3 ? $" and {failed.Length - 3} more" : "")}";

    /// <summary>Tampering outranks all; what was not looked at lately is never green.</summary>
    private static Status StatusOf(HostState? state, bool tampered, int failed, int late, bool stale) => state switch
    {
        _ when tampered => Status.Fail,
        null => Status.Unknown,
        { State: HostVisit.Offline } => Status.Offline,
        { State: HostVisit.Problem } => Status.Fail,
        _ when stale => Status.Unknown,
        _ when failed > 0 => Status.Fail,
        _ => late > 0 ? Status.Late : Status.Ok,
    };
}
