using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Fleet.Monitoring;

/// <summary>The fleet at a moment. Immutable: a screen keeps it as long as it likes.</summary>
public sealed record FleetSnapshot
{
    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The hosts, in the list's order.</summary>
    public required IReadOnlyList<HostRow> Hosts { get; init; }

    /// <summary>The jobs of all hosts, host by host in the order of their tables.</summary>
    public required IReadOnlyList<JobRow> Jobs { get; init; }

    /// <summary>What each host runs by itself, as the cache knows it, in the order of <see cref="Hosts"/>.</summary>
    public IReadOnlyList<HostInventory> Inventories { get; init; } = [];

    /// <summary>How many hosts have been looked at since the start, whatever came of it: <c>loading 7/41</c> until all have.</summary>
    public required int Loaded { get; init; }

    /// <summary>The number of the newest report in the cache; another one means that lists of reports are to be read again.</summary>
    public required long LastReport { get; init; }

    /// <summary>Whether changes are refused.</summary>
    public required bool IsReadOnly { get; init; }

    /// <summary>Why the list of hosts could not be read; null when it could.</summary>
    public string? HostsProblem { get; init; }

    /// <summary>Why the cache could not be written: what is shown may be old; null when it could.</summary>
    public string? CacheProblem { get; init; }

    /// <summary>A host by its name; null when it is not in the list.</summary>
    public HostRow? Host(string name) => Hosts.FirstOrDefault(host => host.Name == name);

    /// <summary>What a host runs by itself; empty for one that is not in the list.</summary>
    public HostInventory InventoryOf(string host) => Inventories.FirstOrDefault(inventory => inventory.Host == host) ?? new HostInventory { Host = host };

    /// <summary>The jobs of one host.</summary>
    public IEnumerable<JobRow> JobsOf(string host) => Jobs.Where(job => job.Host == host);
}
