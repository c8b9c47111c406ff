namespace CcConsole.Core.Crontab.Discovery;

/// <summary>All that a host will run by itself, as far as the login may see; what could not be looked at is among the gaps.</summary>
public sealed record HostSchedules
{
    /// <summary>Cron on that host; its user is the login's.</summary>
    public required HostCron Cron { get; init; }

    /// <summary>The schedulers that run there, or are installed; empty when the host has none.</summary>
    public IReadOnlyList<FoundScheduler> Schedulers { get; init; } = [];

    /// <summary>The tables: the login user's first, then other users', then the system's, each by name.</summary>
    public IReadOnlyList<FoundTable> Tables { get; init; } = [];

    /// <summary>What lies in the folders whose scripts are run one after the other (run-parts).</summary>
    public IReadOnlyList<FolderScript> Scripts { get; init; } = [];

    /// <summary>The jobs of anacron's table.</summary>
    public IReadOnlyList<AnacronJob> AnacronJobs { get; init; } = [];

    /// <summary>systemd's timers, the system's and the login user's own.</summary>
    public IReadOnlyList<SystemdTimer> Timers { get; init; } = [];

    /// <summary>What could not be looked at.</summary>
    public IReadOnlyList<DiscoveryGap> Gaps { get; init; } = [];

    /// <summary>True when root looked: other users' tables are complete.</summary>
    public bool AsRoot { get; init; }
}

/// <summary>Something that could not be looked at, or not in full. Never the same as "there is none".</summary>
/// <param name="What">What, in words: <c>other users' tables</c>.</param>
/// <param name="Why">Why, in words.</param>
/// <param name="Hint">What to do about it; may be empty.</param>
public sealed record DiscoveryGap(string What, string Why, string Hint);

/// <summary>A daemon that starts jobs by a table.</summary>
/// <param name="Name"><c>debian</c>, <c>cronie</c>, <c>busybox</c>; else its own: <c>fcron</c>, <c>systemd-cron</c> …</param>
/// <param name="Version">As its package or it itself tells; may be empty.</param>
/// <param name="IsRunning">Whether a process of it was seen.</param>
/// <param name="IsUnderstood">False for one whose rules this program does not know: its tables are shown by debian's rules, as a guess.</param>
public sealed record FoundScheduler(string Name, string Version, bool IsRunning, bool IsUnderstood);
