using System.Text;
using CcConsole.Tui.Text;

namespace CcConsole.Verbs;

/// <summary>
/// Text from hosts and files is data: what the verbs print of it gets the same visible marks as on the screens, so
/// that no text can move the cursor or disguise another.
/// </summary>
internal static class Plain
{
    /// <summary>One line: line feeds and tabs are marked too.</summary>
    public static string Text(string text) => VisibleMark.Clean(text);

    /// <summary>Several lines, as of a job's output: line feeds and tabs stay.</summary>
    public static string Lines(string text)
    {
        var lines = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int end = text.AsSpan(at).IndexOfAny('\n', '\t') is var length and >= 0 ? at + length : text.Length;
            lines.Append(VisibleMark.Clean(text[at..end]));
            if (end < text.Length) lines.Append(text[end]);
            at = end + 1;
        }
        return lines.ToString();
    }
}
