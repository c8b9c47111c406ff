using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Widgets;

/// <summary>Several lines of text to edit: keys as in <see cref="TextInput"/>, Enter breaks the line, up and down keep the column. Scrolls both ways.</summary>
public sealed class TextArea
{
    private readonly EditBuffer _buffer = new() { Multiline = true };
    private Rect _drawn;
    private int _top;
    private int _left;

    /// <summary>The text, lines ended by <c>\n</c>; setting it puts the cursor at its end.</summary>
    public string Text
    {
        get => _buffer.Text;
        set => _buffer.Text = value;
    }

    /// <summary>The cursor's place in UTF-16 units.</summary>
    public int Cursor
    {
        get => _buffer.Cursor;
        set => _buffer.MoveTo(value);
    }

    /// <summary>Whether the text is at fault.</summary>
    public bool Invalid { get; set; }

    /// <summary>The text was changed.</summary>
    public Action? Changed { get; set; }

    /// <summary>Draws the text, with the cursor when focused.</summary>
    public void Draw(Canvas canvas, bool focused = true)
    {
        _drawn = canvas.Bounds;
        var style = canvas[Invalid ? "input.invalid" : "input"];
        canvas.Fill(canvas.Area, style);
        var start = _buffer.LineStart(Cursor);
        var row = Text.AsSpan(0, start).Count('\n');
        var column = Graphemes.Width(Text.AsSpan(start, Cursor - start));
        _top = Math.Clamp(_top, Math.Clamp(row - canvas.Height + 1, 0, row), row);
        _left = Math.Clamp(_left, Math.Clamp(column - canvas.Width + 1, 0, column), column);
        var y = -_top;
        foreach (var line in Text.AsSpan().Split('\n'))
        {
            if (y >= 0 && y < canvas.Height)
                canvas.Draw(-_left, y, Text.AsSpan()[line], style);
            y++;
        }
        if (focused)
            canvas.ShowCursor(column - _left, row - _top);
    }

    /// <summary>Takes an event.</summary>
    /// <returns>Whether it was used.</returns>
    public bool Handle(InputEvent input)
    {
        if (input is MouseEvent { IsClick: true } mouse && _drawn.Contains(mouse.At))
        {
            MoveTo(mouse.X - _drawn.X + _left, mouse.Y - _drawn.Y + _top);
            return true;
        }
        var before = Text;
        var used = _buffer.Handle(input);
        if (before != Text)
            Changed?.Invoke();
        return used;
    }

    private void MoveTo(int column, int row)
    {
        var start = 0;
        for (; row > 0 && _buffer.LineEnd(start) < Text.Length; row--)
            start = _buffer.LineEnd(start) + 1;
        _buffer.MoveTo(start + Graphemes.Fit(Text.AsSpan(start, _buffer.LineEnd(start) - start), column, out _));
    }
}
