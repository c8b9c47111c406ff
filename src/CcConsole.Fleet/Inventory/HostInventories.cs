using System.Collections.Concurrent;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Discovery;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Hosts;

namespace CcConsole.Fleet.Inventory;

/// <summary>
/// Looks through hosts, and keeps what was found. A look costs the host some hundred processes and asks it for root, which its log
/// shows: so the monitor looks once a day (<see cref="FleetOptions.LookInterval"/>), an hour later where it failed, and when a person asks for the host.
/// </summary>
internal sealed class HostInventories(SessionPool sessions, CacheDatabase cache, ChangeOperations changes, FleetOptions options)
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromHours(1), AfterAsking = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, DiscoveryGap Gap)> _failed = new(StringComparer.Ordinal);

    /// <summary>Whether the monitor is to look again.</summary>
    /// <param name="host">The host.</param>
    /// <param name="asked">Whether a person has asked for this host: then at most once a minute.</param>
    public bool IsDue(string host, bool asked)
    {
        if (options.LookInterval is not { } interval)
        {
            return false;
        }

        DateTimeOffset now = options.Time.GetUtcNow();
        interval = asked ? AfterAsking : interval;
        return !(_failed.TryGetValue(host, out (DateTimeOffset At, DiscoveryGap Gap) failure) && now - failure.At < (asked ? AfterAsking : AfterFailure))
            && !(cache.Hosts.Findings(host)?.ReadAt is { } at && now - at < interval);
    }

    /// <exception cref="ProblemException">The host is not reached, or cannot be looked through; what was found before stays.</exception>
    public async Task DiscoverAsync(HostEntry host, CancellationToken cancellation)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        long noted = changes.LastNoted;
        try
        {
            HostSchedules found = await sessions.Get(host).ReadAsync(HostLook.AtAsync, cancellation).ConfigureAwait(false);
            changes.KeepFound(host.Name, noted, isNewer => Keep(host.Name, found, now, isNewer));
            _failed.TryRemove(host.Name, out _);
        }
        catch (ProblemException e)
        {
            _failed[host.Name] = (now, new DiscoveryGap("what runs there beside the login's own table", $"the last look failed: {e.Message}", e.Hint));
            throw;
        }
    }

    public HostInventory Cached(HostEntry host, IReadOnlyList<JobRow> jobs)
    {
        HostFindings? kept = cache.Hosts.Findings(host.Name);
        KeptFindings found = (kept is null ? null : InventoryJson.Read(kept.Json)) ?? new KeptFindings();
        HostState? state = cache.Hosts.Find(host.Name);
        TimeZoneInfo zone = ZoneDatabase.Find(state?.Zone ?? "UTC") ?? TimeZoneInfo.Utc;
        CronDialect dialect = CronDialects.Of(state?.Dialect);
        IReadOnlyList<DiscoveryGap> gaps = _failed.TryGetValue(host.Name, out (DateTimeOffset At, DiscoveryGap Gap) failure) ? [failure.Gap, .. found.Gaps] : found.Gaps;
        return new HostInventory
        {
            Host = host.Name,
            At = kept?.ReadAt,
            Login = found.Login,
            Jobs = jobs,
            Tables =
            [
                .. cache.Hosts.Tables(host.Name).Select(table => TableId.TryParse(table.Name, out TableId? id)
                    ? new InventoryTable(id, found.Against(id, table.Bytes)?.Ignored, jobs.Count(job => job.Table == id)) : null).OfType<InventoryTable>(),
            ],
            Fixed = kept is null ? [] : FixedRows.Of(host.Name, found, dialect, zone, kept.ReadAt, options.Time.GetUtcNow()),
            Schedulers = found.Schedulers,
            Gaps = gaps,
        };
    }

    private void Keep(string host, HostSchedules found, DateTimeOffset at, Func<string, bool> isNewer)
    {
        Dictionary<string, HostTable> known = cache.Hosts.Tables(host).ToDictionary(table => table.Name, StringComparer.Ordinal);
        foreach (FoundTable table in found.Tables)
        {
            // One that was read or written while the host was being looked through is newer.
            if (!isNewer(table.Id.Name) && !(known.TryGetValue(table.Id.Name, out HostTable? last) && last.ReadAt > at))
            {
                cache.Hosts.SaveTable(new HostTable(host, table.Id.Name, table.Bytes, at));
            }
        }

        HashSet<string> gaps = [.. found.Gaps.Select(gap => gap.What)], there = [.. found.Tables.Select(table => table.Id.Name)];
        cache.Hosts.KeepTables(host, known.Values.Where(table => there.Contains(table.Name) || isNewer(table.Name) || table.ReadAt > at || MayBeThere(table.Name, found, gaps)).Select(table => table.Name).Concat(there));
        cache.Hosts.SaveFindings(new HostFindings(host, JsonSerializer.SerializeToUtf8Bytes(KeptFindings.Of(found), InventoryJson.Default.KeptFindings), at));
    }

    /// <summary>What could not be looked at is not gone for that.</summary>
    private static bool MayBeThere(string table, HostSchedules found, HashSet<string> gaps) =>
        gaps.Contains(table) || gaps.Contains($"the table of {table}")
        || (table[0] == '/' ? gaps.Contains(TableId.SystemFolder.TrimEnd('/')) : !found.AsRoot && table != found.Cron.User);
}
