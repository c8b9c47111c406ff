using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Discovery;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Fleet.Inventory;

/// <summary>All that a host will run by itself: what can be changed here, what can only be shown, and what could not be looked at.</summary>
public sealed record HostInventory
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>When the host was looked through; null when it never was: then <see cref="Jobs"/> is what is known of its tables.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The user that looked, whose own table is among the tables if there is one; empty when the host was never looked through.</summary>
    public string Login { get; init; } = "";

    /// <summary>The jobs of all tables; <see cref="JobRow.Ignored"/> tells of those that the daemon leaves out.</summary>
    public IReadOnlyList<JobRow> Jobs { get; init; } = [];

    /// <summary>The tables.</summary>
    public IReadOnlyList<InventoryTable> Tables { get; init; } = [];

    /// <summary>What is started by other means than a table's entry: only shown.</summary>
    public IReadOnlyList<FixedRow> Fixed { get; init; } = [];

    /// <summary>The schedulers there.</summary>
    public IReadOnlyList<FoundScheduler> Schedulers { get; init; } = [];

    /// <summary>What could not be looked at. Each is worth a line on the screen: a list that is cut must not look complete.</summary>
    public IReadOnlyList<DiscoveryGap> Gaps { get; init; } = [];
}

/// <summary>A table of the inventory.</summary>
/// <param name="Id">Which.</param>
/// <param name="Ignored">Why the daemon ignores the whole of it; null when it is read.</param>
/// <param name="Entries">How many entries it has.</param>
public sealed record InventoryTable(TableId Id, string? Ignored, int Entries);

/// <summary>What starts a <see cref="FixedRow"/>.</summary>
public enum FixedSource
{
    /// <summary>A script of /etc/cron.daily or another such folder.</summary>
    Script,

    /// <summary>A job of /etc/anacrontab.</summary>
    Anacron,

    /// <summary>A timer of systemd.</summary>
    Timer,
}

/// <summary>Something that runs by itself and is only shown.</summary>
public sealed record FixedRow
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>What starts it.</summary>
    public required FixedSource Source { get; init; }

    /// <summary>Where it is configured: the folder, <c>/etc/anacrontab</c>, <c>systemd</c>, or <c>systemd of alice</c>.</summary>
    public required string Place { get; init; }

    /// <summary>Its name: the script's, anacron's identifier, the timer's.</summary>
    public required string Name { get; init; }

    /// <summary>When, as written; empty when nothing runs it.</summary>
    public required string Schedule { get; init; }

    /// <summary>When, in words; the schedule itself where it cannot be phrased.</summary>
    public required string Meaning { get; init; }

    /// <summary>The next run; null when there is none or it is not known.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>The last run, where the host tells; null otherwise.</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>What runs.</summary>
    public required string Command { get; init; }

    /// <summary>As whom.</summary>
    public required string User { get; init; }

    /// <summary>Why it does not run; null when it does.</summary>
    public string? Ignored { get; init; }

    /// <summary>What runs it, in words: <c>/etc/crontab line 7</c>; null when it runs by itself, or nothing does.</summary>
    public string? RunBy { get; init; }

    /// <summary>When the host was looked through.</summary>
    public required DateTimeOffset AsOf { get; init; }
}
