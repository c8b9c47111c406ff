using CcConsole.Tui.Theming;

namespace CcConsole.Tui.Cells;

/// <summary>What one drawing of the screen needs: the grid to fill, styles, glyphs, theme, and where the cursor goes.</summary>
public sealed class Frame
{
    // The last answer of the style table: side by side most cells are alike.
    private StyleId _ground;
    private StyleId _top;
    private StyleId _painted;

    /// <summary>An empty frame.</summary>
    public Frame(Size size, StyleTable styles, GlyphPool pool, Theme theme, GlyphSet glyphs)
    {
        Grid = new CellGrid(size);
        Styles = styles;
        Pool = pool;
        Theme = theme;
        Glyphs = glyphs;
    }

    /// <summary>The cells drawn.</summary>
    public CellGrid Grid { get; }

    /// <summary>The styles that the cells refer to.</summary>
    public StyleTable Styles { get; }

    /// <summary>The clusters that the cells refer to.</summary>
    public GlyphPool Pool { get; }

    /// <summary>The theme in use.</summary>
    public Theme Theme { get; set; }

    /// <summary>The glyphs of frames and marks.</summary>
    public GlyphSet Glyphs { get; set; }

    /// <summary>Where the terminal's cursor is shown; null hides it.</summary>
    public Point? Cursor { get; set; }

    /// <summary>Empties the frame and gives the canvas of the whole of it, filled with the scope <c>text</c>.</summary>
    public Canvas Begin()
    {
        Grid.Clear();
        Cursor = null;
        var bounds = new Rect(0, 0, Grid.Size.Width, Grid.Size.Height);
        var canvas = new Canvas(this, bounds, bounds);
        if (Theme["text"] != StyleId.Default)
            canvas.Clear();
        return canvas;
    }

    /// <summary>Puts narrow glyphs side by side; all of them lie within the grid.</summary>
    internal void PutRun(int x, int y, ReadOnlySpan<char> glyphs, StyleId style)
    {
        for (var i = 0; i < glyphs.Length; i++)
            PutNarrow(x + i, y, glyphs[i], style);
    }

    /// <summary>Puts one narrow glyph again and again.</summary>
    internal void PutRun(int x, int y, char glyph, int count, StyleId style)
    {
        for (var i = 0; i < count; i++)
            PutNarrow(x + i, y, glyph, style);
    }

    private void PutNarrow(int x, int y, char glyph, StyleId style)
    {
        ref var cell = ref Grid.At(x, y);
        if (cell.Style != _ground || style != _top)
            (_ground, _top, _painted) = (cell.Style, style, Styles.Paint(cell.Style, style));
        if (cell.Width == 1)
            cell = new Cell(glyph, _painted, 1);
        else
            Grid.Put(x, y, new Cell(glyph, _painted, 1));
    }

    internal void Put(int x, int y, uint glyph, byte width, CellFlags flags, StyleId style) =>
        Grid.Put(x, y, new Cell(glyph, Styles.Paint(Grid[x, y].Style, style), width, flags));
}
