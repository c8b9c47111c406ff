using System.Globalization;
using System.Text;
using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Text;

/// <summary>
/// Text as a person sees it. The rules of this folder: text is cut only between grapheme clusters (UAX #29, the
/// runtime's own data); a cluster is 1 or 2 columns wide (own table, see <see cref="WidthTable"/>); characters that
/// steer a terminal or reorder text never reach it but are shown as a mark, which is always one column wide.
/// </summary>
public static class Graphemes
{
    /// <summary>The longest cluster shown as such, in UTF-16 units; longer ones are shown as a replacement character.</summary>
    public const int MaxLength = 32;

    /// <summary>The length in UTF-16 units of the first cluster; 0 for empty text.</summary>
    public static int Next(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return 0;
        if (text[0] < 0x300 && (text.Length == 1 || text[1] < 0x300) || char.IsControl(text[0]))
            return 1;
        return StringInfo.GetNextTextElementLength(text);
    }

    /// <summary>The columns that text takes when it is drawn.</summary>
    public static int Width(ReadOnlySpan<char> text)
    {
        var columns = 0;
        while (!text.IsEmpty)
        {
            var length = Next(text);
            columns += Look(text[..length]).Width;
            text = text[length..];
        }
        return columns;
    }

    /// <summary>How many UTF-16 units from the start fit into <paramref name="columns"/>, and the columns they take.</summary>
    public static int Fit(ReadOnlySpan<char> text, int columns, out int used)
    {
        used = 0;
        var taken = 0;
        while (taken < text.Length)
        {
            var length = Next(text[taken..]);
            var width = Look(text.Slice(taken, length)).Width;
            if (used + width > columns)
                break;
            used += width;
            taken += length;
        }
        return taken;
    }

    /// <summary>The place after the cluster at <paramref name="index"/>.</summary>
    public static int After(ReadOnlySpan<char> text, int index) =>
        index >= text.Length ? text.Length : index + Next(text[index..]);

    /// <summary>The start of the cluster that ends before <paramref name="index"/>.</summary>
    public static int Before(ReadOnlySpan<char> text, int index)
    {
        var start = 0;
        for (var at = 0; at < index; at += Next(text[at..]))
            start = at;
        return start;
    }

    /// <summary>What is shown of one cluster.</summary>
    internal static Look Look(ReadOnlySpan<char> cluster)
    {
        var first = cluster[0];
        if (cluster.Length == 1 && first is >= ' ' and < '\x7f')
            return new Look(first, 1, CellFlags.None);
        Rune.DecodeFromUtf16(cluster, out var rune, out var used);
        if (VisibleMark.Of(rune) is { } mark)
            return new Look(mark, 1, CellFlags.None);
        if (used == cluster.Length)
            return new Look((uint)rune.Value, Math.Max(1, RuneWidth(rune)), CellFlags.None);
        return LookAtMany(cluster, rune, used);
    }

    /// <summary>Columns of one scalar: 0, 1 or 2.</summary>
    internal static int RuneWidth(Rune rune)
    {
        if (rune.Value < 0x300)
            return 1;
        if (Within(WidthTable.Zero, rune.Value))
            return 0;
        return Within(WidthTable.Wide, rune.Value) ? 2 : 1;
    }

    private static Look LookAtMany(ReadOnlySpan<char> cluster, Rune first, int at)
    {
        var hostile = cluster.Length > MaxLength;
        var widest = RuneWidth(first);
        var bases = 1;
        var flags = CellFlags.None;
        while (at < cluster.Length)
        {
            Rune.DecodeFromUtf16(cluster[at..], out var rune, out var used);
            at += used;
            switch (rune.Value)
            {
                case 0xFE0F: // the emoji form
                    widest = 2;
                    flags = CellFlags.UnsureWidth;
                    continue;
                case 0x200D or (>= 0x1F3FB and <= 0x1F3FF): // joiner, skin tones
                    flags = CellFlags.UnsureWidth;
                    continue;
                case >= 0xE0000 and <= 0xE007F when first.Value != 0x1F3F4: // tags: letters that nobody sees
                    hostile = true;
                    break;
            }
            var width = RuneWidth(rune);
            widest = Math.Max(widest, width);
            bases += width > 0 ? 1 : 0;
        }
        if (hostile)
            return new Look((uint)Rune.ReplacementChar.Value, 1, CellFlags.None);
        // Flags, conjuncts, spacing vowel signs: terminals either add up the parts or see one glyph.
        return bases > 1
            ? new Look(null, 2, CellFlags.UnsureWidth)
            : new Look(null, Math.Max(1, widest), flags);
    }

    private static bool Within(ReadOnlySpan<int> pairs, int value)
    {
        int low = 0, high = pairs.Length / 2 - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (value < pairs[2 * middle])
                high = middle - 1;
            else if (value > pairs[2 * middle + 1])
                low = middle + 1;
            else
                return true;
        }
        return false;
    }
}

/// <summary>What is shown of a cluster: its glyph (null: the cluster itself), columns, and whether terminals agree on them.</summary>
internal readonly record struct Look(uint? Glyph, byte Width, CellFlags Flags)
{
    internal Look(uint? glyph, int width, CellFlags flags) : this(glyph, (byte)width, flags)
    {
    }
}
