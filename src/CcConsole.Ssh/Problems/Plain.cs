using System.Globalization;
using System.Text;

namespace CcConsole.Ssh;

/// <summary>
/// Text from hosts and from ssh made safe for a message: every control character and bidirectional override becomes
/// a visible one. Bytes that are kept or shown elsewhere stay as they are; sanitising those is the display's part.
/// </summary>
public static class Plain
{
    private const int LongestLine = 300;

    /// <summary>Replaces each control, format, surrogate and separator character; tabs and line ends become spaces.</summary>
    public static string Text(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (char c in text)
        {
            plain.Append(c switch
            {
                '\t' or '\n' or '\r' => ' ',
                < ' ' => (char)('\u2400' + c),
                '\u007f' => '\u2421',
                _ => char.GetUnicodeCategory(c) switch
                {
                    UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
                        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => '\ufffd',
                    _ => c,
                },
            });
        }
        return plain.ToString().Trim();
    }

    /// <summary>The last line of UTF-8 text that is neither blank nor a hint of our own programs (<c>  next: </c>), at most 300 characters of it; empty when there is none.</summary>
    public static string Line(ReadOnlySpan<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8);
        string last = text.Split('\n').Where(line => !line.StartsWith("  next: ", StringComparison.Ordinal)).Select(Text).LastOrDefault(line => line.Length > 0) ?? "";
        return last.Length <= LongestLine ? last : string.Concat(last.AsSpan(0, LongestLine), "…");
    }
}
