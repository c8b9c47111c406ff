using CcConsole.Tui.App;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Testing;
using CcConsole.Tui.Widgets;
using Xunit;

namespace CcConsole.Tui.Tests.Widgets;

public sealed class BarsAndDialogsTests
{
    [Fact]
    public void The_header_drops_items_by_priority_and_its_breadcrumbs_can_be_clicked()
    {
        var chosen = -1;
        var header = new HeaderBar
        {
            Crumbs = ["CcConsole", "Fleet", "web01"],
            Items = [new("41 hosts", Priority: 2), new("READ-ONLY", "header.readonly", 0)],
            CrumbChosen = i => chosen = i,
        };
        using var driver = WidgetDriver.Start(c => header.Draw(c), header.Handle, 50, 1);
        Assert.Equal("CcConsole › Fleet › web01      41 hosts  READ-ONLY", driver.Text);
        driver.Click("Fleet");
        Assert.Equal(1, chosen);
        driver.Resize(36, 1);
        Assert.Equal("CcConsole › Fleet › web01  READ-ONLY", driver.Text);
    }

    [Fact]
    public void A_hint_is_found_where_it_was_drawn()
    {
        var bar = new HintBar { Hints = [new(KeyCode.Enter, "open"), new('e', "edit", "read-only"), new('/', "filter")] };
        using var driver = WidgetDriver.Start(c => bar.Draw(c), _ => false, 30, 1);
        Assert.Equal("Enter open  e edit  / filter", driver.Text);
        Assert.Equal("read-only", bar.At(driver.Find("edit")!.Value)!.Disabled);
        Assert.Null(bar.At(new Point(29, 0)));
        driver.Resize(12, 1);
        Assert.Equal("Enter open", driver.Text);
    }

    [Fact]
    public void A_toast_goes_after_four_seconds()
    {
        ToastLine? toast = null;
        using var driver = new ScreenDriver(a => new ToastView(toast = new ToastLine(a)), 40, 2);
        toast!.Show("✓ web01: written");
        driver.Application.Invalidate();
        driver.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("✓ web01: written", driver.Terminal.Screen.Row(0));
        driver.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("", driver.Terminal.Screen.Row(0));
    }

    [Fact]
    public void A_dialog_breaks_its_text_between_words_and_is_as_high_as_that_takes()
    {
        const string Text = "what was written after someone became root on the host is unverifiable, signed or not";
        var dialog = new Dialog("What is proven", Text, ["Back"], _ => { });
        using var driver = WidgetDriver.Start(dialog.Draw, dialog.Handle, 30, 12);
        var rows = driver.Text.Split('\n').Select(row => row.Trim(' ', '│')).Where(row => row.Length > 0 && Text.Contains(row, StringComparison.Ordinal)).ToList();
        Assert.Equal(Text, string.Join(' ', rows));
        Assert.DoesNotContain("█", driver.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dialog_takes_all_keys_and_gives_one_answer()
    {
        var answers = new List<int>();
        var dialog = new Dialog("Delete job?", "backup on web01", ["Delete", "Keep"], answers.Add) { Focus = 1 };
        using var driver = WidgetDriver.Start(dialog.Draw, dialog.Handle, 60, 12);
        Assert.Contains("┌ Delete job? ─", driver.Text, StringComparison.Ordinal);
        Assert.Contains("backup on web01", driver.Text, StringComparison.Ordinal);
        driver.Press("Enter", "Left", "Enter", "Tab", "Enter", "k", "Esc", "Ctrl+C");
        driver.Click("Delete ]");
        Assert.Equal([1, 0, 1, 1, -1, 0], answers);
        Assert.Null(driver.ExitCode);
    }

    [Fact]
    public void A_dialog_that_requires_a_name_gives_its_first_answer_only_with_it()
    {
        var answers = new List<int>();
        var dialog = new Dialog("Type the name", "prod", ["Apply", "Cancel"], answers.Add) { Input = new TextInput(), Required = "web01" };
        using var driver = WidgetDriver.Start(dialog.Draw, dialog.Handle, 60, 12);
        driver.Type("web0").Press("Enter");
        Assert.Empty(answers);
        driver.Type("1").Press("Enter");
        Assert.Equal([0], answers);
    }

    [Fact]
    public void A_filter_applies_as_one_types_and_escape_clears_before_it_closes()
    {
        var changes = new List<string>();
        var filter = new FilterPrompt();
        filter.Changed = () => changes.Add(filter.Text);
        using var driver = WidgetDriver.Start(filter.Draw, filter.Handle, 20, 1);
        driver.Type("zz");
        filter.Open();
        driver.Type("ab").Press("Enter");
        Assert.False(filter.IsOpen);
        Assert.Equal("/ab", driver.Text);
        driver.Type("c").Press("Esc");
        Assert.Equal(["a", "ab", ""], changes);
        Assert.Equal("", driver.Text);
    }

    [Fact]
    public void Every_widget_survives_every_size()
    {
        var table = new TableView<string>([new("A", s => s) { Grow = 1 }, new("B", s => s)], s => s) { Rows = ["one", "two", "漢字"] };
        var pane = new TextPane { Wrap = true };
        pane.Set("some text 漢字\nmore");
        var form = new Form(new TextField("Name"), new AreaField("Text", 3), new ChoiceField("C", ["x", "y"]), new CheckField("D", "d"));
        var dialog = new Dialog("title", "some text", ["OK", "Cancel"], _ => { }) { Input = new TextInput() };
        var header = new HeaderBar { Crumbs = ["a", "b"], Items = [new("right")] };
        var hints = new HintBar { Hints = [new('q', "quit")] };
        var filter = new FilterPrompt();
        filter.Open();
        foreach (var (width, height) in Sizes())
        {
            using var driver = WidgetDriver.Start(Draw, Handle, width, height);
            driver.Type("x").Press("Down", "End", "PgUp", "Tab", "Left", "Backspace");
            if (width > 0 && height > 0)
                driver.Click(0, 0);
            Assert.Null(driver.ExitCode);
        }

        void Draw(Canvas canvas)
        {
            table.Draw(canvas);
            pane.Draw(canvas);
            form.Draw(canvas);
            filter.Draw(canvas);
            header.Draw(canvas);
            hints.Draw(canvas);
            dialog.Draw(canvas);
        }

        bool Handle(InputEvent input)
        {
            foreach (var handle in (Func<InputEvent, bool>[])[table.Handle, pane.Handle, form.Handle, filter.Handle, header.Handle, dialog.Handle])
                handle(input);
            return true;
        }

        static IEnumerable<(int Width, int Height)> Sizes() =>
            from width in Enumerable.Range(0, 9).Append(20).Append(60)
            from height in Enumerable.Range(0, 6).Append(15)
            select (width, height);
    }

    private sealed class ToastView(ToastLine toast) : IView
    {
        public void Draw(Canvas canvas) => toast.Draw(canvas);

        public bool Handle(InputEvent input) => false;
    }
}
