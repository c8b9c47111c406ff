using System.Text;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Theming;
using Xunit;

namespace CcConsole.Tui.Tests.Theming;

public sealed class ThemeTests
{
    private readonly StyleTable _styles = new();

    [Fact]
    public void A_scope_falls_back_to_those_above_and_at_last_to_text()
    {
        var theme = Resolve("""
            { "name": "t", "styles": {
              "text": { "fg": "white", "bg": "black" }, "state": { "fg": "blue", "bold": true }, "state.fail": { "fg": "red" } } }
            """);
        Assert.Equal(new Style(Color.Indexed(1), Color.Unset, TextAttributes.Bold), _styles[theme["state.fail"]]);
        Assert.Equal(new Style(Color.Indexed(1), Color.Unset, TextAttributes.Bold), _styles[theme["state.fail.now"]]);
        Assert.Equal(new Style(Color.Indexed(4), Color.Unset, TextAttributes.Bold), _styles[theme["state.ok"]]);
        Assert.Equal(new Style(Color.Indexed(7), Color.Unset), _styles[theme["nowhere.at.all"]]);
        Assert.Equal(new Style(Color.Indexed(7), Color.Indexed(0)), _styles[theme["text"]]);
    }

    [Fact]
    public void An_overlay_holds_only_what_the_scope_says_itself()
    {
        var theme = Resolve("""{ "name": "t", "styles": { "text": { "fg": "white" }, "selection": { "bg": "blue" } } }""");
        Assert.Equal(new Style(Color.Unset, Color.Indexed(4)), _styles[theme.OverlayOf("selection")]);
    }

    [Fact]
    public void A_theme_takes_what_it_leaves_out_from_the_one_it_inherits()
    {
        var library = new ThemeLibrary();
        library.Add(Read("""{ "name": "base", "palette": { "warn": "#ff0000" }, "styles": { "state.late": { "fg": "warn", "bold": true } } }"""), "base");
        library.Add(Read("""{ "name": "child", "inherits": "base", "palette": { "warn": "#00ff00" } }"""), "child");
        var theme = library.Resolve("child", _styles, ColorDepth.TrueColor);
        Assert.Equal(Color.Rgb(0, 255, 0), _styles[theme["state.late"]].Foreground);
        Assert.Equal(TextAttributes.Bold, _styles[theme["state.late"]].Attributes);
    }

    [Theory]
    [InlineData("{\n \"name\": \"t\",\n \"styles\": {\n  \"text\": { \"fg\": 7 } } }", 4)]
    [InlineData("{\n \"name\": \"t\",\n oops }", 3)]
    [InlineData("{\n \"name\": \"t\",\n \"colour\": 1 }", 3)]
    [InlineData("{\n \"name\": \"t\",\n \"kind\": \"grim\" }", 3)]
    [InlineData("{\n \"name\": \"t\",\n \"palette\": {\n\n \"x\": \"#12\" } }", 5)]
    [InlineData("{\n \"name\": \"t\",\n \"styles\": { \"text\": { \"blink\": true } } }", 3)]
    [InlineData("{ \"name\": \"t\"", 1)]
    [InlineData("[]", 1)]
    [InlineData("", 1)]
    [InlineData("{}", 1)]
    [InlineData("{ \"name\": \"t\" } x", 1)]
    public void A_broken_theme_is_refused_with_the_line(string json, int line)
    {
        var fault = Assert.Throws<ThemeFormatException>(() => Read(json));
        Assert.Equal(line, fault.Line);
        Assert.StartsWith($"file.json:{line}: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_colour_is_refused_with_the_line_of_the_style()
    {
        var fault = Assert.Throws<ThemeFormatException>(() => Resolve("{ \"name\": \"t\", \"styles\": {\n \"text\": { \"fg\": \"mauve\" } } }"));
        Assert.Equal(2, fault.Line);
        Assert.Contains("mauve", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_inheritance_is_refused()
    {
        var library = new ThemeLibrary();
        library.Add(Read("""{ "name": "a", "inherits": "b" }"""), "a");
        library.Add(Read("""{ "name": "b", "inherits": "a" }"""), "b");
        Assert.Throws<ThemeFormatException>(() => library.Resolve("a", _styles, ColorDepth.TrueColor));
        Assert.Throws<ThemeFormatException>(() => library.Resolve("none", _styles, ColorDepth.TrueColor));
    }

    [Fact]
    public void Without_colours_a_ground_of_its_own_becomes_reverse_video()
    {
        var library = new ThemeLibrary();
        library.Add(Read("""{ "name": "t", "styles": { "text": { "bg": "black" }, "selection": { "bg": "blue" }, "state.fail": { "fg": "red", "bold": true } } }"""), "t");
        var theme = library.Resolve("t", _styles, ColorDepth.None);
        Assert.Equal(TextAttributes.Reverse, _styles[theme.OverlayOf("selection")].Attributes);
        Assert.Equal(TextAttributes.None, _styles[theme["text"]].Attributes);
        Assert.Equal(TextAttributes.Bold, _styles[theme["state.fail"]].Attributes);
    }

    [Theory]
    [InlineData("#000000", "#ffffff", 21.0)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#ffffff", "#ffffff", 1.0)]
    public void Contrast_is_that_of_wcag(string a, string b, double ratio)
    {
        Assert.True(Color.TryParse(a, out var first) && Color.TryParse(b, out var second) && Math.Abs(Contrast.Ratio(first, second) - ratio) < 0.01);
    }

    [Theory]
    [InlineData("#ff0000", ColorDepth.Palette256, 196)]
    [InlineData("#808080", ColorDepth.Palette256, 244)]
    [InlineData("#ff0000", ColorDepth.Ansi16, 9)]
    [InlineData("#000000", ColorDepth.Ansi16, 0)]
    [InlineData("196", ColorDepth.Ansi16, 9)]
    [InlineData("bright-red", ColorDepth.Ansi16, 9)]
    [InlineData("33", ColorDepth.Palette256, 33)]
    public void Colours_are_converted_down_to_the_nearest(string color, ColorDepth depth, int index)
    {
        Assert.True(Color.TryParse(color, out var parsed));
        Assert.Equal(Color.Indexed((byte)index), parsed.To(depth));
        Assert.Equal(Color.Default, parsed.To(ColorDepth.None));
    }

    private Theme Resolve(string json)
    {
        var library = new ThemeLibrary();
        library.Add(Read(json), "file.json");
        return library.Resolve("t", _styles, ColorDepth.TrueColor);
    }

    private static ThemeDefinition Read(string json) => ThemeReader.Read(Encoding.UTF8.GetBytes(json), "file.json");
}
