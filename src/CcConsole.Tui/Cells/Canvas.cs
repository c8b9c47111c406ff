using CcConsole.Tui.Text;
using CcConsole.Tui.Theming;

namespace CcConsole.Tui.Cells;

/// <summary>
/// Where a view draws: a rectangle of a <see cref="Frame"/>. Coordinates are those of the rectangle; what lies
/// outside is cut off, whatever the size, so nothing a view draws can fail. Text is shown safely: see
/// <see cref="VisibleMark"/>. Drawing allocates nothing. Unset colours of a style show the ground that was drawn before.
/// </summary>
public readonly ref struct Canvas
{
    private readonly Frame _frame;
    private readonly Rect _clip;

    internal Canvas(Frame frame, Rect bounds, Rect clip)
    {
        _frame = frame;
        Bounds = bounds;
        _clip = clip.Intersect(bounds);
    }

    /// <summary>Where the canvas lies on the screen; mouse events are given in these coordinates.</summary>
    public Rect Bounds { get; }

    /// <summary>Columns.</summary>
    public int Width => Bounds.Width;

    /// <summary>Rows.</summary>
    public int Height => Bounds.Height;

    /// <summary>The canvas as a rectangle from 0,0.</summary>
    public Rect Area => new(0, 0, Width, Height);

    /// <summary>The theme in use.</summary>
    public Theme Theme => _frame.Theme;

    /// <summary>The glyphs of frames and marks: Unicode or ASCII.</summary>
    public GlyphSet Glyphs => _frame.Glyphs;

    /// <summary>The style of a scope in the theme in use.</summary>
    public StyleId this[string scope] => _frame.Theme[scope];

    /// <summary>A part of this canvas; <paramref name="part"/> is given in its coordinates.</summary>
    public Canvas Sub(Rect part) => new(_frame, part.Offset(Bounds.X, Bounds.Y), _clip);

    /// <summary>Draws text in the style of a scope.</summary>
    /// <returns>The columns that it takes, those cut off included.</returns>
    public int Draw(int x, int y, ReadOnlySpan<char> text, string scope) => Draw(x, y, text, _frame.Theme[scope]);

    /// <summary>Draws text in one row; line breaks appear as marks.</summary>
    /// <returns>The columns that it takes, those cut off included.</returns>
    public int Draw(int x, int y, ReadOnlySpan<char> text, StyleId style)
    {
        var start = x + Bounds.X;
        var at = start;
        var row = y + Bounds.Y;
        var visible = !_clip.IsEmpty && row >= _clip.Y && row < _clip.Bottom;
        while (!text.IsEmpty)
        {
            var plain = PlainLength(text);
            if (plain > 0)
            {
                if (visible)
                    PutPlain(at, row, text[..plain], style);
                at += plain;
                text = text[plain..];
                continue;
            }
            var length = Graphemes.Next(text);
            var cluster = text[..length];
            var look = Graphemes.Look(cluster);
            if (visible && at < _clip.Right && at + look.Width > _clip.X)
                Put(at, row, look, cluster, style);
            at += look.Width;
            text = text[length..];
        }
        return at - start;
    }

    /// <summary>Draws as much text as fits into <paramref name="columns"/>; what is too long ends in an ellipsis.</summary>
    /// <returns>The columns drawn, at most <paramref name="columns"/>.</returns>
    public int DrawFit(int x, int y, ReadOnlySpan<char> text, int columns, StyleId style)
    {
        if (columns <= 0)
            return 0;
        var length = Graphemes.Fit(text, columns, out var used);
        if (length == text.Length)
            return Draw(x, y, text, style);
        length = Graphemes.Fit(text, columns - 1, out used);
        Draw(x, y, text[..length], style);
        return used + Draw(x + used, y, Glyphs.Ellipsis, style);
    }

    /// <summary>Fills a part with one glyph of width 1.</summary>
    public void Fill(Rect part, StyleId style, char glyph = ' ')
    {
        var area = part.Offset(Bounds.X, Bounds.Y).Intersect(_clip);
        for (var y = area.Y; y < area.Bottom; y++)
            _frame.PutRun(area.X, y, glyph, area.Width, style);
    }

    /// <summary>Fills the whole canvas with spaces in the style of a scope.</summary>
    public void Clear(string scope = "text") => Fill(Area, _frame.Theme[scope]);

    /// <summary>Lays a style over what is drawn: its colours replace, its attributes add.</summary>
    public void Overlay(Rect part, StyleId style)
    {
        var area = part.Offset(Bounds.X, Bounds.Y).Intersect(_clip);
        for (var y = area.Y; y < area.Bottom; y++)
        {
            for (var x = area.X; x < area.Right; x++)
            {
                var ground = _frame.Grid[x, y];
                if (!ground.IsTail || x == area.X)
                    _frame.Grid.Restyle(x, y, _frame.Styles.Overlay(ground.Style, style));
            }
        }
    }

    /// <summary>Lays a scope's own colours and attributes over what is drawn: selection, cursor, match.</summary>
    public void Overlay(Rect part, string scope) => Overlay(part, _frame.Theme.OverlayOf(scope));

    /// <summary>Draws a frame along the inner edge of a part, with a title in its upper line.</summary>
    public void Border(Rect part, StyleId style, ReadOnlySpan<char> title = default, StyleId? titleStyle = null)
    {
        if (part.Width < 2 || part.Height < 2)
            return;
        var glyphs = Glyphs;
        Fill(part.Top(1), style, glyphs.Horizontal);
        Fill(part.BottomRows(1), style, glyphs.Horizontal);
        Fill(part.Left(1), style, glyphs.Vertical);
        Fill(part with { X = part.Right - 1, Width = 1 }, style, glyphs.Vertical);
        Fill(new Rect(part.X, part.Y, 1, 1), style, glyphs.UpperLeft);
        Fill(new Rect(part.Right - 1, part.Y, 1, 1), style, glyphs.UpperRight);
        Fill(new Rect(part.X, part.Bottom - 1, 1, 1), style, glyphs.LowerLeft);
        Fill(new Rect(part.Right - 1, part.Bottom - 1, 1, 1), style, glyphs.LowerRight);
        if (title.IsEmpty || part.Width < 6)
            return;
        Draw(part.X + 1, part.Y, " ", titleStyle ?? style);
        var used = DrawFit(part.X + 2, part.Y, title, part.Width - 4, titleStyle ?? style);
        Draw(part.X + 2 + used, part.Y, " ", titleStyle ?? style);
    }

    /// <summary>Shows the terminal's cursor at a place, when that place is visible. Without this call it is hidden.</summary>
    public void ShowCursor(int x, int y)
    {
        if (_clip.Contains(x + Bounds.X, y + Bounds.Y))
            _frame.Cursor = new Point(x + Bounds.X, y + Bounds.Y);
    }

    /// <summary>How many characters from the start are printable ASCII and clusters by themselves: nearly all text is.</summary>
    private static int PlainLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && text[length] is >= ' ' and <= '~')
            length++;
        if (length == text.Length)
            return length;
        // What follows may belong to the cluster of the last one.
        return text[length] < 0x80 ? length : Math.Max(0, length - 1);
    }

    private void PutPlain(int x, int y, ReadOnlySpan<char> text, StyleId style)
    {
        var from = Math.Max(x, _clip.X);
        var to = Math.Min(x + text.Length, _clip.Right);
        if (from < to)
            _frame.PutRun(from, y, text[(from - x)..(to - x)], style);
    }

    private void Put(int x, int y, Look look, ReadOnlySpan<char> cluster, StyleId style)
    {
        if (x < _clip.X || x + look.Width > _clip.Right)
        {
            // Half of a wide glyph is outside: a space stands for the visible half.
            _frame.Put(Math.Max(x, _clip.X), y, ' ', 1, CellFlags.None, style);
            return;
        }
        if (Glyphs.IsAscii && (look.Glyph ?? 0x80) >= 0x80)
        {
            for (var i = 0; i < look.Width; i++)
                _frame.Put(x + i, y, '?', 1, CellFlags.None, style);
            return;
        }
        _frame.Put(x, y, look.Glyph ?? _frame.Pool.Intern(cluster), look.Width, look.Flags, style);
    }
}
