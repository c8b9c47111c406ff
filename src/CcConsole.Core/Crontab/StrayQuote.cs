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
                var pieces = new List<Range>();
                NulLine.IsAccepted(text, dialect, hasLineFeed: true, pieces);
                foreach (var piece in pieces)
                {
                    Write(buffer, text[piece]);
                    if (VariableSyntax.TryParseBytes(text[piece], dialect, out var name, out var value))
                    {
                        Write(buffer, [.. name, (byte)'=', .. value]);
                    }
                }
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

    private static void Write(Span<byte> buffer, ReadOnlySpan<byte> text)
    {
        text = text[..Math.Min(text.Length, buffer.Length - 1)];
        text.CopyTo(buffer);
        buffer[text.Length] = 0;
    }
}
