using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>
/// A line that ends with the quote that opens a name or a value. The daemons' env.c then steps over the end of the line and
/// reads what earlier lines left in its buffer: whether the table is accepted depends on them.
/// </summary>
internal static class StrayQuote
{
    /// <summary>Whether a line that was refused is taken for a variable after all.</summary>
    /// <param name="table">The table's bytes.</param>
    /// <param name="above">The lines above, in order.</param>
    /// <param name="line">The line, from its first byte that is not blank.</param>
    /// <param name="dialect">debian or cronie.</param>
    public static bool IsVariable(ReadOnlySpan<byte> table, List<CrontabLine> above, ReadOnlySpan<byte> line, CronDialect dialect)
    {
        var limit = dialect == CronDialect.Debian ? VariableSyntax.DebianLimit : CommandBudget.CronieLimit;
        if (line.IsEmpty || line.Length > limit || line[^1] is not ((byte)'\'' or (byte)'"') || !Opens(line[..^1], dialect))
        {
            return false;
        }

        var buffer = new byte[limit + 1];
        foreach (var before in above)
        {
            if (before is EntryLine { IsPaused: false } or VariableLine or UnparsedLine)
            {
                var text = table.Slice(before.Span.Start, before.Span.Length);
                Write(buffer, text[EntrySyntax.SkipBlanks(text, 0)..]);
                Write(buffer, before is VariableLine variable ? Encoding.UTF8.GetBytes($"{variable.Name}={variable.Value}") : default);
            }
        }

        Write(buffer, line);
        var rest = buffer.AsSpan(line.Length + 1);
        var end = rest.IndexOf((byte)0);
        return end > 0 && VariableSyntax.TryParse(buffer.AsSpan(0, line.Length + 1 + end), dialect, out _, out _);
    }

    /// <summary>Whether a quote after this text would open a name or a value.</summary>
    private static bool Opens(ReadOnlySpan<byte> text, CronDialect dialect) =>
        text.IsEmpty || (VariableSyntax.TryParse([.. text, (byte)'x'], dialect, out _, out var value) && value == "x" && text.TrimEnd(" \t\r\v\f"u8) is [.., (byte)'=']);

    private static void Write(byte[] buffer, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            // A NUL ends a line as a line feed does.
            var end = text.IndexOf((byte)0);
            var piece = end < 0 ? text : text[..end];
            piece = piece[..Math.Min(piece.Length, buffer.Length - 1)];
            piece.CopyTo(buffer);
            buffer[piece.Length] = 0;
            text = end < 0 ? default : text[(end + 1)..];
        }
    }
}
