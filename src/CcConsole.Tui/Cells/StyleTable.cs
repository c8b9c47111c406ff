namespace CcConsole.Tui.Cells;

/// <summary>
/// The styles in use, each kept once, so that a cell holds two bytes and comparing cells compares styles. Belongs to
/// the UI thread. Holds at most 65,536; what comes after is drawn as <see cref="StyleId.Default"/>.
/// </summary>
public sealed class StyleTable
{
    private readonly Dictionary<Style, StyleId> _ids = [];
    private readonly Dictionary<uint, StyleId> _painted = [];
    private readonly Dictionary<uint, StyleId> _overlaid = [];
    private Style[] _styles = new Style[64];
    private int _count;

    /// <summary>A table that holds only the default style.</summary>
    public StyleTable() => Intern(Style.Default);

    /// <summary>How many styles there are.</summary>
    public int Count => _count;

    /// <summary>The style behind a number.</summary>
    public Style this[StyleId id] => id.Value < _count ? _styles[id.Value] : Style.Default;

    /// <summary>The number of a style; adds it when it is new.</summary>
    public StyleId Intern(Style style)
    {
        if (_ids.TryGetValue(style, out var id))
            return id;
        if (_count > ushort.MaxValue)
            return StyleId.Default;
        if (_count == _styles.Length)
            Array.Resize(ref _styles, _count * 2);
        id = new StyleId((ushort)_count);
        _styles[_count++] = style;
        _ids[style] = id;
        return id;
    }

    /// <summary>What text of style <paramref name="top"/> looks like on a cell of style <paramref name="ground"/>: unset colours come from the ground.</summary>
    public StyleId Paint(StyleId ground, StyleId top)
    {
        var over = this[top];
        if (over.IsOpaque)
            return top;
        var key = Key(ground, top);
        if (!_painted.TryGetValue(key, out var id))
            _painted[key] = id = Intern(Merge(this[ground], over, over.Attributes));
        return id;
    }

    /// <summary>A cell of style <paramref name="ground"/> with <paramref name="top"/> laid over it: as <see cref="Paint"/>, and attributes add up.</summary>
    public StyleId Overlay(StyleId ground, StyleId top)
    {
        var key = Key(ground, top);
        if (!_overlaid.TryGetValue(key, out var id))
            _overlaid[key] = id = Intern(Merge(this[ground], this[top], this[ground].Attributes | this[top].Attributes));
        return id;
    }

    private static uint Key(StyleId ground, StyleId top) => ((uint)ground.Value << 16) | top.Value;

    private static Style Merge(Style ground, Style top, TextAttributes attributes) => new(
        top.Foreground == Color.Unset ? ground.Foreground : top.Foreground,
        top.Background == Color.Unset ? ground.Background : top.Background,
        attributes);
}
