using System.Text;

namespace CcConsole.Tui.Cells;

/// <summary>
/// A rectangle of cells. Its invariant: each head of a wide glyph is followed by its tail, and there is no other
/// tail; whoever overwrites one half blanks the other.
/// </summary>
public sealed class CellGrid
{
    private Cell[] _cells = [];

    /// <summary>A grid of blanks.</summary>
    public CellGrid(Size size) => Resize(size);

    /// <summary>Columns and rows; either can be 0.</summary>
    public Size Size { get; private set; }

    /// <summary>The cell at a place within the grid.</summary>
    public Cell this[int x, int y] => At(x, y);

    /// <summary>Takes a new size; everything becomes blank.</summary>
    public void Resize(Size size)
    {
        Size = new Size(Math.Max(0, size.Width), Math.Max(0, size.Height));
        var count = Size.Width * Size.Height;
        if (_cells.Length != count)
            _cells = new Cell[count];
        Clear();
    }

    /// <summary>Makes every cell blank.</summary>
    public void Clear() => _cells.AsSpan().Fill(Cell.Blank);

    /// <summary>Puts a glyph at a place within the grid. A wide glyph that does not fit into the row becomes a space.</summary>
    public void Put(int x, int y, Cell cell)
    {
        var row = Row(y);
        Detach(row, x);
        if (cell.Width == 2)
        {
            if (x + 1 < row.Length)
            {
                Detach(row, x + 1);
                row[x + 1] = Cell.Tail(cell.Style);
            }
            else
            {
                cell = new Cell(' ', cell.Style, 1);
            }
        }
        row[x] = cell;
    }

    /// <summary>Gives the glyph at a place another style, both halves when it is wide.</summary>
    public void Restyle(int x, int y, StyleId style)
    {
        var row = Row(y);
        var head = row[x].IsTail ? x - 1 : x;
        row[head] = row[head] with { Style = style };
        if (row[head].Width == 2)
            row[head + 1] = Cell.Tail(style);
    }

    /// <summary>One row as text, without the spaces at its end.</summary>
    public string TextOf(int y, GlyphPool pool)
    {
        var text = new StringBuilder();
        foreach (var cell in Row(y))
        {
            if (!cell.IsTail)
                text.Append(pool.TextOf(cell.Glyph));
        }
        return text.ToString().TrimEnd(' ');
    }

    internal ref Cell At(int x, int y) => ref _cells[y * Size.Width + x];

    internal Span<Cell> Row(int y) => _cells.AsSpan(y * Size.Width, Size.Width);

    private static void Detach(Span<Cell> row, int x)
    {
        if (row[x].IsTail)
            row[x - 1] = new Cell(' ', row[x - 1].Style, 1);
        else if (row[x].Width == 2)
            row[x + 1] = new Cell(' ', row[x].Style, 1);
    }
}
