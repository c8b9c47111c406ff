using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Input;

/// <summary>What comes from the terminal.</summary>
public abstract record InputEvent;

/// <summary>A key was pressed.</summary>
/// <param name="Key">The key.</param>
public sealed record KeyEvent(Key Key) : InputEvent;

/// <summary>Text was pasted: one event, never keys.</summary>
/// <param name="Text">The text as pasted; line ends are <c>\n</c>. It is untrusted: it can hold control characters.</param>
/// <param name="Truncated">Whether more than <see cref="InputParser.MaxPaste"/> bytes came and the end is missing.</param>
public sealed record PasteEvent(string Text, bool Truncated = false) : InputEvent;

/// <summary>What the mouse did.</summary>
public enum MouseAction
{
    /// <summary>A button was pressed.</summary>
    Press,

    /// <summary>A button was released.</summary>
    Release,

    /// <summary>The mouse moved while a button was down.</summary>
    Drag,

    /// <summary>The wheel turned away from the person.</summary>
    WheelUp,

    /// <summary>The wheel turned towards the person.</summary>
    WheelDown,
}

/// <summary>The mouse was used.</summary>
/// <param name="Action">What it did.</param>
/// <param name="X">Column on the screen, from 0.</param>
/// <param name="Y">Row on the screen, from 0.</param>
/// <param name="Button">0 left, 1 middle, 2 right; 0 for the wheel.</param>
/// <param name="Modifiers">What was held down.</param>
/// <param name="Clicks">2 for the second press of a double click, else 1.</param>
public sealed record MouseEvent(MouseAction Action, int X, int Y, int Button = 0, KeyModifiers Modifiers = KeyModifiers.None, int Clicks = 1) : InputEvent
{
    /// <summary>The place on the screen.</summary>
    public Point At => new(X, Y);

    /// <summary>Whether the left button was pressed.</summary>
    public bool IsClick => Action == MouseAction.Press && Button == 0;
}

/// <summary>The terminal's window was given, or lost, the focus.</summary>
/// <param name="Focused">Whether it has the focus now.</param>
public sealed record FocusEvent(bool Focused) : InputEvent;

/// <summary>The terminal has another size.</summary>
/// <param name="Size">The size now.</param>
public sealed record ResizeEvent(Size Size) : InputEvent;

/// <summary>What a terminal answered.</summary>
public enum ReplyKind
{
    /// <summary>DECRPM: values are the mode and its state (0 not known, 1 set, 2 reset, 3 and 4 permanently so).</summary>
    Mode,

    /// <summary>The flags of the keyboard protocol (<c>CSI ? flags u</c>).</summary>
    KeyboardFlags,

    /// <summary>DA1: the terminal's class and extensions; ends what was asked.</summary>
    DeviceAttributes,

    /// <summary>OSC 11: red, green and blue of the ground, 0 to 255.</summary>
    Background,
}

/// <summary>The terminal answered a question. Kept from views; the application loop uses it.</summary>
/// <param name="Kind">Which question.</param>
/// <param name="Values">The answer's numbers.</param>
public sealed record ReplyEvent(ReplyKind Kind, IReadOnlyList<int> Values) : InputEvent
{
    /// <inheritdoc/>
    public bool Equals(ReplyEvent? other) => other is not null && Kind == other.Kind && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Values.Count);
}
