using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Hosts;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Monitoring;

/// <summary>A host of the fleet as a list shows it.</summary>
public sealed record HostRow
{
    /// <summary>The host.</summary>
    public required HostEntry Host { get; init; }

    /// <summary>Its name in the fleet.</summary>
    public string Name => Host.Name;

    /// <summary>How it is.</summary>
    public required Status Status { get; init; }

    /// <summary>Why it is not well, in words; null when it is.</summary>
    public string? Cause { get; init; }

    /// <summary>True when the cause is that the last runs of jobs failed, and nothing is wrong with the host itself.</summary>
    public bool IsCauseOfJobs { get; init; }

    /// <summary>What to do about it; null when there is nothing.</summary>
    public string? Hint { get; init; }

    /// <summary>Since when it has not answered; null when it does.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>How many jobs its tables hold; null while they were never read.</summary>
    public int? Jobs { get; init; }

    /// <summary>Runs that failed in the last 24 hours.</summary>
    public int Failures { get; init; }

    /// <summary>Jobs whose due run was not reported.</summary>
    public int Late { get; init; }

    /// <summary>How many of its tables were changed by other means since they were last seen here.</summary>
    public int Drift { get; init; }

    /// <summary>True when a look at the host has found no cron daemon running: none of its jobs will start.</summary>
    public bool IsCronStopped { get; init; }

    /// <summary>The next run of any of its jobs, in the host's zone.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>When it last answered; null when never.</summary>
    public DateTimeOffset? LastContact { get; init; }

    /// <summary>True when what is shown is older than twice the poll interval.</summary>
    public bool IsStale { get; init; }

    /// <summary>True while it is being looked at.</summary>
    public bool IsRefreshing { get; init; }

    /// <summary>The remembered head of its audit chain; null when nothing was pulled.</summary>
    public ChainHead? Head { get; init; }

    /// <summary>How its audit chain stands; null of rows that were made without asking for it.</summary>
    public AuditState? Audit { get; init; }

    /// <summary>The verdict on its chain: a name such as <c>OK</c>; null when nothing was pulled.</summary>
    public string? Verdict => Audit is { Verdict: not AuditState.NotPulled } audit ? audit.Verdict : Head?.Verdict;

    /// <summary>True while a contradiction of its chain waits for a person.</summary>
    public bool HasConflict { get; init; }

    /// <summary>The agent's version; null when it has none.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>The cron daemon in words.</summary>
    public string? Daemon { get; init; }

    /// <summary>The dialect of its tables.</summary>
    public string? Dialect { get; init; }

    /// <summary>Its time zone by its TZ database name.</summary>
    public string? Zone { get; init; }

    /// <summary>How long its last answer took.</summary>
    public TimeSpan? RoundTrip { get; init; }
}
