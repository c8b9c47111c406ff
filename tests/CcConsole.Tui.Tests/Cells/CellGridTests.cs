using CcConsole.Tui.Cells;
using Xunit;

namespace CcConsole.Tui.Tests.Cells;

public sealed class CellGridTests
{
    private static Cell Narrow(char c) => new(c, StyleId.Default, 1);

    private static Cell Wide => new('漢', StyleId.Default, 2);

    [Fact]
    public void Overwriting_the_right_half_of_a_wide_glyph_blanks_the_left()
    {
        var grid = new CellGrid(new Size(4, 1));
        grid.Put(0, 0, Wide);
        grid.Put(1, 0, Narrow('x'));
        Assert.Equal(" x", grid.TextOf(0, new GlyphPool()));
    }

    [Fact]
    public void Overwriting_the_left_half_of_a_wide_glyph_blanks_the_right()
    {
        var grid = new CellGrid(new Size(4, 1));
        grid.Put(0, 0, Wide);
        grid.Put(2, 0, Narrow('y'));
        grid.Put(0, 0, Narrow('x'));
        Assert.Equal("x y", grid.TextOf(0, new GlyphPool()));
        Assert.Equal(Cell.Blank, grid[1, 0]);
    }

    [Fact]
    public void A_wide_glyph_over_two_others_blanks_both_rests()
    {
        var grid = new CellGrid(new Size(6, 1));
        grid.Put(0, 0, Wide);
        grid.Put(2, 0, Wide);
        grid.Put(1, 0, Wide);
        Assert.Equal(" 漢", grid.TextOf(0, new GlyphPool()));
        Assert.Equal(Cell.Blank, grid[3, 0]);
    }

    [Fact]
    public void A_wide_glyph_in_the_last_column_becomes_a_space()
    {
        var grid = new CellGrid(new Size(2, 1));
        grid.Put(1, 0, Wide);
        Assert.Equal("", grid.TextOf(0, new GlyphPool()));
    }

    [Fact]
    public void A_new_style_reaches_both_halves()
    {
        var grid = new CellGrid(new Size(2, 1));
        grid.Put(0, 0, Wide);
        grid.Restyle(1, 0, new StyleId(7));
        Assert.Equal(new StyleId(7), grid[0, 0].Style);
        Assert.Equal(new StyleId(7), grid[1, 0].Style);
    }
}
