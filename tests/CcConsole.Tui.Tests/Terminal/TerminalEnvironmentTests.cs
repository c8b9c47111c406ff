using CcConsole.Tui.Cells;
using CcConsole.Tui.Terminal;
using Xunit;

namespace CcConsole.Tui.Tests.Terminal;

public sealed class TerminalEnvironmentTests
{
    [Theory]
    [InlineData("xterm-256color", null, null, ColorDepth.Palette256)]
    [InlineData("xterm-256color", "truecolor", null, ColorDepth.TrueColor)]
    [InlineData("xterm-256color", "truecolor", "", ColorDepth.TrueColor)]
    [InlineData("xterm-256color", "truecolor", "1", ColorDepth.None)]
    [InlineData("xterm", null, null, ColorDepth.Ansi16)]
    [InlineData("linux", null, null, ColorDepth.Ansi16)]
    [InlineData("vt100", null, null, ColorDepth.None)]
    [InlineData("dumb", "truecolor", null, ColorDepth.None)]
    [InlineData(null, null, null, ColorDepth.None)]
    public void The_depth_of_colours_follows_the_environment(string? term, string? colorTerm, string? noColor, ColorDepth depth) =>
        Assert.Equal(depth, TerminalEnvironment.Depth(name => name switch { "TERM" => term, "COLORTERM" => colorTerm, "NO_COLOR" => noColor, _ => null }));

    [Theory]
    [InlineData("LANG", "de_DE.UTF-8", false)]
    [InlineData("LANG", "C.utf8", false)]
    [InlineData("LANG", "C", true)]
    [InlineData("LC_ALL", "POSIX", true)]
    [InlineData("NONE", "x", false)]
    public void Ascii_is_for_locales_that_are_not_utf8(string variable, string value, bool ascii) =>
        Assert.Equal(ascii, TerminalEnvironment.IsAscii(name => name == variable ? value : null));
}
