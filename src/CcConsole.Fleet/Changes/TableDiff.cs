using System.Text;

namespace CcConsole.Fleet.Changes;

/// <summary>What a line of a diff is.</summary>
public enum DiffKind
{
    /// <summary>In both.</summary>
    Same,

    /// <summary>Only in the old table.</summary>
    Removed,

    /// <summary>Only in the new table.</summary>
    Added,
}

/// <summary>One line of a diff.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">The line without its line feed, byte for byte.</param>
/// <param name="OldNumber">Its number in the old table, from 1; 0 when it is not there.</param>
/// <param name="NewNumber">Its number in the new table, from 1; 0 when it is not there.</param>
/// <param name="EndsWithoutLineFeed">True for a last line that has no line feed.</param>
public readonly record struct DiffLine(DiffKind Kind, ReadOnlyMemory<byte> Bytes, int OldNumber, int NewNumber, bool EndsWithoutLineFeed)
{
    /// <summary>The line as text, for showing; bytes that are not UTF-8 become U+FFFD. Not sanitised: that is the display's part.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>
/// The difference of two tables, line by line and byte-true (a CR, a missing last line feed and bytes that are no text count). The
/// shortest one (E. Myers, "An O(ND) Difference Algorithm", 1986); for tables that have almost nothing in common,
/// all of the old and all of the new.
/// </summary>
public sealed class TableDiff
{
    /// <summary>Beyond so many differing lines the search is given up.</summary>
    private const int MostEdits = 1000;

    private TableDiff(IReadOnlyList<DiffLine> lines) => Lines = lines;

    /// <summary>Every line of both tables.</summary>
    public IReadOnlyList<DiffLine> Lines { get; }

    /// <summary>True when the tables are equal.</summary>
    public bool IsEmpty => Lines.All(line => line.Kind == DiffKind.Same);

    /// <summary>Compares two tables.</summary>
    public static TableDiff Between(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        List<ReadOnlyMemory<byte>> old = Split(before), now = Split(after);
        int head = 0, tail = 0, shorter = Math.Min(old.Count, now.Count);
        while (head < shorter && old[head].Span.SequenceEqual(now[head].Span))
        {
            head++;
        }

        while (tail < shorter - head && old[^(tail + 1)].Span.SequenceEqual(now[^(tail + 1)].Span))
        {
            tail++;
        }

        List<DiffLine> lines = [];
        int a = 0, b = 0;
        void Take(DiffKind kind)
        {
            ReadOnlyMemory<byte> line = kind == DiffKind.Added ? now[b] : old[a];
            bool ended = line.Length > 0 && line.Span[^1] == '\n';
            a += kind == DiffKind.Added ? 0 : 1;
            b += kind == DiffKind.Removed ? 0 : 1;
            lines.Add(new DiffLine(kind, ended ? line[..^1] : line, kind == DiffKind.Added ? 0 : a, kind == DiffKind.Removed ? 0 : b, !ended));
        }

        for (int i = 0; i < head; i++)
        {
            Take(DiffKind.Same);
        }

        foreach (DiffKind kind in Script(old, now, head, tail))
        {
            Take(kind);
        }

        for (int i = 0; i < tail; i++)
        {
            Take(DiffKind.Same);
        }

        return new TableDiff(lines);
    }

    /// <summary>The lines that differ, with some equal ones around them; null stands for equal lines left out.</summary>
    /// <param name="context">How many equal lines before and after.</param>
    public IEnumerable<DiffLine?> Hunks(int context = 3)
    {
        int shown = 0;
        for (int i = 0; i < Lines.Count; i++)
        {
            bool near = false;
            for (int j = Math.Max(0, i - context); j <= Math.Min(Lines.Count - 1, i + context) && !near; j++)
            {
                near = Lines[j].Kind != DiffKind.Same;
            }

            if (near)
            {
                if (shown < i)
                {
                    yield return null;
                }

                yield return Lines[i];
                shown = i + 1;
            }
        }
    }

    /// <summary>As unified text: <c>-</c>, <c>+</c> and blank before each line, <c>@@</c> between parts. Not sanitised.</summary>
    public string ToText(int context = 3)
    {
        StringBuilder text = new();
        foreach (DiffLine? line in Hunks(context))
        {
            if (line is not { } shown)
            {
                text.Append("@@\n");
                continue;
            }

            text.Append(shown.Kind switch { DiffKind.Added => '+', DiffKind.Removed => '-', _ => ' ' }).Append(shown.Text).Append('\n');
            if (shown.EndsWithoutLineFeed)
            {
                text.Append("\\ no line feed at the end\n");
            }
        }

        return text.ToString();
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlySpan<byte> table)
    {
        ReadOnlyMemory<byte> rest = table.ToArray();
        List<ReadOnlyMemory<byte>> lines = [];
        while (!rest.IsEmpty)
        {
            int end = rest.Span.IndexOf((byte)'\n');
            int length = end < 0 ? rest.Length : end + 1;
            lines.Add(rest[..length]);
            rest = rest[length..];
        }

        return lines;
    }

    private static List<DiffKind> Script(List<ReadOnlyMemory<byte>> old, List<ReadOnlyMemory<byte>> now, int head, int tail)
    {
        int n = old.Count - head - tail, m = now.Count - head - tail, most = Math.Min(n + m, MostEdits);
        int width = (2 * most) + 1;
        int[] furthest = new int[width + 1];
        List<int[]> history = [];
        for (int d = 0; d <= most; d++)
        {
            history.Add([.. furthest]);
            for (int k = -d; k <= d; k += 2)
            {
                int at = k + most;
                int x = k == -d || (k != d && furthest[at - 1] < furthest[at + 1]) ? furthest[at + 1] : furthest[at - 1] + 1;
                for (int y = x - k; x < n && y < m && old[head + x].Span.SequenceEqual(now[head + y].Span); y++)
                {
                    x++;
                }

                furthest[at] = x;
                if (x >= n && x - k >= m)
                {
                    return Trace(history, n, m, most);
                }
            }
        }

        return [.. Enumerable.Repeat(DiffKind.Removed, n), .. Enumerable.Repeat(DiffKind.Added, m)];
    }

    private static List<DiffKind> Trace(List<int[]> history, int n, int m, int most)
    {
        List<DiffKind> script = [];
        int x = n, y = m;
        for (int d = history.Count - 1; d >= 0; d--)
        {
            int[] furthest = history[d];
            int k = x - y, at = k + most;
            bool added = k == -d || (k != d && furthest[at - 1] < furthest[at + 1]);
            int beforeX = d == 0 ? 0 : added ? furthest[at + 1] : furthest[at - 1];
            int beforeY = d == 0 ? 0 : beforeX - (added ? k + 1 : k - 1);
            for (; x > beforeX && y > beforeY; x--, y--)
            {
                script.Add(DiffKind.Same);
            }

            if (d > 0)
            {
                script.Add(added ? DiffKind.Added : DiffKind.Removed);
            }

            (x, y) = (beforeX, beforeY);
        }

        script.Reverse();
        return script;
    }
}
