using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>How a host's chain stands, from the cache alone: what lists, screens and <c>audit heads</c> say of it.</summary>
public sealed record AuditState
{
    /// <summary>The verdict of a host that has no copy in use: nothing was pulled yet, or nothing since a person put the last one aside.</summary>
    public const string NotPulled = "NONE";

    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>The remembered head; null when nothing was pulled.</summary>
    public ChainHead? Head { get; init; }

    /// <summary>
    /// When a person put the host's last copy aside, and nothing was pulled since: what the host shows now is held against nothing. Null where a copy is
    /// in use, and of a host that never had one.
    /// </summary>
    public DateTimeOffset? SetAsideAt { get; init; }

    /// <summary>The last contradiction that no one has resolved; null when there is none.</summary>
    public ChainConflict? Conflict { get; init; }

    /// <summary>The verdict by its name: an open contradiction's, else the last pull's; <see cref="NotPulled"/> before the first.</summary>
    public required string Verdict { get; init; }

    /// <summary>How long ago the last pull ended that took all that the host had; null before the first.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Whether the copy is older than the settings want it: what the host did since is not known.</summary>
    public bool IsStale { get; init; }

    /// <summary>How old the last signed checkpoint is, by the host's clock; null when nothing is signed.</summary>
    public TimeSpan? CheckpointAge { get; init; }

    /// <summary>How long ago every entry of the host was last held against the copy; null when never.</summary>
    public TimeSpan? ComparedAge { get; init; }

    /// <summary>Whether the last pull found nothing wrong and nothing contradicts the copy. It may be stale all the same.</summary>
    public bool IsGood => Verdict == "OK";

    /// <summary>Whether something is wrong with the chain: red wherever the host is shown.</summary>
    public bool IsBad => Verdict is not ("OK" or NotPulled);

    /// <summary>Whether the last pull found that the agent, which runs, has left the chain without a signature for too long.</summary>
    public bool IsOverdue => Verdict == "OVERDUE";

    /// <summary>That other hosts have the same chain, in words; null when none has.</summary>
    public string? Cloned { get; init; }

    /// <summary>All of it in a sentence without a final full stop.</summary>
    public required string Words { get; init; }
}
