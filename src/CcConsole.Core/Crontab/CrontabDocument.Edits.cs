using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>An entry to be written.</summary>
/// <param name="Schedule">Five fields or an @word, as it shall stand in the table.</param>
/// <param name="Command">The command part of the line in the table's own notation (wrapped, or escaped by
/// CronCommand.Escape).</param>
/// <param name="User">The user, for a system table; null otherwise.</param>
/// <param name="Name">A name for the comment line above; null for none.</param>
public sealed record EntryText(string Schedule, ReadOnlyMemory<byte> Command, string? User = null, string? Name = null)
{
    /// <summary>Tags for the comment line above.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

public sealed partial class CrontabDocument
{
    /// <summary>Appends an entry, with its name line when it has a name.</summary>
    /// <exception cref="ProblemException">The daemon would refuse the line, or read it as something else.</exception>
    public CrontabDocument Add(EntryText entry) => Appended([.. EntryMark.Line(entry.Name, entry.Tags), .. LineOf(entry), (byte)'\n'], entry);

    /// <summary>Appends the lines of an entry that were made elsewhere; the last of them is the entry.</summary>
    internal CrontabDocument Append(ReadOnlySpan<byte> lines, EntryText meant) => Appended(lines, meant);

    /// <summary>A mark at the end, whose own entry is gone, would name what is appended below it.</summary>
    private CrontabDocument Appended(ReadOnlySpan<byte> lines, EntryText meant)
    {
        if (!lines.StartsWith("#"u8) && Lines is [.., CommentLine last] && EntryMark.TryParse(Slice(last.Span), out _))
        {
            throw new ProblemException($"Line {last.Number} is the name of an entry that is gone, and would become that of the new one", "Remove that comment first, or give the new entry a name");
        }

        return Edit(new(_bytes.Length, 0), lines, meant);
    }

    /// <summary>Puts another entry in the place of one. Its own line is replaced, and its name line where the name differs.</summary>
    /// <exception cref="ProblemException">The daemon would refuse the line, or read it as something else.</exception>
    public CrontabDocument Replace(EntryLine line, EntryText entry)
    {
        Own(line);
        byte[] pause = line.IsPaused ? [.. PauseMark] : [];
        var marked = entry.Name != line.Name || !entry.Tags.SequenceEqual(line.Tags);
        return Edit(
            marked ? new(StartWithMark(line), line.Span.End - StartWithMark(line)) : line.Span,
            [.. marked ? EntryMark.Line(entry.Name, entry.Tags, MarkOf(line)) : [], .. pause, .. LineOf(entry)],
            entry);
    }

    /// <summary>Changes nothing but the bytes of an entry's command.</summary>
    /// <exception cref="ProblemException">The daemon would refuse the line, or read it as something else.</exception>
    public CrontabDocument ReplaceCommand(EntryLine line, ReadOnlySpan<byte> command)
    {
        Own(line);
        return Edit(line.CommandSpan, command, new EntryText(line.Schedule.Text, command.ToArray(), line.User, line.Name));
    }

    /// <summary>Changes nothing but the bytes of an entry's schedule.</summary>
    /// <exception cref="ProblemException">The daemon would refuse the line, or read it as something else.</exception>
    public CrontabDocument ReplaceSchedule(EntryLine line, string schedule)
    {
        Own(line);
        return Edit(
            line.ScheduleSpan,
            Encoding.UTF8.GetBytes(schedule),
            new EntryText(schedule, Slice(line.CommandSpan).ToArray(), line.User, line.Name));
    }

    /// <summary>Changes nothing but the bytes of an entry's user.</summary>
    /// <exception cref="ProblemException">The table has no users, or the daemon would read the line as something else.</exception>
    public CrontabDocument ReplaceUser(EntryLine line, string user)
    {
        Own(line);
        if (line.User is null)
        {
            throw new ProblemException("The entries of a user's table name no user", "Move the job to the table of that user, or to a system table");
        }

        CheckUser(user);
        var start = line.ScheduleSpan.End + EntrySyntax.SkipBlanks(_bytes.AsSpan(line.ScheduleSpan.End), 0);
        var length = _bytes.AsSpan(start).IndexOfAny((byte)' ', (byte)'\t');
        return Edit(new(start, length), Encoding.UTF8.GetBytes(user), new EntryText(line.Schedule.Text, Slice(line.CommandSpan).ToArray(), user));
    }

    /// <summary>Writes a second entry below one: the same line with another command, and the same comment line above with another name.</summary>
    /// <param name="line">The entry.</param>
    /// <param name="name">The copy's name; null for none.</param>
    /// <param name="command">The copy's command, as it stands in the table.</param>
    /// <exception cref="ProblemException">The daemon would refuse the line, or read it as something else.</exception>
    public CrontabDocument Duplicate(EntryLine line, string? name, ReadOnlySpan<byte> command)
    {
        Own(line);
        byte[] copy = [.. EntryMark.Line(name, line.Tags, MarkOf(line)), .. _bytes.AsSpan(line.Span.Start, line.CommandSpan.Start - line.Span.Start), .. command, (byte)'\n'];
        return Edit(new(Math.Min(line.Span.End + 1, _bytes.Length), 0), copy, new EntryText(line.Schedule.Text, command.ToArray(), line.User));
    }

    /// <summary>Removes an entry's line, and the name line that belongs to it.</summary>
    public CrontabDocument Remove(EntryLine line)
    {
        Own(line);
        var start = StartWithMark(line);
        var removed = start < line.Span.Start ? 2 : 1;
        return Unchanged(Splice(new(start, Math.Min(line.Span.End + 1, _bytes.Length) - start), []), line.Number - removed + 1, removed, 0);
    }

    /// <summary>Comments an entry out by <see cref="PauseMark"/>; a paused entry stays as it is.</summary>
    public CrontabDocument Pause(EntryLine line)
    {
        Own(line);
        return line.IsPaused ? this : Splice(new(line.Span.Start, 0), PauseMark);
    }

    /// <summary>Takes <see cref="PauseMark"/> away again; an active entry stays as it is.</summary>
    public CrontabDocument Resume(EntryLine line)
    {
        Own(line);
        return line.IsPaused ? Splice(new(line.Span.Start, PauseMark.Length), []) : this;
    }

    private void Own(CrontabLine line)
    {
        if (line.Number < 1 || line.Number > Lines.Count || !ReferenceEquals(Lines[line.Number - 1], line))
        {
            throw new ArgumentException("The line belongs to another document.", nameof(line));
        }
    }

    /// <summary>Splices, and checks that what was meant is what the daemon will read.</summary>
    private CrontabDocument Edit(ByteSpan span, ReadOnlySpan<byte> text, EntryText meant)
    {
        if (text.IndexOf((byte)0) >= 0 || meant.Command.Span.IndexOfAny((byte)'\n', (byte)0) >= 0 || meant.Schedule.AsSpan().IndexOfAny('\n', '\r') >= 0)
        {
            throw new ProblemException("A line of a crontab cannot hold a NUL or a line feed", "Put the text into a script and call that");
        }

        var after = Splice(span, text);
        // What is appended ends with the table; else the last byte of the new text is within the entry's line.
        var isAppended = span.Start == _bytes.Length;
        var line = after.LineAt(isAppended ? after._bytes.Length - 1 : span.Start + Math.Max(0, text.Length - 1));
        if (line is UnparsedLine unparsed)
        {
            throw new ProblemException($"The daemon would refuse the entry: {unparsed.Problem}", "Change the field that is named");
        }

        if (line is not EntryLine entry
            || entry.Schedule.Text != meant.Schedule.Trim(' ', '\t')
            || !after.Slice(entry.CommandSpan).SequenceEqual(meant.Command.Span)
            || entry.User != meant.User)
        {
            throw new ProblemException(
                $"The daemon would not read \"{meant.Schedule} {Encoding.UTF8.GetString(meant.Command.Span)}\" as this entry",
                line is VariableLine ? "It would be a variable: put the command into quotes or a script" : "Check for blanks at the start of the command, and for a sixth field");
        }

        if (CommandBudget.Left(meant.Command.Span, Dialect) is < 0 and var left)
        {
            throw new ProblemException($"The command is too long: {-left} bytes more than {Dialect.Name()} cron takes", "Put it into a script and call that");
        }

        return after;
    }

    private CrontabDocument Splice(ByteSpan span, ReadOnlySpan<byte> text)
    {
        // Text that is appended starts on a line of its own.
        byte[] before = span.Start == _bytes.Length && !HasFinalNewline && text.Length > 0 ? [(byte)'\n'] : [];
        byte[] bytes = [.. _bytes.AsSpan(0, span.Start), .. before, .. text, .. _bytes.AsSpan(span.End)];
        return ParseOwned(bytes.Length == 0 || bytes[^1] == '\n' ? bytes : [.. bytes, (byte)'\n'], Dialect, IsSystem);
    }

    private CrontabLine LineAt(int offset)
    {
        var (low, high) = (0, Lines.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = Lines[middle].Span.Start <= offset ? (middle, high) : (low, middle - 1);
        }

        while (Lines[low] is ContinuationLine)
        {
            low--;
        }

        return Lines[low];
    }

    internal static void CheckUser(string user)
    {
        if (user.Length == 0 || user.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c)) || user[0] is '-' or '#')
        {
            throw new ProblemException("This is not a user's name", "Give the name of a user of that host");
        }
    }

    private static byte[] LineOf(EntryText entry) =>
    [
        .. Encoding.UTF8.GetBytes(entry.Schedule),
        (byte)' ',
        .. entry.User is null ? [] : Encoding.UTF8.GetBytes(entry.User + " "),
        .. entry.Command.Span,
    ];
}
