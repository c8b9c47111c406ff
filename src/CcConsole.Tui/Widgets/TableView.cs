using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Widgets;

/// <summary>How a table is sorted. The owner sorts the rows; the table shows and changes this.</summary>
/// <param name="Column">The column's place.</param>
/// <param name="Descending">Whether downwards.</param>
public readonly record struct TableSort(int Column, bool Descending);

/// <summary>
/// Rows in columns, one of them selected, any of them marked. Keys: arrows, <c>j k</c>, PgUp PgDn, Home End, <c>g G</c>;
/// Enter opens; Space marks; left and right move the column cursor, <c>s</c> sorts by it, <c>S</c> reverses. Mouse: a
/// click selects, a double click opens, the wheel scrolls, a heading sorts. When the rows are replaced, selection and
/// marks stay with the rows of the same key.
/// </summary>
/// <typeparam name="T">The rows' type.</typeparam>
public sealed class TableView<T>
{
    private const int Gutter = 2;

    private readonly Func<T, object> _key;
    private readonly HashSet<object> _marked = [];
    private IReadOnlyList<T> _rows = [];
    private IReadOnlyList<TableColumn<T>> _columns = [];
    private int[] _widths = [];
    private object? _anchor;
    private Scroll _scroll;
    private Rect _drawn;
    private int _selected;
    private bool _reveal = true;
    private bool _centre;

    /// <param name="columns">The columns.</param>
    /// <param name="key">What a row is known by when the rows are replaced.</param>
    public TableView(IReadOnlyList<TableColumn<T>> columns, Func<T, object> key)
    {
        Columns = columns;
        _key = key;
    }

    /// <summary>The columns.</summary>
    public IReadOnlyList<TableColumn<T>> Columns
    {
        get => _columns;
        set => (_columns, _widths) = (value, new int[value.Count]);
    }

    /// <summary>The rows, sorted and filtered.</summary>
    public IReadOnlyList<T> Rows
    {
        get => _rows;
        set => Replace(value);
    }

    /// <summary>The selected row's place; -1 when there are none.</summary>
    public int SelectedIndex
    {
        get => _rows.Count == 0 ? -1 : _selected;
        set => Select(value);
    }

    /// <summary>The selected row.</summary>
    public T? Selected => _rows.Count == 0 ? default : _rows[_selected];

    /// <summary>Keys of the marked rows.</summary>
    public IReadOnlySet<object> Marked => _marked;

    /// <summary>The marked rows, or the selected one when none is marked: what an action applies to.</summary>
    public IReadOnlyList<T> Chosen => _marked.Count == 0 ? _rows.Count > 0 ? [_rows[_selected]] : []
        : _rows is IRowSource<T> source ? [.. _marked.Select(source.IndexOf).Order().Select(i => _rows[i])]
        : [.. _rows.Where(IsMarked)];

    /// <summary>How the rows are sorted; null for not at all.</summary>
    public TableSort? Sort { get; set; }

    /// <summary>The column that <c>s</c> sorts by.</summary>
    public int ColumnCursor { get; set; }

    /// <summary>Whether rows can be marked.</summary>
    public bool CanMark { get; set; } = true;

    /// <summary>Text that is underlined where it occurs; null for none.</summary>
    public string? Match { get; set; }

    /// <summary>What stands in place of rows when there are none: why, and the key that helps.</summary>
    public string EmptyText { get; set; } = "";

    /// <summary>The scope of a row; null for <c>text</c>.</summary>
    public Func<T, string?>? RowScope { get; set; }

    /// <summary>Whether the terminal's cursor stands on the selected row, for screen readers.</summary>
    public bool CursorOnSelection { get; set; }

    /// <summary>A row was opened.</summary>
    public Action<T>? Opened { get; set; }

    /// <summary>Another row was selected.</summary>
    public Action? SelectionChanged { get; set; }

    /// <summary>Another order was asked for; <see cref="Sort"/> says which.</summary>
    public Action? SortChanged { get; set; }

    /// <summary>Whether a row is marked.</summary>
    public bool IsMarked(T row) => _marked.Count > 0 && _marked.Contains(_key(row));

    /// <summary>Marks a row, or takes the mark off.</summary>
    public void Mark(T row, bool marked)
    {
        if (marked)
            _marked.Add(_anchor = _key(row));
        else
            _marked.Remove(_key(row));
    }

    private int IndexOf(object key)
    {
        if (_rows is IRowSource<T> source)
            return source.IndexOf(key);
        for (var i = 0; i < _rows.Count; i++)
        {
            if (_key(_rows[i]).Equals(key))
                return i;
        }
        return -1;
    }

    private bool IsInView => _selected >= _scroll.Top && _selected < _scroll.Top + _scroll.Height;

    private object KeyAt(int index) => _rows is IRowSource<T> source ? source.KeyAt(index) : _key(_rows[index]);

    /// <summary>Marks the rows from the one that was marked last to the selected one; that one alone where none was.</summary>
    public void MarkRange()
    {
        if (_rows.Count == 0)
            return;
        var from = _anchor is not null && IndexOf(_anchor) is >= 0 and var at ? at : _selected;
        for (var i = Math.Min(from, _selected); i <= Math.Max(from, _selected); i++)
            _marked.Add(_anchor = KeyAt(i));
    }

    /// <summary>Takes all marks off.</summary>
    public void ClearMarks()
    {
        _marked.Clear();
        _anchor = null;
    }

    /// <summary>Selects the row with a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="centred">Whether the row comes into the middle of the view, with what is around it.</param>
    /// <returns>Whether there is one.</returns>
    public bool SelectKey(object key, bool centred = false)
    {
        if (IndexOf(key) is not (>= 0 and var at))
            return false;
        Select(at);
        _centre = centred;
        return true;
    }

    /// <summary>Draws the heading and the rows.</summary>
    public void Draw(Canvas canvas, bool focused = true)
    {
        _drawn = canvas.Bounds;
        _reveal |= IsInView;
        _scroll.Fit(_rows.Count, canvas.Height - 1);
        if (_centre)
            _scroll.Top = Math.Clamp(_selected - _scroll.Height / 2, 0, _scroll.Last);
        else if (_reveal)
            _scroll.Reveal(_selected);
        (_reveal, _centre) = (false, false);
        TableLayout.Fit(_columns, Math.Max(0, canvas.Width - Gutter - 1), _widths);
        DrawHeading(canvas.Sub(canvas.Area.Top(1)), focused);
        if (_rows.Count == 0)
            DrawEmpty(canvas);
        for (var i = 0; i < _scroll.Height && _scroll.Top + i < _rows.Count; i++)
            DrawRow(canvas.Sub(new Rect(0, i + 1, canvas.Width, 1)), _scroll.Top + i, focused);
        _scroll.DrawBar(canvas, canvas.Area.WithoutTop(1), "border");
    }

    /// <summary>Takes an event.</summary>
    /// <returns>Whether it was used.</returns>
    public bool Handle(InputEvent input) => input switch
    {
        KeyEvent { Key: var key } => HandleKey(key),
        MouseEvent mouse when _drawn.Contains(mouse.At) => HandleMouse(mouse),
        _ => false,
    };

    private void DrawEmpty(Canvas canvas)
    {
        var left = EmptyText.AsSpan();
        for (var y = 1; y < canvas.Height && !left.IsEmpty; y++)
        {
            var taken = WordWrap.Next(left, canvas.Width - Gutter);
            canvas.Draw(Gutter, y, left[..taken], "text.dim");
            left = left[taken..];
        }
    }

    private void DrawHeading(Canvas canvas, bool focused)
    {
        var x = Gutter;
        for (var i = 0; i < _columns.Count; i++)
        {
            if (_widths[i] == 0)
                continue;
            var mark = Sort is { } sort && sort.Column == i ? sort.Descending ? canvas.Glyphs.Descending : canvas.Glyphs.Ascending : "";
            var scope = focused && i == ColumnCursor ? "title" : "text.dim";
            var room = _widths[i] - mark.Length;
            var start = _columns[i].AlignRight ? x + Math.Max(0, room - Graphemes.Width(_columns[i].Title)) : x;
            var used = canvas.DrawFit(start, 0, _columns[i].Title, room, canvas[scope]);
            canvas.Draw(start + used, 0, mark, scope);
            x += _widths[i] + TableLayout.Gap;
        }
    }

    private void DrawRow(Canvas canvas, int index, bool focused)
    {
        var row = _rows[index];
        var rowScope = RowScope?.Invoke(row) ?? "text";
        if (index == _selected)
            canvas.Draw(0, 0, canvas.Glyphs.Pointer, rowScope);
        if (IsMarked(row))
            canvas.Draw(1, 0, canvas.Glyphs.Marked, "match");
        var x = Gutter;
        for (var i = 0; i < _columns.Count; i++)
        {
            if (_widths[i] == 0)
                continue;
            DrawCell(canvas.Sub(new Rect(x, 0, _widths[i], 1)), _columns[i], row, rowScope);
            x += _widths[i] + TableLayout.Gap;
        }
        if (index != _selected)
            return;
        canvas.Overlay(canvas.Area, focused ? "selection" : "selection.inactive");
        if (CursorOnSelection && focused)
            canvas.ShowCursor(0, 0);
    }

    private void DrawCell(Canvas cell, TableColumn<T> column, T row, string rowScope)
    {
        if (column.Paint is { } paint)
        {
            paint(cell, row);
            return;
        }
        var text = column.Text(row);
        var x = column.AlignRight ? Math.Max(0, cell.Width - Graphemes.Width(text)) : 0;
        cell.DrawFit(x, 0, text, cell.Width, cell[column.Scope?.Invoke(row) ?? rowScope]);
        if (Match is { Length: > 0 } match && text.IndexOf(match, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
            cell.Overlay(new Rect(x + Graphemes.Width(text.AsSpan(0, at)), 0, Graphemes.Width(text.AsSpan(at, match.Length)), 1), "match");
    }

    /// <summary>Marks the selected row, or takes its mark off, and goes on to the next.</summary>
    public void ToggleMark()
    {
        if (_rows.Count == 0)
            return;
        Mark(_rows[_selected], !IsMarked(_rows[_selected]));
        Select(_selected + 1);
    }

    private bool HandleKey(Key key)
    {
        if (_scroll.Distance(key) is { } distance)
        {
            Select((int)Math.Clamp((long)_selected + distance, 0, Math.Max(0, _rows.Count - 1)));
            return true;
        }
        if (key == KeyCode.Left || key == KeyCode.Right)
        {
            MoveColumnCursor(key == KeyCode.Left ? -1 : 1);
            return true;
        }
        if (key == 's')
            return SortBy(ColumnCursor, descending: false);
        if (key == 'S')
            return SortBy(Sort?.Column ?? ColumnCursor, !(Sort?.Descending ?? false));
        if (_rows.Count == 0)
            return false;
        if (key == ' ' && CanMark)
        {
            ToggleMark();
            return true;
        }
        if (key != KeyCode.Enter || Opened is null)
            return false;
        Opened(_rows[_selected]);
        return true;
    }

    private bool HandleMouse(MouseEvent mouse)
    {
        if (mouse.Action is MouseAction.WheelUp or MouseAction.WheelDown)
        {
            _scroll.Top = Math.Clamp(_scroll.Top + (mouse.Action == MouseAction.WheelUp ? -3 : 3), 0, _scroll.Last);
            return true;
        }
        if (!mouse.IsClick)
            return false;
        var line = mouse.Y - _drawn.Y;
        if (line == 0)
            return ColumnAt(mouse.X - _drawn.X) is { } column && SortBy(column, Sort is { } sort && sort.Column == column && !sort.Descending);
        var index = _scroll.Top + line - 1;
        if (index >= _rows.Count)
            return false;
        Select(index);
        if (mouse.Clicks == 2)
            Opened?.Invoke(_rows[index]);
        return true;
    }

    private int? ColumnAt(int x)
    {
        var start = Gutter;
        for (var i = 0; i < _columns.Count; i++)
        {
            if (_widths[i] > 0 && x >= start && x < start + _widths[i] + TableLayout.Gap)
                return i;
            start += _widths[i] > 0 ? _widths[i] + TableLayout.Gap : 0;
        }
        return null;
    }

    private void MoveColumnCursor(int step)
    {
        var next = ColumnCursor + step;
        while (next >= 0 && next < _columns.Count && _widths[next] == 0)
            next += step;
        if (next >= 0 && next < _columns.Count)
            ColumnCursor = next;
    }

    private bool SortBy(int column, bool descending)
    {
        Sort = new TableSort(column, descending);
        SortChanged?.Invoke();
        return true;
    }

    private void Select(int index)
    {
        var next = Math.Clamp(index, 0, Math.Max(0, _rows.Count - 1));
        _reveal = true;
        if (next == _selected)
            return;
        _selected = next;
        SelectionChanged?.Invoke();
    }

    private void Replace(IReadOnlyList<T> rows)
    {
        var former = _rows.Count > 0 ? KeyAt(_selected) : null;
        _rows = rows;
        if (_marked.Count > 0 && rows is IRowSource<T> source)
            _marked.RemoveWhere(key => source.IndexOf(key) < 0);
        else if (_marked.Count > 0)
            _marked.IntersectWith(rows.Select(_key));
        var at = former is null ? -1 : IndexOf(former);
        // What was in view stays in view: at the top the rows that come push it down, elsewhere the window goes with it.
        _reveal |= at < 0 || IsInView;
        if (at >= 0 && _scroll.Top > 0)
            _scroll.Top = Math.Max(0, _scroll.Top + at - _selected);
        _selected = at >= 0 ? at : Math.Clamp(_selected, 0, Math.Max(0, rows.Count - 1));
    }
}
