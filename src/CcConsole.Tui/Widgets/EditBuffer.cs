using CcConsole.Tui.Input;
using CcConsole.Tui.Text;

namespace CcConsole.Tui.Widgets;

/// <summary>Text under a cursor, edited by grapheme clusters; without a screen.</summary>
internal sealed class EditBuffer
{
    private string _text = "";

    public string Text
    {
        get => _text;
        set => (_text, Cursor) = (value, value.Length);
    }

    /// <summary>The cursor's place in UTF-16 units, always between two clusters.</summary>
    public int Cursor { get; private set; }

    public bool Multiline { get; init; }

    /// <summary>The longest text in UTF-16 units.</summary>
    public int MaxLength { get; set; } = 1 << 20;

    /// <summary>Applies an editing key or a paste; whether it was one.</summary>
    public bool Handle(InputEvent input)
    {
        switch (input)
        {
            case PasteEvent paste:
                Insert(Multiline ? paste.Text : paste.Text.TrimEnd('\n').Replace('\n', ' '));
                return true;
            case KeyEvent { Key: { Typed: { } rune } }:
                Insert(rune.ToString());
                return true;
            case KeyEvent { Key: var key }:
                return HandleKey(key);
            default:
                return false;
        }
    }

    /// <summary>Inserts at the cursor; what would make it too long is left out whole.</summary>
    public void Insert(string text)
    {
        if (_text.Length + text.Length > MaxLength)
            return;
        _text = _text.Insert(Cursor, text);
        MoveTo(Cursor + text.Length);
    }

    /// <summary>Moves to a place; between two clusters, the next one when it lies within.</summary>
    public void MoveTo(int index)
    {
        var at = LineStart(Math.Clamp(index, 0, _text.Length));
        while (at < index && at < _text.Length)
            at = Graphemes.After(_text, at);
        Cursor = at;
    }

    public int LineStart(int index) => index == 0 ? 0 : _text.LastIndexOf('\n', index - 1) + 1;

    public int LineEnd(int index) => _text.IndexOf('\n', index) is >= 0 and var end ? end : _text.Length;

    private bool HandleKey(Key key)
    {
        switch (key)
        {
            case { Code: KeyCode.Left, Modifiers: 0 } or { Rune.Value: 'b', Modifiers: KeyModifiers.Ctrl }:
                Cursor = Before(Cursor);
                return true;
            case { Code: KeyCode.Right, Modifiers: 0 } or { Rune.Value: 'f', Modifiers: KeyModifiers.Ctrl }:
                Cursor = Graphemes.After(_text, Cursor);
                return true;
            case { Code: KeyCode.Left, Modifiers: KeyModifiers.Ctrl or KeyModifiers.Alt } or { Rune.Value: 'b', Modifiers: KeyModifiers.Alt }:
                Cursor = WordBefore();
                return true;
            case { Code: KeyCode.Right, Modifiers: KeyModifiers.Ctrl or KeyModifiers.Alt } or { Rune.Value: 'f', Modifiers: KeyModifiers.Alt }:
                Cursor = WordAfter();
                return true;
            case { Code: KeyCode.Home, Modifiers: 0 } or { Rune.Value: 'a', Modifiers: KeyModifiers.Ctrl }:
                Cursor = LineStart(Cursor);
                return true;
            case { Code: KeyCode.End, Modifiers: 0 }:
                Cursor = LineEnd(Cursor);
                return true;
            case { Code: KeyCode.Backspace, Modifiers: 0 }:
                Remove(Before(Cursor), Cursor);
                return true;
            case { Code: KeyCode.Delete, Modifiers: 0 }:
                Remove(Cursor, Graphemes.After(_text, Cursor));
                return true;
            case { Rune.Value: 'w', Modifiers: KeyModifiers.Ctrl } or { Code: KeyCode.Backspace, Modifiers: KeyModifiers.Alt or KeyModifiers.Ctrl }:
                Remove(WordBefore(), Cursor);
                return true;
            case { Rune.Value: 'u', Modifiers: KeyModifiers.Ctrl }:
                Remove(LineStart(Cursor), Cursor);
                return true;
            case { Rune.Value: 'k', Modifiers: KeyModifiers.Ctrl }:
                Remove(Cursor, LineEnd(Cursor));
                return true;
            case { Code: KeyCode.Enter, Modifiers: 0 } when Multiline:
                Insert("\n");
                return true;
            case { Code: KeyCode.Up, Modifiers: 0 } when Multiline:
                MoveLine(-1);
                return true;
            case { Code: KeyCode.Down, Modifiers: 0 } when Multiline:
                MoveLine(1);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Moves to the same column of the line above or below.</summary>
    private void MoveLine(int step)
    {
        var start = LineStart(Cursor);
        var column = Graphemes.Width(_text.AsSpan(start, Cursor - start));
        var target = step < 0 ? (start == 0 ? -1 : LineStart(start - 1)) : LineEnd(Cursor) + 1;
        if (target < 0 || target > _text.Length)
            return;
        Cursor = target + Graphemes.Fit(_text.AsSpan(target, LineEnd(target) - target), column, out _);
    }

    private int Before(int index)
    {
        if (index == 0)
            return 0;
        var start = LineStart(index);
        return start == index ? index - 1 : start + Graphemes.Before(_text.AsSpan(start), index - start);
    }

    private int WordBefore()
    {
        var at = Cursor;
        while (at > 0 && !IsWord(Before(at)))
            at = Before(at);
        while (at > 0 && IsWord(Before(at)))
            at = Before(at);
        return at;
    }

    private int WordAfter()
    {
        var at = Cursor;
        while (at < _text.Length && !IsWord(at))
            at = Graphemes.After(_text, at);
        while (at < _text.Length && IsWord(at))
            at = Graphemes.After(_text, at);
        return at;
    }

    private bool IsWord(int index) => char.IsLetterOrDigit(_text[index]) || _text[index] == '_' || char.IsSurrogate(_text[index]);

    private void Remove(int from, int to)
    {
        _text = _text.Remove(from, to - from);
        MoveTo(from);
    }
}
