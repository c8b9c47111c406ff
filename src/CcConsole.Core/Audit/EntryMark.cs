namespace CcConsole.Core.Audit;

/// <summary>Entries that say something about the chain itself, for which a verification stops.</summary>
internal enum EntryMark : byte
{
    None,
    Genesis,
    KeyNext,
    Checkpoint,
    Started,

    /// <summary>Written at a start before the entry that says so: a torn end, a log found too short.</summary>
    Healed,

    /// <summary>The first of a segment: also one with which a start goes on, before the entry that says so.</summary>
    Rotated,
    Prune,
}

/// <summary>Where such an entry lies in a block.</summary>
/// <param name="Mark">Which.</param>
/// <param name="Line">0-based line of the block.</param>
/// <param name="At">Offset of the line.</param>
/// <param name="Length">Its length without the line feed.</param>
/// <param name="Clock">Its clocks.</param>
/// <param name="Before">The clocks of the line before it in the block; unknown for the first.</param>
internal readonly record struct MarkedLine(EntryMark Mark, int Line, int At, int Length, EntryClock Clock, EntryClock Before);

internal static class EntryMarks
{
    /// <param name="value">The value of <c>event</c>, with its quotes.</param>
    public static EntryMark Of(ReadOnlySpan<byte> value)
    {
        // Nearly all are a job's: they are told by one byte.
        if (value.Length < 8 || value[1] != 'a')
            return EntryMark.None;
        return value switch
        {
            _ when value.SequenceEqual("\"audit.checkpoint\""u8) => EntryMark.Checkpoint,
            _ when value.SequenceEqual("\"audit.key_next\""u8) => EntryMark.KeyNext,
            _ when value.SequenceEqual("\"audit.genesis\""u8) => EntryMark.Genesis,
            _ when value.SequenceEqual("\"agent.started\""u8) || value.SequenceEqual("\"audit.opened\""u8) => EntryMark.Started,
            _ when value.SequenceEqual("\"audit.recovered\""u8) || value.SequenceEqual("\"audit.shrunk\""u8) => EntryMark.Healed,
            _ when value.SequenceEqual("\"audit.rotate\""u8) => EntryMark.Rotated,
            _ when value.SequenceEqual("\"audit.prune\""u8) => EntryMark.Prune,
            _ => EntryMark.None,
        };
    }

    /// <summary>Whether an entry is about the chain itself.</summary>
    /// <param name="value">The value of <c>event</c>, with its quotes.</param>
    public static bool IsOfChain(ReadOnlySpan<byte> value) => value.StartsWith("\"audit."u8);
}
