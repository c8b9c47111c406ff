namespace CcConsole.Core.Crontab;

public sealed partial class CrontabDocument
{
    /// <summary>Gives an entry a name, another name, or none (null): writes, changes or removes the comment line above it.</summary>
    /// <exception cref="ProblemException">The name holds a control character.</exception>
    public CrontabDocument Rename(EntryLine line, string? name) => Mark(line, name, line.Tags);

    /// <summary>Gives an entry these tags and no others: writes, changes or removes the comment line above it.</summary>
    /// <exception cref="ProblemException">A tag is not one word.</exception>
    public CrontabDocument Retag(EntryLine line, IReadOnlyList<string> tags) => Mark(line, line.Name, tags);

    /// <summary><see cref="Rename"/> and <see cref="Retag"/> in one.</summary>
    /// <exception cref="ProblemException">The name or a tag cannot stand in a comment line.</exception>
    public CrontabDocument Mark(EntryLine line, string? name, IReadOnlyList<string> tags)
    {
        Own(line);
        name = string.IsNullOrWhiteSpace(name) ? null : name.Trim();
        var start = StartWithMark(line);
        return name == line.Name && tags.SequenceEqual(line.Tags)
            ? this
            : Splice(new(start, line.Span.Start - start), EntryMark.Line(name, tags, MarkOf(line)));
    }

    internal EntryMark? MarkOf(EntryLine line) =>
        line.Number > 1 && Lines[line.Number - 2] is CommentLine comment && EntryMark.TryParse(Slice(comment.Span), out var mark) ? mark : null;

    private int StartWithMark(EntryLine line) => MarkOf(line) is null ? line.Span.Start : Lines[line.Number - 2].Span.Start;
}
