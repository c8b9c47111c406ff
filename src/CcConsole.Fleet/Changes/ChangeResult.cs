using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Changes;

/// <summary>What became of a plan.</summary>
public sealed record ChangeResult
{
    /// <summary>The plan.</summary>
    public required ChangePlan Plan { get; init; }

    /// <summary>How it ended.</summary>
    public required ChangeOutcome Outcome { get; init; }

    /// <summary>Its number in the journal, by which it is undone; null when it never came that far.</summary>
    public long? Change { get; init; }

    /// <summary>False when the outcome is unknown only until the host is reached again: the change stays open in the journal.</summary>
    public bool IsSettled { get; init; } = true;

    /// <summary>The entry of the host's audit chain; null without an agent, and when nothing was written.</summary>
    public long? AuditSeq { get; init; }

    /// <summary>The cause of a refusal or failure, or a warning, in words; null when there is none.</summary>
    public string? Message { get; init; }

    /// <summary>What to do next; null when there is nothing to do.</summary>
    public string? Hint { get; init; }

    /// <summary>The table as it is now, where that is known: after a refusal, what someone else has made of it.</summary>
    public ReadOnlyMemory<byte>? Current { get; init; }

    /// <summary>
    /// What was found in place of the new table and had to give way to the old one: another editor may have written it at the same
    /// moment. It is kept in the journal, as a change of its own. Null for nothing.
    /// </summary>
    public ReadOnlyMemory<byte>? Displaced { get; init; }

    /// <summary>True when the table was written, and read back equal.</summary>
    public bool IsApplied => Outcome == ChangeOutcome.Applied;

    /// <summary>True when nothing was written because someone else had changed the table since it was read.</summary>
    public bool IsConflict => Outcome == ChangeOutcome.Refused && Current is { } now && !now.Span.SequenceEqual(Plan.Before.Span);
}
