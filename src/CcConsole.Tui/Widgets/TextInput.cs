using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Widgets;

/// <summary>
/// One line of text to edit. Keys: arrows, Home End, Ctrl+A, Ctrl or Alt with left and right for words, Backspace, Del,
/// Ctrl+W U K. A paste is inserted as text, line breaks as spaces. Long text scrolls sideways.
/// </summary>
public sealed class TextInput
{
    private readonly EditBuffer _buffer = new();
    private Rect _drawn;
    private int _from;

    /// <summary>The text; setting it puts the cursor at its end.</summary>
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

    /// <summary>The longest text in UTF-16 units.</summary>
    public int MaxLength
    {
        get => _buffer.MaxLength;
        set => _buffer.MaxLength = value;
    }

    /// <summary>What is shown, dimmed, while there is no text.</summary>
    public string Placeholder { get; set; } = "";

    /// <summary>Whether stars are shown in place of the text: passwords.</summary>
    public bool Secret { get; set; }

    /// <summary>Whether the text is at fault: drawn as <c>input.invalid</c>.</summary>
    public bool Invalid { get; set; }

    /// <summary>The text was changed.</summary>
    public Action? Changed { get; set; }

    /// <summary>Draws the text into the first row, with the cursor when focused.</summary>
    public void Draw(Canvas canvas, bool focused = true)
    {
        _drawn = canvas.Bounds;
        var text = Shown;
        var cursor = Secret ? Clusters(Text.AsSpan(0, Cursor)) : Cursor;
        ScrollTo(text, cursor, canvas.Width);
        canvas.Fill(canvas.Area.Top(1), canvas[Invalid ? "input.invalid" : "input"]);
        if (text.Length == 0)
            canvas.DrawFit(0, 0, Placeholder, canvas.Width, canvas["text.dim"]);
        canvas.Draw(0, 0, text.AsSpan(_from), canvas[Invalid ? "input.invalid" : "input"]);
        if (focused)
            canvas.ShowCursor(Graphemes.Width(text.AsSpan(_from, cursor - _from)), 0);
    }

    /// <summary>The column that a character was last drawn in; 0 for one that is scrolled out at the left.</summary>
    /// <param name="offset">Its place in UTF-16 units; beyond the end, the column after the text.</param>
    public int ColumnOf(int offset)
    {
        var text = Shown;
        var from = Math.Min(_from, text.Length);
        return Graphemes.Width(text.AsSpan(from, Math.Max(0, Math.Clamp(offset, 0, text.Length) - from)));
    }

    /// <summary>Takes an event.</summary>
    /// <returns>Whether it was used.</returns>
    public bool Handle(InputEvent input)
    {
        if (input is MouseEvent { IsClick: true } mouse && _drawn.Contains(mouse.At))
        {
            if (!Secret)
                _buffer.MoveTo(_from + Graphemes.Fit(Text.AsSpan(_from), mouse.X - _drawn.X, out _));
            return true;
        }
        var before = Text;
        var used = _buffer.Handle(input);
        if (!ReferenceEquals(before, Text) && before != Text)
            Changed?.Invoke();
        return used;
    }

    private string Shown => Secret ? new string('*', Clusters(Text)) : Text;

    private void ScrollTo(string text, int cursor, int width)
    {
        if (_from > cursor || _from > text.Length)
            _from = cursor;
        while (_from < cursor && Graphemes.Width(text.AsSpan(_from, cursor - _from)) >= width)
            _from = Graphemes.After(text, _from);
        // What fits again after deleting comes back.
        while (_from > 0 && Graphemes.Width(text.AsSpan(Graphemes.Before(text, _from))) < width)
            _from = Graphemes.Before(text, _from);
    }

    private static int Clusters(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (; !text.IsEmpty; text = text[Graphemes.Next(text)..])
            count++;
        return count;
    }
}
