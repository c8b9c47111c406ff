using System.Text;

namespace CcConsole.Tui.Text;

/// <summary>
/// Marks for characters that must not reach a terminal: controls as Unicode's control pictures (ESC as <c>␛</c>),
/// bidirectional controls (UAX #9) as arrows, everything else that is invisible as the replacement character.
/// </summary>
public static class VisibleMark
{
    /// <summary>Text in which every such character is replaced by its mark; for places outside the kit's canvas.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var clean = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var length = Graphemes.Next(rest);
            if (Graphemes.Look(rest[..length]).Glyph is { } glyph)
                clean.Append(new Rune(glyph).ToString());
            else
                clean.Append(rest[..length]);
            rest = rest[length..];
        }
        return clean.ToString();
    }

    /// <summary>The mark of a scalar that stands alone; null when it is shown as itself.</summary>
    internal static uint? Of(Rune rune) => rune.Value switch
    {
        < 0x20 => 0x2400 + (uint)rune.Value,
        0x7F => 0x2421,
        < 0x80 => null,
        < 0xA0 => 0xFFFD,
        < 0x300 => rune.Value == 0xAD ? 0xFFFD : null,
        0x200E or 0x202A or 0x202D or 0x2066 => '⇢',
        0x061C or 0x200F or 0x202B or 0x202E or 0x2067 => '⇠',
        0x202C or 0x2069 => '⇡',
        0x2068 => '⇣',
        0x2028 or 0x2029 => 0xFFFD,
        >= 0xE0000 and <= 0xE0FFF => 0xFFFD,
        _ => Graphemes.RuneWidth(rune) == 0 && Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format
            ? 0xFFFD
            : null,
    };
}
