using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Tui.Widgets;

/// <summary>A key and what it does now.</summary>
/// <param name="Key">The key.</param>
/// <param name="Text">What it does.</param>
/// <param name="Disabled">Why it cannot be used now; null when it can.</param>
public sealed record Hint(Key Key, string Text, string? Disabled = null)
{
    /// <summary>The key as it is shown.</summary>
    public string KeyText { get; } = Key.ToString();
}

/// <summary>The last line: what the keys do. A click on a hint is the key; one on a disabled hint gives its reason.</summary>
public sealed class HintBar
{
    private readonly List<Rect> _drawn = [];

    /// <summary>The hints; the most important first, since the last ones go where there is no room.</summary>
    public IReadOnlyList<Hint> Hints { get; set; } = [];

    /// <summary>Draws the hints that fit.</summary>
    public void Draw(Canvas canvas)
    {
        canvas.Fill(canvas.Area.Top(1), canvas["footer"]);
        _drawn.Clear();
        var x = 0;
        for (var i = 0; i < Hints.Count; i++)
        {
            var hint = Hints[i];
            var width = Text.Graphemes.Width(hint.KeyText) + 1 + Text.Graphemes.Width(hint.Text);
            if (x + width > canvas.Width)
                break;
            var key = canvas.Draw(x, 0, hint.KeyText, hint.Disabled is null ? "footer.key" : "text.dim");
            canvas.Draw(x + key + 1, 0, hint.Text, hint.Disabled is null ? "footer" : "text.dim");
            _drawn.Add(new Rect(x, 0, width, 1).Offset(canvas.Bounds.X, canvas.Bounds.Y));
            x += width + 2;
        }
    }

    /// <summary>The hint at a place of the screen; null for none.</summary>
    public Hint? At(Point place)
    {
        var at = _drawn.FindIndex(r => r.Contains(place));
        return at >= 0 && at < Hints.Count ? Hints[at] : null;
    }
}
