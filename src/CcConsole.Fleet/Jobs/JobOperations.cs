using System.Runtime.CompilerServices;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Hosts;

namespace CcConsole.Fleet.Jobs;

/// <summary>What can be done with jobs. Changes are plans: they are applied by <see cref="ChangeOperations"/>.</summary>
public sealed class JobOperations
{
    private readonly SessionPool _sessions;
    private readonly HostDirectory _hosts;
    private readonly CacheDatabase _cache;
    private readonly ChangeOperations _changes;
    private readonly FleetOptions _options;
    private readonly ReadOnlyGuard _guard;
    private readonly HostInventories _inventories;

    internal JobOperations(
        SessionPool sessions, HostDirectory hosts, CacheDatabase cache, ChangeOperations changes, HostInventories inventories, FleetOptions options, ReadOnlyGuard guard) =>
        (_sessions, _hosts, _cache, _changes, _inventories, _options, _guard) = (sessions, hosts, cache, changes, inventories, options, guard);

    /// <summary>Reads a host's table anew: its jobs, and what can be planned for them. Changes of the host that were interrupted are settled first.</summary>
    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="table">Which table; null for the session's own user's.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">The host is not reached, or the table cannot be read.</exception>
    public async Task<JobEditor> OpenAsync(string host, TableId? table = null, CancellationToken cancellation = default)
    {
        HostEntry entry = _hosts.Get(host);
        await _changes.SettleAsync(host, cancellation).ConfigureAwait(false);
        long noted = _changes.LastNoted;
        (HostFacts facts, TableSnapshot read) = await _sessions.Get(entry).ReadAsync(
            async (connection, token) => (connection.Facts, await connection.Tables.ReadAsync(Named(connection, table), token).ConfigureAwait(false)),
            cancellation).ConfigureAwait(false);
        _changes.KeepRead(new HostTable(host, read.Id.Name, read.Bytes, read.ReadAt), noted);
        return new JobEditor(entry, facts, read, table is null || table.Name == facts.User, _options.Time);
    }

    /// <summary>Reads the table that a job is in, and finds it there: the only table of the host, of those that were read before and the
    /// session's own user's, that has a job so called.</summary>
    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="job">A job's id, the start of it, or its name.</param>
    /// <param name="table">The table that is meant; null to look for it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">There is none, there are several, the host is not reached, or the table cannot be read.</exception>
    public async Task<(JobEditor Table, Job Job)> FindAsync(string host, string job, TableId? table = null, CancellationToken cancellation = default)
    {
        JobEditor read = await OpenAsync(host, table, cancellation).ConfigureAwait(false);
        if (table is null)
        {
            List<(TableId Table, JobMatch Match)> found = [.. read.Jobs.Jobs.Select(here => (read.Table.Id, Matches(here, job)))
                .Concat(Cached(host).Where(row => row.Table != read.Table.Id).Select(row => (row.Table, Matches(row.Job, job))))];
            JobMatch best = found.Count == 0 ? JobMatch.None : found.Max(each => each.Match);
            List<TableId> tables = best == JobMatch.None ? [] : [.. found.Where(each => each.Match == best).Select(each => each.Table).Distinct()];
            if (tables.Count > 1)
            {
                throw new ProblemException($"\"{job}\" means jobs in {tables.Count} tables of {host}: {string.Join(", ", tables)}", "Say which table: --table");
            }

            if (tables is [var other] && other != read.Table.Id)
            {
                read = await OpenAsync(host, other, cancellation).ConfigureAwait(false);
            }
        }

        return (read, read.Find(job));
    }

    /// <summary>
    /// Looks through a host for all that it runs by itself, and keeps it: tables that are gone are dropped. The host is asked for root
    /// once (<c>sudo -n</c>), which its log shows.
    /// </summary>
    /// <exception cref="ProblemException">The host is not reached, or cannot be looked through.</exception>
    public async Task<HostInventory> DiscoverAsync(string host, CancellationToken cancellation = default)
    {
        await _inventories.DiscoverAsync(_hosts.Get(host), cancellation).ConfigureAwait(false);
        return Inventory(host);
    }

    /// <summary>What was last found on a host, with its jobs as they were last read; asks no host.</summary>
    public HostInventory Inventory(string host) => _inventories.Cached(_hosts.Get(host), Cached(host));

    /// <summary>The rows of a host's jobs as they were last read, with what is known of their runs; asks no host.</summary>
    public IReadOnlyList<JobRow> Cached(string host) => new JobRows(_cache, _options).Of(_hosts.Get(host));

    /// <summary>The rows of jobs that were just read, with what is known of their runs.</summary>
    public IReadOnlyList<JobRow> Rows(JobEditor read) => new JobRows(_cache, _options).Of(read);

    /// <summary>What has changed on a host since its table was last seen here, by other means than from here: the drift. It counts as seen then.</summary>
    /// <exception cref="ProblemException">The host is not reached, or the table cannot be read.</exception>
    public async Task<TableDiff> DriftAsync(string host, TableId? table = null, CancellationToken cancellation = default)
    {
        JobEditor now = await OpenAsync(host, table, cancellation).ConfigureAwait(false);
        ReadOnlyMemory<byte> seen = _cache.Hosts.Seen(host).FirstOrDefault(known => known.Name == now.Table.Id.Name)?.Bytes ?? default;
        MarkSeen(host, now.Table.Id, now.Table.Bytes);
        return TableDiff.Between(seen.Span, now.Table.Bytes.Span);
    }

    /// <summary>The tables of a host that were changed since they were last seen here, as the cache knows them; asks no host.</summary>
    public IReadOnlyList<TableDrift> Drift(string host)
    {
        Dictionary<string, ReadOnlyMemory<byte>> seen = _cache.Hosts.Seen(host).ToDictionary(table => table.Name, table => table.Bytes);
        return [.. _cache.Hosts.Tables(host)
            .Where(table => seen.TryGetValue(table.Name, out ReadOnlyMemory<byte> before) && !before.Span.SequenceEqual(table.Bytes.Span))
            .Select(table => TableId.TryParse(table.Name, out TableId? id) ? new TableDrift(id, seen[table.Name], table.Bytes) : null)
            .OfType<TableDrift>()];
    }

    /// <summary>A person has had a table before them as it is: what was changed until then is no drift any more.</summary>
    public void MarkSeen(string host, TableId table, ReadOnlyMemory<byte> now) =>
        _cache.Hosts.SaveSeen(new HostTable(host, table.Name, now, _options.Time.GetUtcNow()));

    /// <summary>
    /// Runs a job now as cron would: its environment, shell, directory and standard input. Gives its output as it comes and, last,
    /// how it ended. Ending the enumeration, or cancelling it, ends the job (TERM).
    /// </summary>
    /// <exception cref="ProblemException">The console is read-only, the host is not reached, or the job cannot be started.</exception>
    public async IAsyncEnumerable<RunEvent> RunAsync(JobEditor table, Job job, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        RunRequest request = RunRequest.For(table, job);
        // Waits for other consoles and for the disk: not on the thread that draws, which asks for the first event.
        await Task.Run(() => _guard.Demand($"running {job.Id}"), cancellation).ConfigureAwait(false);
        HostConnection connection = await _sessions.Get(table.Host).ConnectAsync(cancellation).ConfigureAwait(false);
        if (_guard.Own.Record(AuditEvents.JobRequested, table.Host.Name, new AuditMember("job_id", job.Id), new AuditMember("table", table.Table.Id.Name), new AuditMember("command", OwnRecords.Cut(job.Command))) is { } unrecorded)
        {
            throw new ProblemException($"{unrecorded}; {job.Id} was not run");
        }

        IAsyncEnumerable<RunEvent> run = connection.Agent is { } agent ? AgentRun.StartAsync(agent, request, cancellation) : ScriptRun.StartAsync(connection, request, _options.Time, cancellation);
        await foreach (RunEvent happened in run.ConfigureAwait(false))
        {
            yield return happened;
        }
    }

    private static JobMatch Matches(Job job, string text) =>
        job.Id == text ? JobMatch.Id
        : text.Length > 0 && job.Id.StartsWith(text, StringComparison.Ordinal) ? JobMatch.Start
        : string.Equals(job.Name, text, StringComparison.OrdinalIgnoreCase) ? JobMatch.Name
        : JobMatch.None;

    /// <summary>How a text means a job; a stronger one counts alone.</summary>
    private enum JobMatch
    {
        None,
        Name,
        Start,
        Id,
    }

    /// <summary>The session's own table is not named, so that no privilege is asked for.</summary>
    private static TableId? Named(HostConnection connection, TableId? table) => table?.Name == connection.Facts.User ? null : table;
}
