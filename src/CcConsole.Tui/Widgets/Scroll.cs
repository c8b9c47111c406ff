using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Tui.Widgets;

/// <summary>
/// A window of rows over a longer list. The rules of this folder: a widget keeps its own small state (selection,
/// scrolling, cursor) and draws itself whole each time; its <c>Handle</c> says whether it used the event; it
/// remembers where it was drawn last, for the mouse; and any size, 0 too, is a size.
/// </summary>
internal struct Scroll
{
    /// <summary>The first row shown.</summary>
    public int Top { get; set; }

    /// <summary>Rows shown at the last drawing.</summary>
    public int Height { get; private set; }

    /// <summary>Rows in all at the last drawing.</summary>
    public int Count { get; private set; }

    public readonly int Last => Math.Max(0, Count - Height);

    /// <summary>Takes the sizes of a drawing.</summary>
    public void Fit(int count, int height)
    {
        (Count, Height) = (count, Math.Max(0, height));
        Top = Math.Clamp(Top, 0, Last);
    }

    /// <summary>Brings a row into the window.</summary>
    public void Reveal(int row)
    {
        if (row < Top)
            Top = row;
        else if (Height > 0 && row >= Top + Height)
            Top = row - Height + 1;
        Top = Math.Clamp(Top, 0, Last);
    }

    /// <summary>Draws where the window is into the last column, when not everything is shown.</summary>
    public readonly void DrawBar(Canvas canvas, Rect area, string scope)
    {
        if (Count <= Height || Height < 2 || area.Width < 1)
            return;
        var length = Math.Max(1, Height * Height / Count);
        var start = Last == 0 ? 0 : (Height - length) * Top / Last;
        canvas.Fill(new Rect(area.Right - 1, area.Y + start, 1, length), canvas[scope], canvas.Glyphs.Thumb);
    }

    /// <summary>How far a key moves, in rows, and where from; null for a key that does not move. Home and End move by more than there is.</summary>
    public readonly int? Distance(Key key) => key switch
    {
        { Code: KeyCode.Up, Modifiers: 0 } or { Rune.Value: 'k', Modifiers: 0 } => -1,
        { Code: KeyCode.Down, Modifiers: 0 } or { Rune.Value: 'j', Modifiers: 0 } => 1,
        { Code: KeyCode.PageUp, Modifiers: 0 } => -Math.Max(1, Height - 1),
        { Code: KeyCode.PageDown, Modifiers: 0 } => Math.Max(1, Height - 1),
        { Code: KeyCode.Home, Modifiers: 0 } or { Rune.Value: 'g', Modifiers: 0 } => -int.MaxValue / 2,
        { Code: KeyCode.End, Modifiers: 0 } or { Rune.Value: 'G', Modifiers: 0 } => int.MaxValue / 2,
        _ => null,
    };
}
