using System.Globalization;
using System.Text;

namespace CcConsole.Core;

/// <summary>Text as one word of a shell.</summary>
public static class ShellQuote
{
    /// <summary>One word for any POSIX shell, whatever the text holds (POSIX, "Single-Quotes"). A word cannot hold NUL.</summary>
    public static string Posix(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>
    /// One word for sh, csh and fish alike that <c>printf %b</c> turns into the text. csh substitutes <c>!</c> even
    /// within quotes and takes no line end there, fish reads <c>\\</c> and <c>\'</c> there: so those, control
    /// characters and bytes beyond ASCII go as <c>\0ooo</c>, which all three leave alone.
    /// </summary>
    public static string Any(string text)
    {
        StringBuilder word = new("'", text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and < 0x7f and not (byte)'\'' and not (byte)'\\' and not (byte)'!')
            {
                word.Append((char)b);
            }
            else
            {
                word.Append(CultureInfo.InvariantCulture, $"\\0{b >> 6}{(b >> 3) & 7}{b & 7}");
            }
        }

        return word.Append('\'').ToString();
    }
}
