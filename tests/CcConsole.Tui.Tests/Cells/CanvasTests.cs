using CcConsole.Tui.Cells;
using Xunit;

namespace CcConsole.Tui.Tests.Cells;

public sealed class CanvasTests
{
    [Fact]
    public void What_lies_outside_of_a_part_is_cut_off()
    {
        var screens = new Screens(10, 2);
        var canvas = screens.Frame.Begin();
        canvas.Draw(0, 0, "..........", "text");
        canvas.Sub(new Rect(3, 0, 4, 1)).Draw(-2, 0, "abcdefghij", "text");
        Assert.Equal("...cdef...", screens.Frame.Grid.TextOf(0, screens.Pool));
    }

    [Fact]
    public void Half_a_wide_glyph_at_either_edge_of_a_part_is_a_space()
    {
        var screens = new Screens(10, 1);
        var canvas = screens.Frame.Begin();
        canvas.Draw(0, 0, "..........", "text");
        canvas.Sub(new Rect(3, 0, 4, 1)).Draw(-1, 0, "漢字漢", "text");
        Assert.Equal("... 字 ...", screens.Frame.Grid.TextOf(0, screens.Pool));
    }

    [Theory]
    [InlineData("\e[31mred", "␛[31mred")]
    [InlineData("a\r\n\tb\u0007", "a␍␊␉b␇")]
    [InlineData("\u009b31m", "\uFFFD31m")]
    [InlineData("abc\u202Etxt.exe", "abc⇠txt.exe")]
    [InlineData("\u2066x\u2069", "⇢x⇡")]
    [InlineData("a\u200Bb\u00ADc\uFEFFd", "a\uFFFDb\uFFFDc\uFFFDd")]
    [InlineData("x\U000E0041\U000E0042", "\uFFFD")]
    public void Text_that_would_steer_the_terminal_is_shown_as_marks(string text, string shown)
    {
        var screens = new Screens(20, 1);
        screens.Frame.Begin().Draw(0, 0, text, "text");
        screens.Send();
        Assert.Equal(shown, screens.Screen.Row(0));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_a_replacement_character()
    {
        var screens = new Screens(20, 1);
        screens.Frame.Begin().Draw(0, 0, new string(['\uD800', 'x']), "text");
        screens.Send();
        Assert.Equal("\uFFFDx", screens.Screen.Row(0));
    }

    [Fact]
    public void Text_that_is_too_long_ends_in_an_ellipsis()
    {
        var screens = new Screens(20, 1);
        var used = screens.Frame.Begin().DrawFit(0, 0, "漢字漢字", 6, StyleId.Default);
        Assert.Equal("漢字…", screens.Frame.Grid.TextOf(0, screens.Pool));
        Assert.Equal(5, used);
    }

    [Fact]
    public void In_ascii_mode_nothing_else_is_drawn()
    {
        var screens = new Screens(20, 3);
        screens.Frame.Glyphs = GlyphSet.Ascii;
        var canvas = screens.Frame.Begin();
        canvas.Border(canvas.Area, StyleId.Default);
        canvas.Draw(1, 1, "é漢\e✓", "text");
        var text = string.Join('\n', Enumerable.Range(0, 3).Select(y => screens.Frame.Grid.TextOf(y, screens.Pool)));
        Assert.True(System.Text.Ascii.IsValid(text), text);
        Assert.Contains("|?????", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_style_without_ground_keeps_the_ground_beneath()
    {
        var screens = new Screens(10, 1);
        var canvas = screens.Frame.Begin();
        canvas.Fill(canvas.Area, screens.Styles.Intern(new Style(Color.Default, Color.Indexed(4))));
        canvas.Draw(2, 0, "x", screens.Styles.Intern(new Style(Color.Indexed(1), Color.Unset)));
        Assert.Equal(new Style(Color.Indexed(1), Color.Indexed(4)), screens.Styles[screens.Frame.Grid[2, 0].Style]);
    }

    [Fact]
    public void Drawing_on_a_canvas_of_any_size_fails_never()
    {
        for (var width = 0; width < 4; width++)
        {
            for (var height = 0; height < 4; height++)
            {
                var screens = new Screens(width, height);
                var canvas = screens.Frame.Begin();
                canvas.Border(canvas.Area, StyleId.Default, "title");
                canvas.Draw(-1, 0, "漢漢漢漢", "text");
                canvas.DrawFit(0, 0, "漢漢", width, StyleId.Default);
                canvas.Overlay(new Rect(-5, -5, 20, 20), "selection");
                canvas.ShowCursor(0, 0);
                screens.Send();
                Assert.Equal(new Size(width, height), screens.Screen.Size);
            }
        }
    }
}
