namespace CcConsole.Tui.Cells;

/// <summary>A size in cells.</summary>
/// <param name="Width">Columns, never negative.</param>
/// <param name="Height">Rows, never negative.</param>
public readonly record struct Size(int Width, int Height);

/// <summary>A place in cells; 0,0 is the upper left corner.</summary>
/// <param name="X">Column.</param>
/// <param name="Y">Row.</param>
public readonly record struct Point(int X, int Y);

/// <summary>A rectangle of cells. Widths and heights below zero count as empty.</summary>
/// <param name="X">Left column.</param>
/// <param name="Y">Upper row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct Rect(int X, int Y, int Width, int Height)
{
    /// <summary>The first column to the right.</summary>
    public int Right => X + Width;

    /// <summary>The first row below.</summary>
    public int Bottom => Y + Height;

    /// <summary>Whether it holds no cell.</summary>
    public bool IsEmpty => Width <= 0 || Height <= 0;

    /// <summary>Whether the cell lies within.</summary>
    public bool Contains(int x, int y) => x >= X && x < Right && y >= Y && y < Bottom;

    /// <summary>Whether the cell lies within.</summary>
    public bool Contains(Point point) => Contains(point.X, point.Y);

    /// <summary>What both share; empty where they do not meet.</summary>
    public Rect Intersect(Rect other)
    {
        var x = Math.Max(X, other.X);
        var y = Math.Max(Y, other.Y);
        return new Rect(x, y, Math.Max(0, Math.Min(Right, other.Right) - x), Math.Max(0, Math.Min(Bottom, other.Bottom) - y));
    }

    /// <summary>The rectangle without <paramref name="columns"/> at both sides and <paramref name="rows"/> above and below.</summary>
    public Rect Inset(int columns, int rows) =>
        new(X + columns, Y + rows, Math.Max(0, Width - 2 * columns), Math.Max(0, Height - 2 * rows));

    /// <summary>The same size, moved.</summary>
    public Rect Offset(int x, int y) => this with { X = X + x, Y = Y + y };

    /// <summary>At most <paramref name="rows"/> rows from the top.</summary>
    public Rect Top(int rows) => this with { Height = Math.Clamp(rows, 0, Math.Max(0, Height)) };

    /// <summary>What is left without <paramref name="rows"/> rows at the top.</summary>
    public Rect WithoutTop(int rows)
    {
        var taken = Top(rows).Height;
        return this with { Y = Y + taken, Height = Math.Max(0, Height - taken) };
    }

    /// <summary>At most <paramref name="rows"/> rows from the bottom.</summary>
    public Rect BottomRows(int rows) => WithoutTop(Height - Math.Clamp(rows, 0, Math.Max(0, Height)));

    /// <summary>What is left without <paramref name="rows"/> rows at the bottom.</summary>
    public Rect WithoutBottom(int rows) => Top(Height - Math.Clamp(rows, 0, Math.Max(0, Height)));

    /// <summary>At most <paramref name="columns"/> columns from the left.</summary>
    public Rect Left(int columns) => this with { Width = Math.Clamp(columns, 0, Math.Max(0, Width)) };

    /// <summary>What is left without <paramref name="columns"/> columns at the left.</summary>
    public Rect WithoutLeft(int columns)
    {
        var taken = Left(columns).Width;
        return this with { X = X + taken, Width = Math.Max(0, Width - taken) };
    }

    /// <summary>A rectangle of at most this size in the middle of this one.</summary>
    public Rect Center(int width, int height)
    {
        var w = Math.Clamp(width, 0, Math.Max(0, Width));
        var h = Math.Clamp(height, 0, Math.Max(0, Height));
        return new Rect(X + (Width - w) / 2, Y + (Height - h) / 2, w, h);
    }
}
