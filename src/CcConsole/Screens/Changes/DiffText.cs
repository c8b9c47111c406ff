using System.Globalization;
using CcConsole.Fleet.Changes;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>A diff in a text pane: what changes, with two lines around it.</summary>
internal static class DiffText
{
    private const int Context = 2;

    /// <summary>Adds a diff; equal tables say so.</summary>
    public static void Append(TextPane pane, TableDiff diff)
    {
        if (diff.IsEmpty)
        {
            pane.AppendLine("(no difference)", "text.dim");
            return;
        }
        var last = -1;
        for (var i = 0; i < diff.Lines.Count; i++)
        {
            if (!IsNearChange(diff.Lines, i))
                continue;
            if (i > last + 1)
                pane.AppendLine(string.Create(CultureInfo.InvariantCulture, $"  line {Math.Max(1, Math.Max(diff.Lines[i].OldNumber, diff.Lines[i].NewNumber))}"), "diff.hunk");
            last = i;
            var (sign, scope) = diff.Lines[i].Kind switch
            {
                DiffKind.Added => ("+ ", "diff.add"),
                DiffKind.Removed => ("- ", "diff.remove"),
                _ => ("  ", "text.dim"),
            };
            pane.AppendLine($"{sign}{diff.Lines[i].Text}{(diff.Lines[i].EndsWithoutLineFeed ? " (no line feed at the end)" : "")}", scope);
        }
    }

    private static bool IsNearChange(IReadOnlyList<DiffLine> lines, int index)
    {
        for (var i = Math.Max(0, index - Context); i <= Math.Min(lines.Count - 1, index + Context); i++)
        {
            if (lines[i].Kind != DiffKind.Same)
                return true;
        }
        return false;
    }
}
