using System.Text;

namespace CcConsole.Core.Crontab;

public sealed partial class CrontabDocument
{
    /// <summary>Writes a comment line.</summary>
    /// <param name="before">The 1-based number of the line that it shall stand above; one more than there are lines appends it. It never comes
    /// between an entry and the comment that names it.</param>
    /// <param name="text">With or without its <c>#</c>.</param>
    /// <exception cref="ProblemException">It is not one line of text, or the console would read it as a mark of its own.</exception>
    public CrontabDocument AddComment(int before, string text) => Insert(before, CommentBytes("# "u8, text));

    /// <summary>Puts another text into a comment line; its indentation stays.</summary>
    /// <exception cref="ProblemException">As for <see cref="AddComment"/>, or the line is the mark of an entry.</exception>
    public CrontabDocument ChangeComment(CommentLine line, string text)
    {
        RequirePlain(line);
        var old = Slice(line.Span);
        byte[] ending = old.EndsWith("\r"u8) ? [(byte)'\r'] : [];
        old = old[..^ending.Length];
        var body = EntrySyntax.SkipBlanks(old, 0);
        while (body < old.Length && old[body] == '#')
        {
            body++;
        }

        body = EntrySyntax.SkipBlanks(old, body);
        return Unchanged(Splice(line.Span, [.. CommentBytes(old[..body], text), .. ending]), line.Number, 1, 1);
    }

    /// <summary>Removes a comment line.</summary>
    /// <exception cref="ProblemException">The line is the mark of an entry, or one would become a mark by it.</exception>
    public CrontabDocument Remove(CommentLine line)
    {
        RequirePlain(line);
        return RemoveLine(line);
    }

    /// <summary>Splices whole lines in above a line, or above the mark of the entry that it holds.</summary>
    private CrontabDocument Insert(int before, ReadOnlySpan<byte> line)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(before, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(before, Lines.Count + 1);
        if (before <= Lines.Count && Lines[before - 1] is EntryLine entry && MarkOf(entry) is not null)
        {
            before--;
        }

        var at = before <= Lines.Count ? Lines[before - 1].Span.Start : _bytes.Length;
        return Unchanged(Splice(new(at, 0), [.. line, (byte)'\n']), before, 0, 1);
    }

    private CrontabDocument RemoveLine(CrontabLine line)
    {
        Own(line);
        return Unchanged(Splice(new(line.Span.Start, Math.Min(line.Span.End + 1, _bytes.Length) - line.Span.Start), []), line.Number, 1, 0);
    }

    /// <summary>The entry below an edited line must keep its name: neither lose its mark nor get one that stood further up.</summary>
    private CrontabDocument Unchanged(CrontabDocument after, int first, int removed, int added) =>
        first - 1 + removed < Lines.Count && Lines[first - 1 + removed] is EntryLine below
        && after.Lines[first - 1 + added] is EntryLine now && (now.Name != below.Name || !now.Tags.SequenceEqual(below.Tags))
            ? throw new ProblemException($"Line {below.Number} would get another name by this", "Change its name first, or choose another line")
            : after;

    private void RequirePlain(CommentLine line)
    {
        Own(line);
        if (line.Number < Lines.Count && Lines[line.Number] is EntryLine entry && MarkOf(entry) is not null)
        {
            throw new ProblemException($"Line {line.Number} is the name of the entry below it", "Change the entry's name or tags instead");
        }
    }

    private static byte[] CommentBytes(ReadOnlySpan<byte> before, string text)
    {
        if (text.Any(static c => char.IsControl(c) && c != '\t') || Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) != text)
        {
            throw new ProblemException("A comment is one line of text without control characters", "Take the line break or the control character out");
        }

        byte[] line = text.AsSpan().TrimStart(" \t").StartsWith("#") ? Encoding.UTF8.GetBytes(text) : [.. before, .. Encoding.UTF8.GetBytes(text)];
        line = text.Length == 0 ? [.. line.AsSpan().TrimEnd(" \t"u8)] : line;
        return line.AsSpan().TrimStart(" \t"u8).StartsWith("#cc:"u8) || line.AsSpan().TrimStart(" \t"u8).StartsWith("#cc-"u8)
            ? throw new ProblemException("A comment that begins with #cc: or #cc- would be read as the console's own mark", "Put a blank after the #")
            : line;
    }
}
