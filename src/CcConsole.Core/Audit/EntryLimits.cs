namespace CcConsole.Core.Audit;

/// <summary>What an entry's line must keep to; writer and verifier share these.</summary>
public static class EntryLimits
{
    /// <summary>Longest line in bytes, its line feed not counted: 64 KiB.</summary>
    public const int MaxLineBytes = 64 * 1024;

    /// <summary>Deepest nesting of objects and arrays; the entry's own object is the first level.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most digits of a whole number: what Python reads back with its default settings.</summary>
    public const int MaxDigits = 4300;

    /// <summary>Where our own lines carry their hash: the last member.</summary>
    internal static ReadOnlySpan<byte> HashMemberStart => ", \"hash\": \""u8;

    /// <summary>Bytes by which a line of ours is longer than the object that its hash covers: <c>, "hash": "…"</c>.</summary>
    internal const int HashMemberBytes = 11 + Hash32.HexLength + 1;
}
