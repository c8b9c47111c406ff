using CcConsole.Core.Crontab;

namespace CcConsole.Screens;

/// <summary>A line of a table that is no entry: it sets a variable, or is a comment.</summary>
/// <param name="Line">The line.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Name">The variable's name; for a comment <c>#</c>.</param>
/// <param name="Value">The value as the daemon reads it; the comment's text.</param>
internal sealed record TableLine(CrontabLine Line, string Number, string Name, string Value)
{
    /// <summary>Whether it sets a variable.</summary>
    public bool IsVariable => Line is VariableLine;

    /// <summary>The lines of a table that are shown: those that name an entry belong to that entry.</summary>
    public static IReadOnlyList<TableLine> Of(CrontabDocument table)
    {
        var lines = new List<TableLine>();
        foreach (var line in table.Lines)
        {
            var number = line.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (line is VariableLine variable)
                lines.Add(new TableLine(line, number, variable.Name, variable.Value));
            else if (line is CommentLine && table.Text(line.Span) is var text && !text.StartsWith("#cc: ", StringComparison.Ordinal))
                lines.Add(new TableLine(line, number, "#", text.TrimStart(' ', '\t', '#')));
        }
        return lines;
    }
}
