using System.Text;

namespace CcConsole.Tui.Cells;

/// <summary>
/// Clusters of more than one scalar, each kept once. It grows with what hosts send, so it has a limit: when
/// <see cref="IsFull"/>, the owner empties it and repaints.
/// </summary>
public sealed class GlyphPool
{
    /// <summary>Marks a glyph as a number in the pool.</summary>
    private const uint PoolBit = 0x8000_0000;

    private readonly Dictionary<string, uint> _numbers = new(StringComparer.Ordinal);
    private readonly List<(string Text, byte[] Utf8)> _clusters = [];
    private readonly int _capacity;

    /// <param name="capacity">How many clusters fit.</param>
    public GlyphPool(int capacity = 16_384) => _capacity = capacity;

    /// <summary>Whether no further cluster fits.</summary>
    public bool IsFull => _clusters.Count >= _capacity;

    /// <summary>The glyph of a cluster; a full pool answers with the replacement character.</summary>
    public uint Intern(ReadOnlySpan<char> cluster)
    {
        if (Rune.DecodeFromUtf16(cluster, out var rune, out var used) == System.Buffers.OperationStatus.Done && used == cluster.Length)
            return (uint)rune.Value;
        var lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(cluster, out var number))
            return number;
        if (IsFull)
            return (uint)Rune.ReplacementChar.Value;
        var text = cluster.ToString();
        number = PoolBit | (uint)_clusters.Count;
        _clusters.Add((text, Encoding.UTF8.GetBytes(text)));
        _numbers[text] = number;
        return number;
    }

    /// <summary>Forgets all clusters; cells drawn before must not be used again.</summary>
    public void Clear()
    {
        _numbers.Clear();
        _clusters.Clear();
    }

    /// <summary>The text of a glyph.</summary>
    public string TextOf(uint glyph) => glyph switch
    {
        < 128 => Ascii[glyph],
        _ when (glyph & PoolBit) != 0 => _clusters[(int)(glyph & ~PoolBit)].Text,
        _ => new Rune(glyph).ToString(),
    };

    /// <summary>Writes a glyph as UTF-8; <paramref name="target"/> must have room for <see cref="MaxUtf8Length"/> bytes.</summary>
    internal int Encode(uint glyph, Span<byte> target)
    {
        if ((glyph & PoolBit) == 0)
            return new Rune(glyph).EncodeToUtf8(target);
        var utf8 = _clusters[(int)(glyph & ~PoolBit)].Utf8;
        utf8.CopyTo(target);
        return utf8.Length;
    }

    /// <summary>The longest glyph in bytes: <see cref="Text.Graphemes.MaxLength"/> UTF-16 units, three bytes each.</summary>
    internal const int MaxUtf8Length = Tui.Text.Graphemes.MaxLength * 3;

    private static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(c => ((char)c).ToString())];
}
