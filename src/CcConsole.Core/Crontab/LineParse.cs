using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>Reads one line: tells what it is, as the daemon would.</summary>
/// <param name="Number">Of the line, 1-based.</param>
/// <param name="Span">Its bytes in the table.</param>
/// <param name="Dialect">The daemon.</param>
/// <param name="IsSystem">Whether entries name a user.</param>
/// <param name="Mark">The name and tags that the line above gives to an entry.</param>
/// <param name="HasLineFeed">False for a last line that none ends.</param>
internal readonly record struct LineParse(int Number, ByteSpan Span, CronDialect Dialect, bool IsSystem, EntryMark? Mark, bool HasLineFeed)
{
    /// <param name="line">The line's text: the bytes of <see cref="Span"/>, or what they stand for when busybox joins lines.</param>
    public CrontabLine Read(ReadOnlySpan<byte> line)
    {
        if (Dialect == CronDialect.Busybox && line.IndexOf((byte)0) is >= 0 and var end)
        {
            // Read with its rest, but only looked at so far.
            line = line[..end];
        }

        var start = EntrySyntax.SkipBlanks(line, 0);
        if (start == line.Length)
        {
            return new BlankLine(Number, Span);
        }

        if (line[start] == '#')
        {
            return line.StartsWith(CrontabDocument.PauseMark) && TryPaused(line[CrontabDocument.PauseMark.Length..], out var paused)
                ? Entry(paused, CrontabDocument.PauseMark.Length, isPaused: true)
                : new CommentLine(Number, Span);
        }

        if (line.IndexOf((byte)0) is >= 0 and var nul)
        {
            return new UnparsedLine(
                Number, Span, "a byte NUL, at which the daemon ends the line", nul, LineFault.Nul, IsSystem || !NulLine.IsAccepted(line, Dialect, HasLineFeed));
        }

        if (VariableSyntax.TryParse(line[start..], Dialect, out var variable, out var value))
        {
            return new VariableLine(Number, Span, variable, value);
        }

        return EntrySyntax.TryParse(line, Dialect, IsSystem, out var parts, out var error)
            ? Entry(parts, 0, isPaused: false)
            : new UnparsedLine(Number, Span, error.Message, error.Offset, error.Fault, IsRefused: Dialect != CronDialect.Busybox);
    }

    private bool TryPaused(ReadOnlySpan<byte> line, out EntryParts parts)
    {
        parts = default;
        var start = EntrySyntax.SkipBlanks(line, 0);
        return line.IndexOf((byte)0) < 0
            && start < line.Length && line[start] != '#'
            && !VariableSyntax.TryParse(line[start..], Dialect, out _, out _)
            && EntrySyntax.TryParse(line, Dialect, IsSystem, out parts, out _);
    }

    private EntryLine Entry(in EntryParts parts, int from, bool isPaused) => new(
        Number,
        Span,
        parts.Schedule,
        new(Span.Start + from + parts.ScheduleSpan.Start, parts.ScheduleSpan.Length),
        parts.User,
        new(Span.Start + from + parts.CommandSpan.Start, parts.CommandSpan.Length),
        isPaused,
        Mark?.Name)
    { Tags = Mark?.Tags ?? [] };
}
