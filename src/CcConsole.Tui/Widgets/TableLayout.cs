namespace CcConsole.Tui.Widgets;

/// <summary>Distributes a table's width among its columns.</summary>
internal static class TableLayout
{
    /// <summary>Columns of the screen between two columns of the table.</summary>
    public const int Gap = 2;

    /// <summary>Fills <paramref name="widths"/>; 0 for a column that is not shown.</summary>
    public static void Fit<T>(IReadOnlyList<TableColumn<T>> columns, int width, Span<int> widths)
    {
        for (var i = 0; i < columns.Count; i++)
            widths[i] = columns[i].Hidden ? 0 : Math.Max(1, columns[i].Width);
        while (Needed(widths) > width && Dispensable(columns, widths) is >= 0 and var least)
            widths[least] = 0;
        // Even those that stay do not fit: each gives way down to one column of the screen, the last first.
        for (var i = columns.Count - 1; i >= 0 && Needed(widths) > width; i--)
        {
            if (widths[i] > 0)
                widths[i] = Math.Max(1, widths[i] - (Needed(widths) - width));
        }
        Share(columns, width - Needed(widths), widths);
    }

    private static int Needed(Span<int> widths)
    {
        var needed = -Gap;
        foreach (var width in widths)
            needed += width > 0 ? width + Gap : 0;
        return needed;
    }

    private static int Dispensable<T>(IReadOnlyList<TableColumn<T>> columns, Span<int> widths)
    {
        var found = -1;
        for (var i = 0; i < columns.Count; i++)
        {
            if (widths[i] > 0 && columns[i].Priority > 0 && (found < 0 || columns[i].Priority >= columns[found].Priority))
                found = i;
        }
        return found;
    }

    private static void Share<T>(IReadOnlyList<TableColumn<T>> columns, int left, Span<int> widths)
    {
        var shares = 0;
        for (var i = 0; i < columns.Count; i++)
            shares += widths[i] > 0 ? columns[i].Grow : 0;
        for (var i = 0; i < columns.Count && left > 0 && shares > 0; i++)
        {
            if (widths[i] == 0 || columns[i].Grow == 0)
                continue;
            var extra = left * columns[i].Grow / shares;
            widths[i] += extra;
            left -= extra;
            shares -= columns[i].Grow;
        }
    }
}
