using System.Globalization;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>What the commands of all lists need.</summary>
internal interface IListScreen
{
    /// <summary>Opens the filter line.</summary>
    void OpenFilter();

    /// <summary>Gives a key to the list: moving, marking, sorting.</summary>
    void Feed(Key key);

    /// <summary>Gives the keys that move to the other pane.</summary>
    void SwitchPane();
}

/// <summary>A list whose rows can be marked: what is done then is done to all that are.</summary>
internal interface IMarkable
{
    /// <summary>Whether its rows can be marked.</summary>
    bool CanMark { get; }

    /// <summary>Marks the selected row, or takes its mark off.</summary>
    void ToggleMark();

    /// <summary>Marks the rows from the one marked last to the selected one.</summary>
    void MarkRange();
}

/// <summary>
/// A screen that is a list: filter, order, selection, and a detail pane where there is room. Order and filter are remembered
/// while the screen exists, the order beyond that.
/// </summary>
/// <typeparam name="TRow">A row with all its texts made.</typeparam>
internal abstract class ListScreen<TRow> : Screen, IListScreen, IMarkable
    where TRow : class
{
    /// <summary>From this width the detail pane is shown.</summary>
    protected const int DetailFrom = 120;

    /// <summary>From so many rows the detail pane can stand below the list.</summary>
    private const int BelowFrom = 20;

    private readonly FilterPrompt _filter = new();
    private readonly string _name;
    private IReadOnlyList<TRow> _all = [];
    private RowFilter _parsed = RowFilter.None;
    private string _oneLine = "";
    private bool _detailFocused;

    /// <param name="shell">Everything around it.</param>
    /// <param name="name">What the list shows, as the title says it: <c>Jobs</c>.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="key">What a row is known by when the rows are made anew.</param>
    protected ListScreen(Shell shell, string name, IReadOnlyList<TableColumn<TRow>> columns, Func<TRow, object> key)
        : base(shell)
    {
        _name = name;
        Table = new TableView<TRow>(columns, key)
        {
            CanMark = false,
            SortChanged = OnSortChanged,
            SelectionChanged = OnSelectionChanged,
        };
        _filter.Changed = ApplyFilter;
        Table.Sort = SortFromText(shell.Settings.Get(SortKey), columns);
    }

    /// <inheritdoc/>
    public override string Title => TitleText;

    /// <inheritdoc/>
    public override bool TakesText => _filter.IsOpen;

    /// <summary>The rows that are shown.</summary>
    protected TableView<TRow> Table { get; }

    /// <summary>The selected row.</summary>
    protected TRow? Selected => Table.Selected;

    /// <summary>What is said about the selected row.</summary>
    protected DetailText Detail { get; } = new();

    /// <summary>All rows, before the filter.</summary>
    protected IReadOnlyList<TRow> AllRows => _all;

    /// <summary>What stands before the count in the title: the host.</summary>
    protected virtual string TitlePrefix => "";

    /// <summary>What the title says of what the count leaves out.</summary>
    protected virtual string TitleNote => "";

    private string TitleText { get; set; } = "";

    private string SortKey => $"sort.{_name}";

    /// <inheritdoc/>
    public void OpenFilter()
    {
        _filter.Open();
        Shell.ChromeChanged();
    }

    /// <inheritdoc/>
    public void Feed(Key key) => Handle(new KeyEvent(key));

    /// <inheritdoc/>
    public bool CanMark => Table.CanMark;

    /// <inheritdoc/>
    public void ToggleMark()
    {
        Table.ToggleMark();
        SetTitle();
    }

    /// <inheritdoc/>
    public void MarkRange()
    {
        Table.MarkRange();
        SetTitle();
    }

    /// <summary>Takes all marks off.</summary>
    public void ClearMarks()
    {
        Table.ClearMarks();
        SetTitle();
    }

    /// <inheritdoc/>
    public override bool Back()
    {
        if (Table.Marked.Count > 0)
        {
            ClearMarks();
            return true;
        }
        if (_filter.Text.Length == 0)
            return false;
        ClearFilter();
        return true;
    }

    /// <summary>Shows all rows again.</summary>
    protected void ClearFilter()
    {
        _filter.Text = "";
        ApplyFilter();
    }

    /// <inheritdoc/>
    public override void Draw(Canvas canvas)
    {
        var area = canvas.Area;
        var banner = BannerRows(canvas.Width);
        if (banner > 0)
            DrawBanner(canvas.Sub(area.Top(banner)));
        area = area.WithoutTop(banner);
        if (_filter.IsOpen || _filter.Text.Length > 0)
        {
            _filter.Draw(canvas.Sub(area.BottomRows(1)));
            area = area.WithoutBottom(1);
        }
        var below = canvas.Width < DetailFrom ? DetailBelow : HasDetail && area.Height >= BelowFrom && canvas.Width - DetailWidth(canvas.Width) - 1 < ListWidth;
        if (below)
        {
            var list = area.Top(Math.Max(4, area.Height / 2));
            DrawList(canvas, list);
            area = area.WithoutTop(list.Height);
            canvas.Fill(area.Top(1), canvas["border"], canvas.Glyphs.Horizontal);
            Detail.Pane.Draw(canvas.Sub(area.WithoutTop(1)));
            return;
        }
        if (canvas.Width < DetailFrom || !HasDetail)
        {
            if (_oneLine.Length > 0)
            {
                canvas.DrawFit(0, area.Bottom - 1, _oneLine, canvas.Width, canvas["text.dim"]);
                area = area.WithoutBottom(1);
            }
            DrawList(canvas, area);
            return;
        }
        var left = area.Left(area.Width - DetailWidth(canvas.Width) - 1);
        DrawList(canvas, left);
        canvas.Fill(area.WithoutLeft(left.Width).Left(1), canvas["border"], canvas.Glyphs.Vertical);
        Detail.Pane.Draw(canvas.Sub(area.WithoutLeft(left.Width + 2)));
    }

    /// <inheritdoc/>
    public override bool Handle(InputEvent input)
    {
        if (_filter.Handle(input))
        {
            Shell.ChromeChanged();
            return true;
        }
        if (_detailFocused && input is KeyEvent)
            return Detail.Pane.Handle(input);
        // While the filter is typed, the keys that move still move.
        return Table.Handle(input) || Detail.Pane.Handle(input);
    }

    /// <inheritdoc/>
    public void SwitchPane() => _detailFocused = !_detailFocused && HasDetail;

    /// <summary>Whether there is a detail pane.</summary>
    protected virtual bool HasDetail => true;

    /// <summary>Whether the detail stands below the list where there is no room beside it.</summary>
    protected virtual bool DetailBelow => false;

    /// <summary>
    /// Columns that the list wants: where the detail pane beside it would leave fewer, the pane stands below, so that it costs no
    /// column of the list.
    /// </summary>
    protected virtual int ListWidth => 0;

    /// <summary>What a command of the screen lets through besides the filter.</summary>
    protected virtual bool Passes(TRow row) => true;

    /// <summary>Columns of the detail pane.</summary>
    protected virtual int DetailWidth(int width) => Math.Clamp(width - 80, 40, Math.Max(40, width * 2 / 5));

    /// <summary>Says all about the selected row, line by line; null when nothing is selected.</summary>
    protected virtual void Describe(TRow row, DetailText detail)
    {
    }

    /// <summary>What one line can say of the selected row where there is no room for the detail pane: its cause and next step.</summary>
    protected virtual string OneLine(TRow row) => "";

    /// <summary>The selected row has changed: its detail is made anew.</summary>
    protected void UpdateDetail()
    {
        Detail.Clear();
        _oneLine = "";
        if (Selected is not { } row)
            return;
        Describe(row, Detail);
        _oneLine = OneLine(row);
    }

    /// <summary>Rows above the list.</summary>
    protected virtual int BannerRows(int width) => 0;

    /// <summary>Draws what stands above the list.</summary>
    protected virtual void DrawBanner(Canvas canvas)
    {
    }

    /// <summary>Another row is selected.</summary>
    protected virtual void OnSelectionChanged()
    {
        UpdateDetail();
        Shell.ChromeChanged();
    }

    /// <summary>The text of a row that the filter looks at.</summary>
    protected abstract string FilterText(TRow row);

    /// <summary>Compares two rows by a column.</summary>
    protected abstract int Compare(TRow a, TRow b, int column);

    /// <summary>Why there is nothing to show, and the key that helps.</summary>
    protected abstract string EmptyText { get; }

    /// <summary>What is said when the filter leaves nothing.</summary>
    protected virtual string EmptyByFilter => string.Create(CultureInfo.InvariantCulture, $"0 of {_all.Count} match \"{_filter.Text}\"  Esc clears");

    /// <summary>Shows other rows; the selection stays with the row of the same key.</summary>
    protected void SetRows(IReadOnlyList<TRow> rows)
    {
        _all = rows;
        ApplyFilter();
    }

    private void DrawList(Canvas canvas, Rect area) => Table.Draw(canvas.Sub(area), !_filter.IsOpen && !_detailFocused);

    /// <summary>Filters and sorts anew.</summary>
    protected void ApplyFilter()
    {
        _parsed = RowFilter.Parse(_filter.Text);
        var shown = RowsFor(_filter.Text);
        Table.Match = _parsed.Words.Count == 1 ? _parsed.Words[0] : null;
        Table.EmptyText = _parsed.IsEmpty ? EmptyText : EmptyByFilter;
        Table.Rows = shown;
        SetTitle();
        OnSelectionChanged();
    }

    /// <summary>The rows to show for a filter, sorted.</summary>
    protected virtual IReadOnlyList<TRow> RowsFor(string filter)
    {
        var shown = _all.Where(row => Passes(row) && (_parsed.IsEmpty || _parsed.Matches(FilterText(row))));
        return [.. Sorted(shown)];
    }

    /// <summary>Rows in the order that the person chose.</summary>
    protected IEnumerable<TRow> Sorted(IEnumerable<TRow> rows)
    {
        if (Table.Sort is not { } sort)
            return rows;
        // LINQ's order is stable: rows that are equal in the column stay as they came.
        var order = Comparer<TRow>.Create((a, b) => Compare(a, b, sort.Column));
        return sort.Descending ? rows.OrderDescending(order) : rows.Order(order);
    }

    /// <summary>What is typed into the filter.</summary>
    protected string Filter => _filter.Text;

    private void SetTitle()
    {
        var count = Table.Rows.Count == _all.Count ? $"{_all.Count}" : $"{Table.Rows.Count}/{_all.Count}";
        var marked = Table.Marked.Count > 0 ? $"  {Table.Marked.Count} marked" : "";
        TitleText = $"{TitlePrefix}{_name}[{count}]{(_parsed.IsEmpty ? "" : $"  /{_filter.Text}")}{(TitleNote.Length == 0 ? "" : $"  {TitleNote}")}{marked}";
        Shell.ChromeChanged();
    }

    private void OnSortChanged()
    {
        var sort = Table.Sort!.Value;
        Shell.Settings.Set(SortKey, $"{(sort.Descending ? "-" : "+")}{Table.Columns[sort.Column].Title}");
        ApplyFilter();
    }

    private static TableSort? SortFromText(string? text, IReadOnlyList<TableColumn<TRow>> columns)
    {
        for (var i = 0; text is { Length: > 1 } && i < columns.Count; i++)
        {
            if (columns[i].Title == text[1..])
                return new TableSort(i, text[0] == '-');
        }
        return null;
    }
}
