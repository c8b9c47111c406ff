using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Widgets;

/// <summary>Something at the right of the header: a count, the clock, READ-ONLY.</summary>
/// <param name="Text">The text.</param>
/// <param name="Scope">Its scope.</param>
/// <param name="Priority">Where there is no room, those with the highest number go first; 0 stays.</param>
public sealed record HeaderItem(string Text, string Scope = "header", int Priority = 1);

/// <summary>The first line: where one is, as breadcrumbs that can be clicked, and at the right what concerns everything.</summary>
public sealed class HeaderBar
{
    private readonly List<Rect> _drawn = [];

    /// <summary>The way here, from the root.</summary>
    public IReadOnlyList<string> Crumbs { get; set; } = [];

    /// <summary>What stands at the right.</summary>
    public IReadOnlyList<HeaderItem> Items { get; set; } = [];

    /// <summary>A breadcrumb was clicked: its place.</summary>
    public Action<int>? CrumbChosen { get; set; }

    /// <summary>Draws the line.</summary>
    public void Draw(Canvas canvas)
    {
        canvas.Fill(canvas.Area.Top(1), canvas["header"]);
        var crumbs = 0;
        // Loops by index: the enumerator of a list behind an interface would be allocated at each drawing.
        for (var i = 0; i < Crumbs.Count; i++)
            crumbs += Graphemes.Width(Crumbs[i]) + 3;
        var right = DrawItems(canvas, crumbs);
        _drawn.Clear();
        var x = 0;
        for (var i = 0; i < Crumbs.Count; i++)
        {
            if (i > 0)
                x += canvas.Draw(x + 1, 0, canvas.Glyphs.Separator, "text.dim") + 2;
            var used = canvas.DrawFit(x, 0, Crumbs[i], right - x, canvas["breadcrumb"]);
            _drawn.Add(new Rect(x, 0, used, 1).Offset(canvas.Bounds.X, canvas.Bounds.Y));
            x += used;
        }
    }

    /// <summary>Takes clicks on breadcrumbs.</summary>
    public bool Handle(InputEvent input)
    {
        if (input is not MouseEvent { IsClick: true } mouse)
            return false;
        var at = _drawn.FindIndex(r => r.Contains(mouse.At));
        if (at >= 0)
            CrumbChosen?.Invoke(at);
        return at >= 0;
    }

    /// <summary>Draws the items that find room beside the breadcrumbs; the column where they start.</summary>
    private int DrawItems(Canvas canvas, int crumbs)
    {
        var limit = 0;
        for (var i = 0; i < Items.Count; i++)
            limit = Math.Max(limit, Items[i].Priority);
        while (limit > 0 && WidthUpTo(limit) + crumbs > canvas.Width)
            limit--;
        var x = canvas.Width - WidthUpTo(limit);
        var start = x;
        for (var i = 0; i < Items.Count; i++)
        {
            if (Items[i].Priority <= limit)
                x += canvas.Draw(x, 0, Items[i].Text, Items[i].Scope) + 2;
        }
        return Math.Max(0, start - 1);
    }

    private int WidthUpTo(int priority)
    {
        var width = -2;
        for (var i = 0; i < Items.Count; i++)
            width += Items[i].Priority <= priority ? Graphemes.Width(Items[i].Text) + 2 : 0;
        return Math.Max(0, width);
    }
}
