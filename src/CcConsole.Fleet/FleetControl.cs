using CcConsole.Core;
using CcConsole.Fleet.Agents;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Monitoring;
using CcConsole.Fleet.Reports;
using CcConsole.Fleet.Runs;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;

namespace CcConsole.Fleet;

/// <summary>
/// The application without its screens: every action that a key or a verb can call exists here once. Safe for use by several
/// threads. Expected failures are results or <see cref="ProblemException"/>; a host that is down is a state of its row.
/// </summary>
public sealed class FleetControl : IAsyncDisposable
{
    private const string CacheName = "cache.db", HostsName = "hosts.json";
    private readonly SessionPool _sessions;

    private FleetControl(FleetOptions options, CacheDatabase cache)
    {
        Own = new OwnChain(options);
        ReadOnlyGuard guard = new(options.ReadOnly, Own);
        HostsFile file = new(Path.Combine(options.ConfigDirectory, HostsName));
        HostDirectory hosts = new(file);
        _sessions = new SessionPool(hosts, options);
        Cache = cache;
        IsReadOnly = options.ReadOnly;
        Hosts = new HostOperations(_sessions, hosts, file, cache, options, guard);
        Changes = new ChangeOperations(_sessions, hosts, cache, options, guard);
        HostInventories inventories = new(_sessions, cache, Changes, options);
        Jobs = new JobOperations(_sessions, hosts, cache, Changes, inventories, options, guard);
        Plans = new FleetPlanOperations(Jobs, Changes, hosts, cache, options, guard);
        Reports = new ReportOperations(_sessions, cache, options);
        Runs = new RunOperations(_sessions, options, guard);
        Audit = new AuditOperations(_sessions, hosts, cache, options, guard);
        Agents = new AgentOperations(_sessions, Changes, options, guard);
        Changes.Applied += result => OwnRecords.Applied(Own, result);
        Changes.Settled += change => OwnRecords.Settled(Own, change);
        Monitor = new FleetMonitor(_sessions, hosts, cache, Audit, Changes, inventories, options);
    }

    /// <summary>Whether changes are refused.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The list of hosts.</summary>
    public HostOperations Hosts { get; }

    /// <summary>Jobs: reading, planning, running.</summary>
    public JobOperations Jobs { get; }

    /// <summary>Plans: applying and undoing.</summary>
    public ChangeOperations Changes { get; }

    /// <summary>Plans for many hosts: making, applying, resuming, undoing.</summary>
    public FleetPlanOperations Plans { get; }

    /// <summary>Runs that are going on.</summary>
    public RunOperations Runs { get; }

    /// <summary>Reports of runs.</summary>
    public ReportOperations Reports { get; }

    /// <summary>The hosts' audit chains.</summary>
    public AuditOperations Audit { get; }

    /// <summary>What this console did: its own audit chain.</summary>
    public OwnChain Own { get; }

    /// <summary>The agents on the hosts: looking, installing, upgrading, uninstalling.</summary>
    public AgentOperations Agents { get; }

    /// <summary>The fleet as screens show it, kept up to date in the background once started.</summary>
    public FleetMonitor Monitor { get; }

    /// <summary>The cache, for preferences and the doctor.</summary>
    public CacheDatabase Cache { get; }

    /// <summary>Opens the cache; touches no host.</summary>
    /// <exception cref="ProblemException">A folder or the cache cannot be used.</exception>
    public static FleetControl Open(FleetOptions options) =>
        new(options, CacheDatabase.Open(Path.Combine(options.StateDirectory, CacheName), options.Time));

    /// <summary>Ends the monitor and closes all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await Monitor.DisposeAsync().ConfigureAwait(false);
        await _sessions.DisposeAsync().ConfigureAwait(false);
        Own.Dispose();
        Cache.Dispose();
    }
}
