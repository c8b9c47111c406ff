using CcConsole.Tui.Cells;
using CcConsole.Tui.Testing;
using CcConsole.Tui.Widgets;
using Xunit;

namespace CcConsole.Tui.Tests.Widgets;

public sealed class TextPaneTests
{
    private readonly TextPane _pane = new();

    [Fact]
    public void Text_scrolls_and_following_keeps_the_end_in_view_until_one_scrolls_up()
    {
        using var driver = Start();
        _pane.Follow = true;
        for (var i = 0; i < 20; i++)
            _pane.AppendLine($"line {i}");
        driver.Press("Left");
        Assert.StartsWith("line 19", driver.Rows()[4], StringComparison.Ordinal);
        driver.Press("k");
        Assert.False(_pane.Follow);
        _pane.AppendLine("line 20");
        driver.Press("Left");
        Assert.StartsWith("line 18", driver.Rows()[4], StringComparison.Ordinal);
        driver.Press("f");
        Assert.StartsWith("line 20", driver.Rows()[4], StringComparison.Ordinal);
        driver.Press("g");
        Assert.StartsWith("line 0", driver.Rows()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_cut_anywhere_gives_the_same_lines()
    {
        const string Text = "one\r\ntwo\n\nthree\tx\nlast";
        for (var cut = 1; cut < Text.Length; cut++)
        {
            if (Text[cut - 1] == '\r')
                continue;
            var pane = new TextPane();
            pane.Append(Text[..cut]);
            pane.Append(Text[cut..]);
            Assert.Equal("one\ntwo\n\nthree   x\nlast", pane.Text);
        }
    }

    [Fact]
    public void Wrapped_text_goes_on_in_the_next_row_and_wide_glyphs_are_not_cut()
    {
        _pane.Wrap = true;
        _pane.Set("漢字漢字漢字\nabc");
        using var driver = Start(8);
        Assert.Equal(["漢字漢", "字漢字", "abc"], driver.Rows().Take(3));
        driver.Press("w");
        Assert.Equal(["漢字漢", "abc"], driver.Rows().Take(2));
        driver.Press("Right");
        Assert.Equal("漢字漢字漢字"[3..], driver.Rows()[0].Trim());
    }

    [Fact]
    public void Words_are_kept_whole_where_a_row_has_a_space()
    {
        var pane = new TextPane { Wrap = true, WrapWords = true };
        pane.Set("one two three\nexactly8 then\nabcdefghijkl m");
        using var driver = WidgetDriver.Start(c => pane.Draw(c), pane.Handle, 9, 8);
        Assert.Equal(["one two", "three", "exactly8", "then", "abcdefgh", "ijkl m"], driver.Rows().Take(6));
    }

    [Fact]
    public void Searching_steps_through_what_was_found_and_marks_it()
    {
        for (var i = 0; i < 50; i++)
            _pane.AppendLine(i % 20 == 7 ? $"{i} An Error here" : $"{i} fine");
        using var driver = Start();
        _pane.Search = "error";
        driver.Press("n");
        Assert.StartsWith("7 An Error", driver.Rows()[0], StringComparison.Ordinal);
        Assert.Equal(TextAttributes.Underline, driver.StyleOf("Error")!.Value.Attributes);
        driver.Press("n");
        Assert.StartsWith("27 An", driver.Rows()[0], StringComparison.Ordinal);
        driver.Press("N");
        Assert.StartsWith("7 An", driver.Rows()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Only_so_many_lines_are_kept()
    {
        _pane.MaxLines = 100;
        for (var i = 0; i < 1000; i++)
            _pane.AppendLine($"{i}");
        Assert.InRange(_pane.Count, 90, 100);
        Assert.EndsWith("999", _pane.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_grows_is_drawn_as_it_is_now()
    {
        using var driver = Start();
        _pane.Append("work");
        driver.Press("Left");
        Assert.Equal("work", driver.Rows()[0]);
        _pane.Append("ing…");
        driver.Press("Left");
        Assert.Equal("working…", driver.Rows()[0]);
    }

    private ScreenDriver Start(int width = 30) => WidgetDriver.Start(c => _pane.Draw(c), _pane.Handle, width, 5);
}
