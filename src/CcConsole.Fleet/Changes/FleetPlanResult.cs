using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Changes;

/// <summary>What became of one change of a plan for many hosts.</summary>
public sealed record FleetPlanResult
{
    /// <summary>The plan's number in the journal.</summary>
    public required long Plan { get; init; }

    /// <summary>Which change of it, from 0.</summary>
    public required int Position { get; init; }

    /// <summary>The change.</summary>
    public required ChangePlan Change { get; init; }

    /// <summary>How far it has come. <see cref="MemberState.Running"/>: another console is at it.</summary>
    public required MemberState State { get; init; }

    /// <summary>The attempt's result; null when nothing was sent now.</summary>
    public ChangeResult? Result { get; init; }

    /// <summary>The number of its last attempt in the journal, by which it alone is undone; null when nothing was ever sent.</summary>
    public long? Number { get; init; }

    /// <summary>The cause, or a warning, in words; null when there is none.</summary>
    public string? Message { get; init; }

    /// <summary>What to do next; null when there is nothing to do.</summary>
    public string? Hint { get; init; }

    /// <summary>True when the table is the new one.</summary>
    public bool IsApplied => State == MemberState.Applied;

    /// <summary>True when this is a failure that ends a plan that stops on the first.</summary>
    public bool IsFailure => State is not (MemberState.Applied or MemberState.NotStarted or MemberState.Running);
}
