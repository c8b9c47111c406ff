using System.Buffers;

namespace CcConsole.Verbs.Output;

/// <summary>
/// Comma-separated values (RFC 4180: CRLF, quotes doubled) for spreadsheets too, which run a cell that begins with <c>= + - @</c> or their wide
/// forms: such a cell, and one that begins with an apostrophe, gets one apostrophe before it, and whoever reads the file takes one
/// away. Control characters and what else cannot be seen are shown as marks.
/// </summary>
internal static class CsvOutput
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n ");
    private static readonly SearchValues<char> Guarded = SearchValues.Create("=+-@＝＋－＠'");

    /// <summary>One line.</summary>
    public static void Line(TextWriter output, params ReadOnlySpan<string> cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0) output.Write(',');
            output.Write(Quote(cells[i]));
        }
        output.Write("\r\n");
    }

    /// <summary>A text of a host, such as no spreadsheet runs.</summary>
    public static string Text(string text)
    {
        string plain = Plain.Text(text);
        return plain.AsSpan().TrimStart() is [var first, ..] && Guarded.Contains(first) ? "'" + plain : plain;
    }

    private static string Quote(string cell) => cell.AsSpan().ContainsAny(Quoted) ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;
}
