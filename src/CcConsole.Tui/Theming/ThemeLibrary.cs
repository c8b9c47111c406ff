using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Theming;

/// <summary>The themes that a person can pick from, by name. A later one of the same name replaces the earlier.</summary>
public sealed class ThemeLibrary
{
    private readonly Dictionary<string, (ThemeDefinition Definition, string Source)> _themes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _themes.Values.Select(t => t.Definition.Name).Order(StringComparer.Ordinal)];

    /// <summary>Adds a theme.</summary>
    /// <param name="definition">The theme.</param>
    /// <param name="source">The file's name, for messages.</param>
    public void Add(ThemeDefinition definition, string source)
    {
        ArgumentNullException.ThrowIfNull(definition);
        _themes[definition.Name] = (definition, source);
    }

    /// <summary>Reads and adds a theme.</summary>
    /// <exception cref="ThemeFormatException">The text is not a theme.</exception>
    public ThemeDefinition Add(Stream json, string source)
    {
        var definition = ThemeReader.Read(json, source);
        Add(definition, source);
        return definition;
    }

    /// <summary>Makes a theme ready for drawing: with what it inherits, its colours looked up.</summary>
    /// <param name="name">The theme's name.</param>
    /// <param name="styles">Where its styles are kept.</param>
    /// <param name="depth">What the terminal shows; without colours a coloured ground becomes reverse video.</param>
    /// <exception cref="ThemeFormatException">No theme of that name, a circle of inheritance, or an unknown colour.</exception>
    public Theme Resolve(string name, StyleTable styles, ColorDepth depth)
    {
        var scopes = new Dictionary<string, ResolvedScope>(StringComparer.Ordinal);
        var palette = new Dictionary<string, string>(StringComparer.Ordinal);
        var line = Lineage(name);
        foreach (var (definition, _) in line)
        {
            foreach (var (key, color) in definition.Palette)
                palette[key] = color;
        }
        foreach (var (definition, source) in line)
        {
            foreach (var (scope, style) in definition.Styles)
                scopes[scope] = Resolve(scope, style, scopes.GetValueOrDefault(scope), palette, source);
        }
        return new Theme(line[^1].Definition.Name, line[^1].Definition.Kind, scopes, styles, depth);
    }

    /// <summary>The theme and those it inherits from, the oldest first.</summary>
    private List<(ThemeDefinition Definition, string Source)> Lineage(string name)
    {
        var line = new List<(ThemeDefinition Definition, string Source)>();
        for (var next = name; next is not null; next = line[0].Definition.Inherits)
        {
            if (!_themes.TryGetValue(next, out var theme))
                throw new ThemeFormatException($"there is no theme \"{next}\"", line.Count > 0 ? line[0].Source : "themes", 0);
            if (line.Contains(theme))
                throw new ThemeFormatException($"\"{next}\" inherits from itself", theme.Source, 0);
            line.Insert(0, theme);
        }
        return line;
    }

    private static ResolvedScope Resolve(string scope, ScopeStyle style, ResolvedScope inherited, Dictionary<string, string> palette, string source)
    {
        return new ResolvedScope(
            Look(style.Foreground) ?? inherited.Foreground,
            Look(style.Background) ?? inherited.Background,
            style.Attributes ?? inherited.Attributes);

        Color? Look(string? name)
        {
            if (name is null)
                return null;
            return Color.TryParse(palette.GetValueOrDefault(name, name), out var color)
                ? color
                : throw new ThemeFormatException($"{scope}: \"{name}\" is no colour and not in the palette", source, style.Line);
        }
    }
}

/// <summary>What a theme and those it inherits from say of a scope.</summary>
internal readonly record struct ResolvedScope(Color? Foreground, Color? Background, TextAttributes? Attributes);
