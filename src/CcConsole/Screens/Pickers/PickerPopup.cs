using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Text;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>Something that can be picked.</summary>
/// <param name="Key">What it is known by.</param>
/// <param name="First">The first column.</param>
/// <param name="Second">The second column.</param>
/// <param name="Third">The third column: a key, or why it cannot be picked.</param>
/// <param name="Pick">What picking does; null when it cannot be picked now.</param>
internal sealed record PickItem(string Key, string First, string Second, string Third, Action? Pick)
{
    /// <summary>What the search looks at.</summary>
    public string SearchText { get; } = $"{First} {Second} {Third}";

    /// <summary>What it does, and why not now.</summary>
    public string Note { get; } = Pick is null && Third.Length > 0 ? $"{Second} ({Third})" : Second;
}

/// <summary>A list to search by typing and to pick from with Enter.</summary>
internal abstract class PickerPopup : Popup
{
    private const int NoteRows = 2;
    private const int LeastList = 8;

    private readonly string _title;
    private readonly IReadOnlyList<PickItem> _items;
    private readonly TextInput _search = new();
    private readonly TableView<PickItem> _table;

    /// <param name="title">The heading.</param>
    /// <param name="items">What can be picked.</param>
    /// <param name="first">Heading of the first column.</param>
    /// <param name="second">Heading of the second column.</param>
    /// <param name="third">Heading of the third column.</param>
    protected PickerPopup(string title, IReadOnlyList<PickItem> items, string first, string second, string third)
    {
        _title = title;
        _items = items;
        _table = new TableView<PickItem>(
        [
            new(first, item => item.First) { Width = Widest(items, first, item => item.First, 8, 28) },
            new(second, item => item.Second) { Width = items.Any(item => item.Second.Length > 0) ? 24 : 1, Grow = 1 },
            new(third, item => item.Third) { Width = Widest(items, third, item => item.Third, 1, 24), Priority = 1, Scope = item => item.Pick is null ? "state.off" : "footer.key" },
        ],
            item => item.Key)
        {
            CanMark = false,
            RowScope = item => item.Pick is null ? "text.dim" : null,
            Opened = Open,
            SelectionChanged = () => OnMoved(_table?.Selected),
            EmptyText = "nothing matches",
        };
        _search.Placeholder = "type to search";
        _search.Changed = Search;
        Search();
    }

    /// <inheritdoc/>
    public override string ShortForm => _title;

    /// <summary>Selects an item.</summary>
    protected void Select(string key)
    {
        for (var i = 0; i < _table.Rows.Count; i++)
        {
            if (_table.Rows[i].Key == key)
                _table.SelectedIndex = i;
        }
    }

    /// <summary>Columns of the screen that it takes, where there are as many.</summary>
    protected virtual int Width => 104;

    /// <inheritdoc/>
    public override void Draw(Canvas canvas)
    {
        var area = canvas.Area.Center(Math.Min(canvas.Width, Width), canvas.Height);
        canvas.Fill(area, canvas["text"]);
        canvas.Border(area, canvas["border"], _title, canvas["title"]);
        var inner = canvas.Sub(area.Inset(1, 1));
        inner.Draw(1, 0, inner.Glyphs.Pointer, "footer.key");
        _search.Draw(inner.Sub(inner.Area.Top(1).WithoutLeft(3)));
        var list = inner.Area.WithoutTop(2);
        if (list.Height > LeastList + NoteRows)
        {
            DrawNote(inner.Sub(list.BottomRows(NoteRows).WithoutLeft(2)));
            list = list.WithoutBottom(NoteRows);
        }
        _table.Draw(inner.Sub(list));
    }

    /// <inheritdoc/>
    public override void Handle(InputEvent input)
    {
        if (input is KeyEvent { Key: { Code: KeyCode.Escape } })
            Cancel();
        else if (input is KeyEvent { Key: { Code: KeyCode.Enter } })
            Open(_table.Selected);
        else if (input is KeyEvent { Key: { Code: KeyCode.Up or KeyCode.Down or KeyCode.PageUp or KeyCode.PageDown } } or MouseEvent)
            _table.Handle(input);
        else
            _search.Handle(input);
    }

    /// <inheritdoc/>
    public override void Cancel() => IsClosed = true;

    /// <summary>Another item is selected; null for none.</summary>
    protected virtual void OnMoved(PickItem? item)
    {
    }

    private static int Widest(IReadOnlyList<PickItem> items, string heading, Func<PickItem, string> text, int least, int most) =>
        Math.Clamp(items.Select(item => Graphemes.Width(text(item))).Append(heading.Length).Max(), least, most);

    // What a column cuts off is read here in full: why something cannot be done above all.
    private void DrawNote(Canvas canvas)
    {
        var left = (_table.Selected?.Note ?? "").AsSpan();
        for (var y = 0; y < canvas.Height && !left.IsEmpty; y++)
        {
            var taken = WordWrap.Next(left, canvas.Width);
            canvas.Draw(0, y, left[..taken], "text.dim");
            left = left[taken..];
        }
    }

    private void Open(PickItem? item)
    {
        if (item?.Pick is not { } pick)
            return;
        IsClosed = true;
        pick();
    }

    private void Search()
    {
        var filter = RowFilter.Parse(_search.Text);
        _table.Rows = [.. _items.Where(item => filter.Matches(item.SearchText))];
        _table.SelectedIndex = 0;
        _table.Match = filter.Words.Count == 1 ? filter.Words[0] : null;
        OnMoved(_table.Selected);
    }
}
