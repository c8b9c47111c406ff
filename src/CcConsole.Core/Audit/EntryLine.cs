namespace CcConsole.Core.Audit;

/// <summary>Why a line is not an entry in the one allowed spelling.</summary>
internal enum LineFault : byte
{
    None,
    Spelling,
    Duplicate,
    Constant,
    Depth,
    Length,
}

/// <summary>What a scan found in a line: offsets into it, so that nothing is copied.</summary>
internal struct EntryLine
{
    /// <summary>Bytes of the line, its line feed not counted; up to the fault where there is one.</summary>
    public int Length;

    public LineFault Fault;

    /// <summary>Keys in code point order and <c>hash</c> last: the hash covers the line itself up to that member, and "}".</summary>
    public bool InOrder;

    /// <summary>Offset of the 64 characters of <c>prev_hash</c>; 0 when it is no text of that length.</summary>
    public int Previous;

    /// <summary>Offset of the 64 characters of <c>hash</c>; 0 when it is no text of that length.</summary>
    public int Hash;

    /// <summary>Offset and length of <c>seq</c>'s value; 0 when there is none.</summary>
    public int Seq, SeqLength;

    /// <summary>Offset and length of <c>chain</c>'s value, quotes included; 0 when there is none.</summary>
    public int Chain, ChainLength;

    /// <summary>Offset and length of <c>event</c>'s value, quotes included; 0 when there is none.</summary>
    public int Event, EventLength;

    /// <summary>Offset and length of <c>mono_us</c>'s value; 0 when there is none.</summary>
    public int Mono, MonoLength;

    /// <summary>Offset and length of <c>timestamp</c>'s value; 0 when there is none.</summary>
    public int Time, TimeLength;

    /// <summary>Length of what the hash covers, the closing brace not counted. Only where <see cref="InOrder"/>.</summary>
    public readonly int Unhashed => Length - EntryLimits.HashMemberBytes - 1;
}
