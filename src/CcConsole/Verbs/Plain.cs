using System.Globalization;
using System.Text;

namespace CcConsole.Verbs;

/// <summary>
/// Text from hosts and files is data: before it is printed, control characters become visible marks and
/// bidirectional overrides their code points, so that no text can move the cursor or disguise another.
/// </summary>
internal static class Plain
{
    /// <summary>One line: line feeds and tabs are marked too.</summary>
    public static string Text(string text) => Mark(text, keepLines: false);

    /// <summary>Several lines, as of a job's output: line feeds and tabs stay.</summary>
    public static string Lines(string text) => Mark(text, keepLines: true);

    private static string Mark(string text, bool keepLines)
    {
        StringBuilder? marked = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool keep = !IsHidden(c) || (keepLines && c is '\n' or '\t');
            if (keep)
            {
                marked?.Append(c);
                continue;
            }
            marked ??= new StringBuilder(text, 0, i, text.Length + 16);
            if (c < 0x20) marked.Append((char)(0x2400 + c)); // U+2400 block: pictures of the C0 controls
            else if (c == 0x7f) marked.Append('\u2421');
            else marked.Append(CultureInfo.InvariantCulture, $"<U+{(int)c:X4}>");
        }
        return marked?.ToString() ?? text;
    }

    private static bool IsHidden(char c) =>
        c < 0x20 || c is >= '\x7f' and < '\xa0' || c is '\u061c' or '\u200e' or '\u200f' or '\u2028' or '\u2029' or '\ufeff'
        || c is >= '\u202a' and <= '\u202e' || c is >= '\u2066' and <= '\u2069';
}
