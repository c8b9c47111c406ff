using CcConsole.Tui.Cells;
using CcConsole.Tui.Testing;
using CcConsole.Tui.Widgets;
using Xunit;

namespace CcConsole.Tui.Tests.Widgets;

public sealed class TableViewTests
{
    private sealed record Job(int Id, string Name, string Host, string Exit);

    private readonly TableView<Job> _table = new(
        [
            new("Name", j => j.Name) { Width = 8, Grow = 1 },
            new("Host", j => j.Host) { Width = 8, Priority = 1 },
            new("Exit", j => j.Exit) { Width = 4, Priority = 2, AlignRight = true },
        ],
        j => j.Id);

    private readonly List<string> _log = [];

    public TableViewTests()
    {
        _table.Rows = Jobs(10);
        _table.Opened = j => _log.Add($"open {j.Name}");
        _table.SortChanged = () => _log.Add($"sort {_table.Sort}");
    }

    [Fact]
    public void An_empty_table_says_all_of_why_in_as_many_rows_as_it_takes()
    {
        _table.Rows = [];
        _table.EmptyText = "No hosts yet: a adds one";
        using var driver = Start(14);
        Assert.Equal(["  No hosts", "  yet: a adds", "  one"], driver.Rows().Skip(1).Take(3).Select(r => r.TrimEnd()));
    }

    [Fact]
    public void Columns_and_the_selected_row_are_drawn()
    {
        using var driver = Start();
        Assert.Equal(
            ["  Name                   Host      Exit", "› job0                   host0        0", "  job1                   host1        1"],
            driver.Rows().Take(3).Select(r => r.TrimEnd('█').TrimEnd()));
        Assert.Equal(TextAttributes.Reverse, driver.StyleOf("job0")!.Value.Attributes);
        Assert.Equal(TextAttributes.None, driver.StyleOf("job1")!.Value.Attributes);
    }

    [Fact]
    public void In_little_room_the_columns_of_least_priority_go()
    {
        using var driver = Start(24);
        Assert.Equal("  Name         Host", driver.Rows()[0].TrimEnd());
        driver.Resize(14, 8);
        Assert.Equal("  Name", driver.Rows()[0].TrimEnd());
        driver.Resize(5, 8);
        Assert.Equal("  N…", driver.Rows()[0].TrimEnd());
    }

    [Fact]
    public void Keys_move_and_scroll()
    {
        using var driver = Start();
        driver.Press("j", "Down", "k");
        Assert.Equal(1, _table.SelectedIndex);
        driver.Press("G");
        Assert.Equal(9, _table.SelectedIndex);
        Assert.Contains("› job9", driver.Rows()[7], StringComparison.Ordinal);
        driver.Press("PgUp");
        Assert.Equal(3, _table.SelectedIndex);
        driver.Press("g");
        Assert.Equal(0, _table.SelectedIndex);
        driver.Press("k", "Home", "End", "j");
        Assert.Equal(9, _table.SelectedIndex);
    }

    [Fact]
    public void Enter_and_a_double_click_open_a_click_selects_the_wheel_scrolls()
    {
        using var driver = Start();
        driver.Press("j", "Enter");
        driver.Click("job3");
        Assert.Equal(3, _table.SelectedIndex);
        driver.Click("job4", times: 2);
        driver.Wheel(5, 5, 1);
        Assert.Equal(["open job1", "open job4"], _log);
        Assert.StartsWith("  job3", driver.Rows()[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Sorting_goes_by_the_column_cursor_and_by_clicks_on_headings()
    {
        using var driver = Start();
        driver.Press("Right", "s", "S");
        Assert.Contains("Host▾", driver.Text, StringComparison.Ordinal);
        driver.Click("Name");
        driver.Click("Name");
        Assert.Equal(
            [
                "sort TableSort { Column = 1, Descending = False }", "sort TableSort { Column = 1, Descending = True }",
                "sort TableSort { Column = 0, Descending = False }", "sort TableSort { Column = 0, Descending = True }",
            ],
            _log);
    }

    [Fact]
    public void Selection_and_marks_stay_with_their_rows_when_the_rows_are_replaced()
    {
        using var driver = Start();
        driver.Press("j", "Space", "j");
        Assert.Equal(3, _table.SelectedIndex);
        _table.Rows = [.. Jobs(10).Reverse()];
        Assert.Equal("job3", _table.Selected!.Name);
        Assert.Equal(["job1"], _table.Chosen.Select(j => j.Name));
        _table.Rows = Jobs(1);
        Assert.Empty(_table.Marked);
        Assert.Equal(["job0"], _table.Chosen.Select(j => j.Name));
        _table.Rows = [];
        Assert.Null(_table.Selected);
        Assert.Equal(-1, _table.SelectedIndex);
    }

    [Fact]
    public void Without_rows_it_says_why_and_survives_every_key()
    {
        _table.Rows = [];
        _table.EmptyText = "no jobs: n adds one";
        using var driver = Start();
        driver.Press("j", "k", "G", "g", "PgDn", "Enter", "Space", "s", "Left", "Right");
        Assert.Contains("no jobs: n adds one", driver.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_matches_the_filter_is_marked()
    {
        _table.Match = "OB1";
        using var driver = Start();
        Assert.Equal(TextAttributes.Underline, driver.Terminal.Screen[3, 2].Style.Attributes);
        Assert.Equal(TextAttributes.None, driver.Terminal.Screen[2, 2].Style.Attributes);
    }

    private static IReadOnlyList<Job> Jobs(int count) => [.. Enumerable.Range(0, count).Select(i => new Job(i, $"job{i}", $"host{i}", $"{i}"))];

    private ScreenDriver Start(int width = 40) => WidgetDriver.Start(c => _table.Draw(c), _table.Handle, width);
}
