using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>A part of the table, in bytes from its start.</summary>
public readonly record struct ByteSpan(int Start, int Length)
{
    /// <summary>The first byte after it.</summary>
    public int End => Start + Length;
}

/// <summary>One line of a table.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Span">Its bytes, without the line feed that ends it.</param>
public abstract record CrontabLine(int Number, ByteSpan Span);

/// <summary>Nothing but blanks.</summary>
public sealed record BlankLine(int Number, ByteSpan Span) : CrontabLine(Number, Span);

/// <summary>A line whose first byte after blanks is <c>#</c>.</summary>
public sealed record CommentLine(int Number, ByteSpan Span) : CrontabLine(Number, Span);

/// <summary>An environment setting, for the entries below it.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Span">Its bytes, without the line feed that ends it.</param>
/// <param name="Name">Its name as the daemon reads it; may hold anything but <c>=</c>.</param>
/// <param name="Value">Its value as the daemon reads it, quotes and outer blanks removed. Bytes that are not UTF-8
/// are shown as U+FFFD; the line keeps them.</param>
public sealed record VariableLine(int Number, ByteSpan Span, string Name, string Value) : CrontabLine(Number, Span);

/// <summary>A line that the daemon refuses, or (busybox) passes over.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Span">Its bytes, without the line feed that ends it.</param>
/// <param name="Problem">Why, in words.</param>
/// <param name="Offset">Where in the line, in bytes.</param>
/// <param name="Fault">What is wrong with it.</param>
/// <param name="IsRefused">True when the daemon's <c>crontab</c> refuses the table for it; false when it lets the line through.</param>
public sealed record UnparsedLine(int Number, ByteSpan Span, string Problem, int Offset, LineFault Fault, bool IsRefused)
    : CrontabLine(Number, Span);

/// <summary>The rest of a line that busybox continues for a backslash at its end. Its bytes are part of the span of the
/// line that it continues, which is the first before it of another kind.</summary>
public sealed record ContinuationLine(int Number, ByteSpan Span) : CrontabLine(Number, Span);

/// <summary>An entry: a schedule and a command.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Span">Its bytes, without the line feed that ends it.</param>
/// <param name="Schedule">When it runs.</param>
/// <param name="ScheduleSpan">The bytes of the schedule.</param>
/// <param name="User">The user of an entry in a system table; null in a user's table.</param>
/// <param name="CommandSpan">The bytes of the command as cron gets it: to the end of the line, <c>%</c> and input
/// included (<see cref="CronCommand"/>).</param>
/// <param name="IsPaused">True when the line is commented out by the console's own mark (<see cref="CrontabDocument.PauseMark"/>).</param>
/// <param name="Name">The name from the comment line above (<c>#cc: name=Nightly backup</c>); null when it has none.</param>
public sealed record EntryLine(
    int Number,
    ByteSpan Span,
    Schedule Schedule,
    ByteSpan ScheduleSpan,
    string? User,
    ByteSpan CommandSpan,
    bool IsPaused,
    string? Name) : CrontabLine(Number, Span)
{
    /// <summary>The tags from the comment line above (<c>#cc: tags=db,nightly</c>); empty when it has none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}
