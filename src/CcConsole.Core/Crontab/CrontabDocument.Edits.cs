using System.Text;

namespace CcConsole.Core.Crontab;

/// <summary>An entry to be written.</summary>
/// <param name="Schedule">Five fields or an @word, as it shall stand in the table.</param>
/// <param name="Command">The command part of the line in the table's own notation (wrapped, or escaped by
/// CronCommand.Escape).</param>
/// <param name="User">The user, for a system table; null otherwise.</param>
/// <param name="Name">A name for the comment line above; null for none.</param>
public sealed record EntryText(string Schedule, ReadOnlyMemory<byte> Command, string? User = null, string? Name = null);

public sealed partial class CrontabDocument
{
    /// <summary>Appends an entry, with its name line when it has a name.</summary>
    /// <exception cref="ProblemException">The daemon would refuse the line, or read it as something else.</exception>
    public CrontabDocument Add(EntryText entry) => Edit(new(_bytes.Length, 0), [.. NameLine(entry.Name), .. LineOf(entry), (byte)'\n'], entry);

    /// <summary>Puts another entry in the place of one. Its own line is replaced, and its name line where the name differs.</summary>
    /// <exception cref="ProblemException">The daemon would refuse the line, or read it as something else.</exception>
    public CrontabDocument Replace(EntryLine line, EntryText entry)
    {
        Own(line);
        byte[] mark = line.IsPaused ? [.. PauseMark] : [];
        var renamed = entry.Name != line.Name;
        return Edit(
            renamed ? new(StartWithName(line), line.Span.End - StartWithName(line)) : line.Span,
            [.. renamed ? NameLine(entry.Name) : [], .. mark, .. LineOf(entry)],
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

    /// <summary>Gives an entry a name, another name, or none (null): writes, changes or removes the comment line above it.</summary>
    public CrontabDocument Rename(EntryLine line, string? name)
    {
        Own(line);
        var start = StartWithName(line);
        return Splice(new(start, line.Span.Start - start), NameLine(name));
    }

    /// <summary>Removes an entry's line, and the name line that belongs to it.</summary>
    public CrontabDocument Remove(EntryLine line)
    {
        Own(line);
        var start = StartWithName(line);
        return Splice(new(start, Math.Min(line.Span.End + 1, _bytes.Length) - start), []);
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

    private void Own(EntryLine line)
    {
        if (line.Number < 1 || line.Number > Lines.Count || !ReferenceEquals(Lines[line.Number - 1], line))
        {
            throw new ArgumentException("The entry belongs to another document.", nameof(line));
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

        return Lines[low];
    }

    private int StartWithName(EntryLine line) =>
        line.Number > 1 && Lines[line.Number - 2] is CommentLine comment && Slice(comment.Span).StartsWith(NameMark)
            ? comment.Span.Start
            : line.Span.Start;

    private static byte[] NameLine(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return [];
        }

        if (name.Any(char.IsControl))
        {
            throw new ProblemException("A job's name is one line of text without control characters", "Take the line break or the control character out of the name");
        }

        return [.. NameMark, .. Encoding.UTF8.GetBytes(name.Trim()), (byte)'\n'];
    }

    private static byte[] LineOf(EntryText entry) =>
    [
        .. Encoding.UTF8.GetBytes(entry.Schedule),
        (byte)' ',
        .. entry.User is null ? [] : Encoding.UTF8.GetBytes(entry.User + " "),
        .. entry.Command.Span,
    ];
}
