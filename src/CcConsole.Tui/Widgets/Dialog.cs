using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Widgets;

/// <summary>
/// A question in the middle of the screen. It takes every event while it is open. Left, right and Tab move between the
/// buttons, Enter presses, Esc answers -1; a button's first letter presses it while no text is asked for.
/// </summary>
public sealed class Dialog
{
    private const int ButtonGap = 2;

    /// <summary>Columns of <c>[ </c> and <c> ]</c>.</summary>
    private const int ButtonFrame = 4;

    private readonly List<Rect> _drawn = [];
    private readonly TextPane _body = new() { Wrap = true, WrapWords = true };
    private readonly string _title;
    private readonly IReadOnlyList<string> _buttons;
    private readonly Action<int> _answered;
    private int _focus;

    /// <param name="title">The question in short.</param>
    /// <param name="text">The whole of it; longer text scrolls.</param>
    /// <param name="buttons">The answers.</param>
    /// <param name="answered">Receives the answer's place; -1 for Esc.</param>
    public Dialog(string title, string text, IReadOnlyList<string> buttons, Action<int> answered)
    {
        _title = title;
        _buttons = buttons;
        _answered = answered;
        _body.Set(text);
    }

    /// <summary>Makes the text longer or another, line by line with scopes.</summary>
    public TextPane Body => _body;

    /// <summary>A line to fill in; null for none.</summary>
    public TextInput? Input { get; init; }

    /// <summary>What must be typed into <see cref="Input"/> before the first answer can be given: the confirmation by name. Null for nothing.</summary>
    public string? Required { get; init; }

    /// <summary>How many of the first answers need <see cref="Required"/>.</summary>
    public int Guarded { get; set; } = 1;

    /// <summary>The scope of the frame: <c>border</c>, or a state's for a warning.</summary>
    public string Scope { get; init; } = "border";

    /// <summary>The answer's place that Enter gives.</summary>
    public int Focus
    {
        get => _focus;
        set => _focus = Math.Clamp(value, 0, Math.Max(0, _buttons.Count - 1));
    }

    /// <summary>Draws the dialog over what is there.</summary>
    public void Draw(Canvas canvas)
    {
        var width = Math.Min(canvas.Width, Math.Max(Math.Clamp(Longest() + 6, 40, 100), ButtonsWidth() + 4));
        var extra = Input is null ? 4 : 6;
        var height = Math.Min(canvas.Height, RowsOf(width - 4) + extra);
        var area = canvas.Area.Center(width, height);
        canvas.Fill(area, canvas["text"]);
        canvas.Border(area, canvas[Scope], _title, canvas["title"]);
        var inner = area.Inset(2, 1);
        DrawButtons(canvas.Sub(inner.BottomRows(1)));
        inner = inner.WithoutBottom(2);
        if (Input is not null)
        {
            Input.Draw(canvas.Sub(inner.BottomRows(1)));
            inner = inner.WithoutBottom(2);
        }
        _body.Draw(canvas.Sub(inner with { Width = inner.Width + 1 }));
    }

    /// <summary>Takes an event; it uses all but a change of size.</summary>
    public bool Handle(InputEvent input)
    {
        switch (input)
        {
            case ResizeEvent:
                return false;
            case KeyEvent { Key: { Code: KeyCode.Escape } }:
                _answered(-1);
                return true;
            case KeyEvent { Key: { Code: KeyCode.Enter } }:
                Press(_focus);
                return true;
            case KeyEvent { Key: { Code: KeyCode.Tab } key }:
                Focus = (_focus + (key.Modifiers == 0 ? 1 : _buttons.Count - 1)) % Math.Max(1, _buttons.Count);
                return true;
            case MouseEvent { IsClick: true } mouse when _drawn.FindIndex(r => r.Contains(mouse.At)) is >= 0 and var at:
                Press(at);
                return true;
        }
        if (Input is not null && Input.Handle(input))
            return true;
        if (input is KeyEvent { Key: { Code: KeyCode.Left or KeyCode.Right } arrow })
            Focus = _focus + (arrow.Code == KeyCode.Left ? -1 : 1);
        else if (Input is null && input is KeyEvent { Key: { Typed: { } rune } } && ButtonOf(rune) is >= 0 and var button)
            Press(button);
        else
            _body.Handle(input);
        return true;
    }

    private void Press(int button)
    {
        if (!IsDisabled(button) && button < _buttons.Count)
            _answered(button);
    }

    private bool IsDisabled(int button) => button < Guarded && Required is { } required && Input?.Text != required;

    private int ButtonOf(System.Text.Rune rune)
    {
        for (var i = 0; i < _buttons.Count; i++)
        {
            if (_buttons[i].StartsWith(rune.ToString(), StringComparison.OrdinalIgnoreCase))
                return i;
        }
        return -1;
    }

    private void DrawButtons(Canvas canvas)
    {
        _drawn.Clear();
        var x = 0;
        for (var i = 0; i < _buttons.Count; i++)
        {
            var style = canvas[IsDisabled(i) ? "text.dim" : i == _focus ? "button.focus" : "button"];
            var start = x;
            x += canvas.Draw(x, 0, "[ ", style);
            x += canvas.Draw(x, 0, _buttons[i], style);
            x += canvas.Draw(x, 0, " ]", style);
            _drawn.Add(new Rect(start, 0, x - start, 1).Offset(canvas.Bounds.X, canvas.Bounds.Y));
            x += ButtonGap;
        }
    }

    private int ButtonsWidth()
    {
        var width = -ButtonGap;
        for (var i = 0; i < _buttons.Count; i++)
            width += Graphemes.Width(_buttons[i]) + ButtonFrame + ButtonGap;
        return width;
    }

    private int Longest()
    {
        var longest = Graphemes.Width(_title) + 2;
        foreach (var line in _body.Text.Split('\n'))
            longest = Math.Max(longest, Graphemes.Width(line));
        return longest;
    }

    private int RowsOf(int width)
    {
        var rows = 0;
        foreach (var line in _body.Text.Split('\n'))
        {
            var left = line.AsSpan();
            do
            {
                left = left.IsEmpty ? left : left[WordWrap.Next(left, Math.Max(1, width))..];
                rows++;
            }
            while (!left.IsEmpty);
        }
        return rows;
    }
}
