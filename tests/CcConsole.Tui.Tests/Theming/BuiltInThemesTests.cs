using CcConsole.Tui.Cells;
using CcConsole.Tui.Theming;
using Xunit;

namespace CcConsole.Tui.Tests.Theming;

public sealed class BuiltInThemesTests
{
    [Fact]
    public void All_are_there()
    {
        Assert.Equal(
            ["dark", "deuteranopia", "gruvbox", "high-contrast", "light", "mono", "nord", "solarized", "terminal", "tritanopia"],
            Library().Names);
    }

    [Fact]
    public void Each_defines_every_known_scope_at_every_depth()
    {
        var library = Library();
        foreach (var name in library.Names)
        {
            foreach (var depth in Enum.GetValues<ColorDepth>())
            {
                var styles = new StyleTable();
                var theme = library.Resolve(name, styles, depth);
                Assert.All(Theme.KnownScopes, scope => Assert.NotEqual(ColorKind.Unset, styles[theme[scope]].Foreground.Kind));
                Assert.NotEqual(StyleId.Default, theme.OverlayOf("selection"));
                Assert.NotEqual(StyleId.Default, theme.OverlayOf("button.focus"));
            }
        }
    }

    [Fact]
    public void Where_the_colours_are_known_all_text_has_a_contrast_of_at_least_4_5()
    {
        var library = Library();
        foreach (var name in library.Names)
        {
            var theme = library.Resolve(name, new StyleTable(), ColorDepth.TrueColor);
            foreach (var scope in Theme.KnownScopes)
                Assert.True((theme.ContrastOf(scope) ?? 21) >= Contrast.Least, $"{name}: {scope} {theme.ContrastOf(scope):0.00}");
        }
    }

    [Fact]
    public void Bad_and_good_differ_by_more_than_hue_for_the_colour_blind()
    {
        var library = Library();
        foreach (var name in library.Names)
        {
            var styles = new StyleTable();
            var theme = library.Resolve(name, styles, ColorDepth.None);
            Assert.NotEqual(styles[theme["state.ok"]].Attributes, styles[theme["state.fail"]].Attributes);
            Assert.NotEqual(styles[theme["verdict.ok"]].Attributes, styles[theme["verdict.bad"]].Attributes);
        }
    }

    private static ThemeLibrary Library()
    {
        var library = new ThemeLibrary();
        var folder = Path.Combine(AppContext.BaseDirectory, "themes");
        foreach (var file in Directory.EnumerateFiles(folder, "*.json"))
        {
            using var json = File.OpenRead(file);
            Assert.Equal(Path.GetFileNameWithoutExtension(file), library.Add(json, Path.GetFileName(file)).Name);
        }
        return library;
    }
}
