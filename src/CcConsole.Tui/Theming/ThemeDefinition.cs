using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Theming;

/// <summary>Whether a theme is meant for a dark or a light ground.</summary>
public enum ThemeKind
{
    /// <summary>Whatever ground the terminal has.</summary>
    Any,

    /// <summary>Light text on dark.</summary>
    Dark,

    /// <summary>Dark text on light.</summary>
    Light,
}

/// <summary>
/// A theme as its file says it: JSON with <c>name</c>, <c>kind</c> (any, dark, light), <c>inherits</c> (another
/// theme's name), <c>palette</c> (names for colours) and <c>styles</c> (scope to style). Colours are given as in
/// <see cref="Color.TryParse"/> or by a name in the palette.
/// </summary>
/// <param name="Name">What the person picks it by.</param>
/// <param name="Kind">The ground it is meant for.</param>
/// <param name="Inherits">The theme that gives what this one leaves out; null for none.</param>
/// <param name="Palette">Colours by name.</param>
/// <param name="Styles">Styles by scope.</param>
public sealed record ThemeDefinition(
    string Name,
    ThemeKind Kind,
    string? Inherits,
    IReadOnlyDictionary<string, string> Palette,
    IReadOnlyDictionary<string, ScopeStyle> Styles);

/// <summary>What a theme says of one scope; null is left to the scope above, <c>state.fail</c> to <c>state</c>.</summary>
/// <param name="Foreground">Colour or name in the palette.</param>
/// <param name="Background">Colour or name in the palette.</param>
/// <param name="Attributes">Attributes switched on; null when none is named.</param>
/// <param name="Line">The line in the file, from 1.</param>
public sealed record ScopeStyle(string? Foreground, string? Background, TextAttributes? Attributes, int Line);

/// <summary>A theme that cannot be used: what is wrong, in which file and line.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="source">The file's name.</param>
/// <param name="line">The line, from 1; 0 when the whole is at fault.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class ThemeFormatException(string message, string source, int line, Exception? inner = null)
    : FormatException(line > 0 ? $"{source}:{line}: {message}" : $"{source}: {message}", inner)
{
    /// <summary>The line, from 1; 0 when the whole is at fault.</summary>
    public int Line { get; } = line;
}
