using CcConsole.Tui.Cells;
using CcConsole.Tui.Testing;
using CcConsole.Tui.Widgets;
using Xunit;

namespace CcConsole.Tui.Tests.Widgets;

public sealed class TextInputTests
{
    private readonly TextInput _input = new();

    [Fact]
    public void Editing_goes_by_clusters()
    {
        using var driver = Start();
        driver.Type("ae\u0301👩‍👩‍👧z").Press("Left", "Backspace");
        Assert.Equal("ae\u0301z", _input.Text);
        driver.Press("Backspace", "Del");
        Assert.Equal("a", _input.Text);
    }

    [Fact]
    public void Words_line_ends_and_cuts_work()
    {
        using var driver = Start();
        driver.Type("one two three").Press("Ctrl+Left", "Ctrl+Left").Type("X");
        Assert.Equal("one Xtwo three", _input.Text);
        driver.Press("Ctrl+W");
        Assert.Equal("one two three", _input.Text);
        driver.Press("Ctrl+K");
        Assert.Equal("one ", _input.Text);
        driver.Press("Home").Type(">").Press("End").Type("<");
        Assert.Equal(">one <", _input.Text);
        driver.Press("Ctrl+U");
        Assert.Equal("", _input.Text);
    }

    [Fact]
    public void A_paste_is_one_line_and_stays_visible_as_what_it_is()
    {
        using var driver = Start();
        driver.Paste("a\nb\e[31m\u202Ec\n");
        Assert.Equal("a b\e[31m\u202Ec", _input.Text);
        Assert.Equal("a b␛[31m⇠c", driver.Rows()[0]);
    }

    [Fact]
    public void Long_text_scrolls_so_that_the_cursor_is_seen()
    {
        using var driver = Start(10);
        driver.Type("0123456789abcdef");
        Assert.Equal("789abcdef", driver.Rows()[0]);
        Assert.Equal(new Point(9, 0), driver.Terminal.Screen.Cursor);
        driver.Press("Home");
        Assert.Equal("0123456789", driver.Rows()[0]);
        Assert.Equal(new Point(0, 0), driver.Terminal.Screen.Cursor);
        driver.Press("End", "Backspace", "Backspace", "Backspace", "Backspace", "Backspace", "Backspace", "Backspace");
        Assert.Equal("012345678", driver.Rows()[0]);
    }

    [Fact]
    public void A_wide_text_scrolls_by_whole_glyphs()
    {
        using var driver = Start(7);
        driver.Type("漢字漢字漢字");
        Assert.Equal("字漢字", driver.Rows()[0]);
    }

    [Fact]
    public void A_click_puts_the_cursor()
    {
        using var driver = Start();
        driver.Type("漢字abc").Click(4, 0).Type("X");
        Assert.Equal("漢字Xabc", _input.Text);
    }

    [Fact]
    public void A_secret_is_shown_as_stars()
    {
        _input.Secret = true;
        using var driver = Start();
        driver.Type("pässe\u0301");
        Assert.Equal("*****", driver.Rows()[0]);
    }

    [Fact]
    public void More_than_the_longest_text_is_not_taken()
    {
        _input.MaxLength = 5;
        using var driver = Start();
        driver.Type("12345678").Paste("xx");
        Assert.Equal("12345", _input.Text);
    }

    [Fact]
    public void An_area_breaks_lines_and_keeps_the_column()
    {
        var area = new TextArea();
        using var driver = WidgetDriver.Start(c => area.Draw(c), area.Handle, 10, 3);
        driver.Type("first\rsec\rthird").Press("Left", "Left", "Up", "Up").Type("X");
        Assert.Equal("firXst\nsec\nthird", area.Text);
        driver.Press("Home", "Down", "Backspace");
        Assert.Equal("firXstsec\nthird", area.Text);
        driver.Paste("1\n2\n3\n4");
        Assert.Equal("firXst1\n2\n3\n4sec\nthird", area.Text);
        Assert.True(driver.Terminal.Screen.CursorShown);
    }

    private ScreenDriver Start(int width = 40) => WidgetDriver.Start(c => _input.Draw(c), _input.Handle, width, 2);
}
