namespace CcConsole.Store.Changes;

/// <summary>Changes of several hosts that were planned as one, and how far each has come.</summary>
public sealed record BatchRecord
{
    /// <summary>Its number, growing; given by the journal.</summary>
    public long Id { get; init; }

    /// <summary>What it does, in words: <c>pause job backup</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Why, in the person's words; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Who planned it.</summary>
    public required string Actor { get; init; }

    /// <summary>How many hosts are changed at once.</summary>
    public required int Parallelism { get; init; }

    /// <summary>True to go on with the other hosts after one that failed.</summary>
    public required bool ContinuesOnFailure { get; init; }

    /// <summary>When it was noted, before anything was sent.</summary>
    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>The batch that this one takes back.</summary>
    public long? Undoes { get; init; }

    /// <summary>Its members, in their order.</summary>
    public required IReadOnlyList<BatchMember> Members { get; init; }

    /// <summary>Hosts that were meant and have no member.</summary>
    public IReadOnlyList<BatchOmission> Omissions { get; init; } = [];

    /// <summary>True when every member is applied.</summary>
    public bool IsComplete => Members.All(member => member.State == MemberState.Applied);
}

/// <summary>One host of a batch.</summary>
public sealed record BatchMember
{
    /// <summary>Whether it was applied, and taken back since.</summary>
    public bool IsUndone => State == MemberState.Applied && Change.UndoneBy is not null;

    /// <summary>Its place in the batch, from 0.</summary>
    public int Position { get; init; }

    /// <summary>The change as it was planned; once it was tried, the last attempt, with its number.</summary>
    public required ChangeRecord Change { get; init; }

    /// <summary>Whether the table is the one of the session's own user.</summary>
    public required bool IsOwnTable { get; init; }

    /// <summary>The job that it is about; null when there is none.</summary>
    public string? JobId { get; init; }

    /// <summary>Why the host was not reached the last time; null when it was, or was not tried.</summary>
    public string? NotReached { get; init; }

    /// <summary>How far it has come.</summary>
    public MemberState State => (Change.Id, NotReached, Change.Outcome) switch
    {
        (_, _, ChangeOutcome.Applied) => MemberState.Applied,
        ( > 0, _, null) => Change.IsRunning ? MemberState.Running : MemberState.Interrupted,
        (_, _, ChangeOutcome.Unknown) => MemberState.Unknown,
        (_, not null, _) => MemberState.NotReached,
        (0, _, _) => MemberState.NotStarted,
        (_, _, ChangeOutcome.Refused) => MemberState.Refused,
        _ => MemberState.Failed,
    };
}

/// <summary>A host that was meant and has no member.</summary>
/// <param name="Host">Its name in the fleet.</param>
/// <param name="Problem">Why no plan could be made; null when nothing would change there.</param>
/// <param name="Hint">What to do next; null when there is nothing to do.</param>
public sealed record BatchOmission(string Host, string? Problem, string? Hint);

/// <summary>How far a member of a batch has come.</summary>
public enum MemberState
{
    /// <summary>Nothing was sent.</summary>
    NotStarted,

    /// <summary>The host was not reached; nothing was sent.</summary>
    NotReached,

    /// <summary>A living console is at it.</summary>
    Running,

    /// <summary>The connection was lost, or the console died, in its middle: whether the table is the old or the new one is to be read.</summary>
    Interrupted,

    /// <summary>The table was written and read back equal.</summary>
    Applied,

    /// <summary>Nothing was written: the table had changed meanwhile, or the host refused.</summary>
    Refused,

    /// <summary>It failed; the table was found to be the old one.</summary>
    Failed,

    /// <summary>It failed, and the table was found to be neither the old nor the new one.</summary>
    Unknown,
}
