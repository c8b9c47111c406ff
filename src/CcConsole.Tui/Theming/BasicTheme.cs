using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Theming;

/// <summary>
/// The theme in the code, for when no file can be read: the 16 ANSI colours on the terminal's own ground. An
/// application's <c>terminal</c> theme replaces it.
/// </summary>
public static class BasicTheme
{
    /// <summary>The definition; its name is <c>basic</c>.</summary>
    public static ThemeDefinition Definition { get; } = ThemeReader.Read(
        """
        { "name": "basic", "kind": "any", "styles": {
          "text.dim": { "dim": true }, "text.strong": { "bold": true },
          "selection": { "reverse": true }, "cursor": { "reverse": true }, "match": { "underline": true },
          "header": { "bold": true }, "title": { "bold": true }, "footer.key": { "bold": true },
          "input": { "underline": true }, "button.focus": { "reverse": true },
          "state.ok": { "fg": "green" }, "state.fail": { "fg": "red" }, "state.late": { "fg": "yellow" },
          "verdict.ok": { "fg": "green", "bold": true }, "verdict.bad": { "fg": "red", "bold": true } } }
        """u8,
        "basic");

    /// <summary>The theme, ready for drawing.</summary>
    public static Theme Resolve(StyleTable styles, ColorDepth depth)
    {
        var library = new ThemeLibrary();
        library.Add(Definition, Definition.Name);
        return library.Resolve(Definition.Name, styles, depth);
    }
}
