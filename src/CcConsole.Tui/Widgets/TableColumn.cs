using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Widgets;

/// <summary>Draws the cell of a row itself, for what a text in one style cannot show.</summary>
/// <param name="cell">The canvas of the cell, one row high.</param>
/// <param name="row">The row.</param>
public delegate void CellPainter<in T>(Canvas cell, T row);

/// <summary>A column of a <see cref="TableView{T}"/>.</summary>
/// <typeparam name="T">The rows' type.</typeparam>
/// <param name="Title">The heading.</param>
/// <param name="Text">The cell's text; best a stored one, since it is asked for at each drawing.</param>
public sealed record TableColumn<T>(string Title, Func<T, string> Text)
{
    /// <summary>The width, or the least width of a column that grows, in columns of the screen.</summary>
    public int Width { get; init; } = 10;

    /// <summary>The share of the room left over that it gets; 0 for a fixed width.</summary>
    public int Grow { get; init; }

    /// <summary>Where there is no room for all, columns with the highest number go first; those of 0 stay.</summary>
    public int Priority { get; init; }

    /// <summary>Whether the text stands at the right, as numbers do.</summary>
    public bool AlignRight { get; init; }

    /// <summary>The scope of a row's text; null for the row's own.</summary>
    public Func<T, string?>? Scope { get; init; }

    /// <summary>Draws the cell in place of <see cref="Text"/>, which then only serves the match.</summary>
    public CellPainter<T>? Paint { get; init; }

    /// <summary>Whether the person can switch the column off; switched off it takes no room.</summary>
    public bool Hidden { get; init; }
}
