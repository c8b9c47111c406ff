using System.Globalization;
using CcConsole.Fleet.Changes;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>
/// Three versions of a table in a text pane: as it was read, what someone else has made of it since, and what was to be written.
/// Lines that all three have stand alone; a line that someone changed stands with each version of it.
/// </summary>
internal static class ThreeWayText
{
    private const int Context = 2;

    /// <summary>Adds the three versions.</summary>
    /// <param name="pane">Where to.</param>
    /// <param name="before">The table as it was read.</param>
    /// <param name="theirs">The table as it is on the host now.</param>
    /// <param name="yours">The table as it was to be written.</param>
    public static void Append(TextPane pane, ReadOnlySpan<byte> before, ReadOnlySpan<byte> theirs, ReadOnlySpan<byte> yours)
    {
        var rows = Rows(Side.Of(TableDiff.Between(before, theirs)), Side.Of(TableDiff.Between(before, yours)));
        var last = -1;
        for (var i = 0; i < rows.Count; i++)
        {
            if (!IsNearChange(rows, i))
                continue;
            if (i > last + 1)
                pane.AppendLine(rows[i].Number > 0 ? string.Create(CultureInfo.InvariantCulture, $"        line {rows[i].Number}") : "        …", "diff.hunk");
            last = i;
            Append(pane, rows[i]);
        }
    }

    private static void Append(TextPane pane, Row row)
    {
        if (!row.IsChanged)
        {
            pane.AppendLine($"        {row.Before}", "text.dim");
            return;
        }
        if (row.Before is not null)
            pane.AppendLine($"before  {row.Before}", "diff.remove");
        if (row.Before is not null || row.Theirs is not null)
            pane.AppendLine($"theirs  {Shown(row.Theirs, row.Before)}", row.Theirs == row.Before ? "text.dim" : "state.late");
        if (row.Before is not null || row.Yours is not null)
            pane.AppendLine($"yours   {Shown(row.Yours, row.Before)}", row.Yours == row.Before ? "text.dim" : "diff.add");
    }

    private static string Shown(string? text, string? before) => text is null ? "(removed)" : text == before ? "(as before)" : text;

    private static List<Row> Rows(Side theirs, Side yours)
    {
        var rows = new List<Row>();
        for (var line = 0; line <= theirs.Before.Count; line++)
        {
            if (line > 0)
                rows.Add(new Row(line, theirs.Before[line - 1], theirs.Now[line - 1], yours.Now[line - 1]));
            var (a, b) = (theirs.After[line], yours.After[line]);
            for (var i = 0; i < Math.Max(a.Count, b.Count); i++)
                rows.Add(new Row(0, null, i < a.Count ? a[i] : null, i < b.Count ? b[i] : null));
        }
        return rows;
    }

    private static bool IsNearChange(List<Row> rows, int index)
    {
        for (var i = Math.Max(0, index - Context); i <= Math.Min(rows.Count - 1, index + Context); i++)
        {
            if (rows[i].IsChanged)
                return true;
        }
        return false;
    }

    /// <param name="Number">Its number in the table as it was read; 0 for a new line.</param>
    /// <param name="Before">As it was read; null for a new line.</param>
    /// <param name="Theirs">As it is on the host; null when it is not there.</param>
    /// <param name="Yours">As it was to be written; null when it is not there.</param>
    private sealed record Row(int Number, string? Before, string? Theirs, string? Yours)
    {
        public bool IsChanged => Theirs != Before || Yours != Before;
    }

    /// <summary>One changed version against the one before, line by line of the one before.</summary>
    private sealed record Side(List<string> Before, List<string?> Now, List<List<string>> After)
    {
        public static Side Of(TableDiff diff)
        {
            var side = new Side([], [], [[]]);
            foreach (var line in diff.Lines)
            {
                var text = line.EndsWithoutLineFeed ? line.Text + " (no line feed at the end)" : line.Text;
                if (line.Kind == DiffKind.Added)
                {
                    side.After[^1].Add(text);
                    continue;
                }
                side.Before.Add(text);
                side.Now.Add(line.Kind == DiffKind.Same ? text : null);
                side.After.Add([]);
            }
            side.Pair();
            return side;
        }

        /// <summary>Lines added where others were removed are taken for changed lines.</summary>
        private void Pair()
        {
            for (var end = Before.Count; end > 0; end--)
            {
                var start = end;
                while (start > 0 && Now[start - 1] is null && (start == end || After[start].Count == 0))
                    start--;
                var pairs = Math.Min(end - start, After[end].Count);
                for (var i = 0; i < pairs; i++)
                    Now[start + i] = After[end][i];
                After[end].RemoveRange(0, pairs);
                end = Math.Min(end, start + 1);
            }
        }
    }
}
