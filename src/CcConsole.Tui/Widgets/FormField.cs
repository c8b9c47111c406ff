using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Tui.Widgets;

/// <summary>A field of a <see cref="Form"/>.</summary>
/// <param name="label">What stands before it.</param>
public abstract class FormField(string label)
{
    /// <summary>What stands before it.</summary>
    public string Label { get; } = label;

    /// <summary>What is wrong with it, shown below beside a mark; null when nothing is.</summary>
    public string? Error { get; set; }

    /// <summary>What is doubtful about it, shown as an error is while there is none; null when nothing is.</summary>
    public string? Warning { get; set; }

    /// <summary>Which character of the value the error or warning is about, in UTF-16 units: the mark stands under it.</summary>
    public int FaultAt { get; set; }

    /// <summary>A word of help or meaning, shown dimmed below while there is no error; null for none.</summary>
    public string? Note { get; set; }

    /// <summary>Whether the focus passes over it.</summary>
    public bool Disabled { get; set; }

    /// <summary>Rows that the value takes.</summary>
    public virtual int Height => 1;

    /// <summary>The column of the screen that <see cref="FaultAt"/> was drawn in, counted from the value's left end.</summary>
    public virtual int FaultColumn => 0;

    /// <summary>Draws the value.</summary>
    public abstract void Draw(Canvas canvas, bool focused);

    /// <summary>Takes an event while it has the focus.</summary>
    public abstract bool Handle(InputEvent input);
}

/// <summary>A line of text.</summary>
/// <param name="label">What stands before it.</param>
public sealed class TextField(string label) : FormField(label)
{
    /// <summary>The line.</summary>
    public TextInput Input { get; } = new();

    /// <inheritdoc/>
    public override int FaultColumn => Input.ColumnOf(FaultAt);

    /// <inheritdoc/>
    public override void Draw(Canvas canvas, bool focused)
    {
        Input.Invalid = Error is not null;
        Input.Draw(canvas, focused);
    }

    /// <inheritdoc/>
    public override bool Handle(InputEvent input) => !Disabled && Input.Handle(input);
}

/// <summary>Several lines of text.</summary>
/// <param name="label">What stands before it.</param>
/// <param name="height">Rows shown.</param>
public sealed class AreaField(string label, int height) : FormField(label)
{
    /// <summary>The lines.</summary>
    public TextArea Area { get; } = new();

    /// <inheritdoc/>
    public override int Height => height;

    /// <inheritdoc/>
    public override void Draw(Canvas canvas, bool focused)
    {
        Area.Invalid = Error is not null;
        Area.Draw(canvas, focused);
    }

    /// <inheritdoc/>
    public override bool Handle(InputEvent input) => !Disabled && Area.Handle(input);
}

/// <summary>One of several values; left, right and Space step through them.</summary>
/// <param name="label">What stands before it.</param>
/// <param name="choices">The values; at least one.</param>
public sealed class ChoiceField(string label, IReadOnlyList<string> choices) : FormField(label)
{
    /// <summary>The values.</summary>
    public IReadOnlyList<string> Choices { get; } = choices;

    /// <summary>The chosen one's place.</summary>
    public int Index { get; set; }

    /// <summary>The chosen one.</summary>
    public string Value => Choices[Index];

    /// <summary>Another one was chosen.</summary>
    public Action? Changed { get; set; }

    /// <inheritdoc/>
    public override void Draw(Canvas canvas, bool focused)
    {
        var x = canvas.Draw(0, 0, "< ", "text.dim");
        x += canvas.DrawFit(x, 0, Value, canvas.Width - 4, canvas["input"]);
        canvas.Draw(x, 0, " >", "text.dim");
        if (focused)
        {
            canvas.Overlay(canvas.Area.Top(1).Left(x + 2), "cursor");
            canvas.ShowCursor(2, 0);
        }
    }

    /// <inheritdoc/>
    public override bool Handle(InputEvent input)
    {
        var step = input switch
        {
            KeyEvent { Key: { Code: KeyCode.Left, Modifiers: 0 } } => -1,
            KeyEvent { Key: { Code: KeyCode.Right, Modifiers: 0 } or { Rune.Value: ' ', Modifiers: 0 } } => 1,
            MouseEvent { IsClick: true } => 1,
            _ => 0,
        };
        if (step == 0 || Disabled)
            return false;
        Index = (Index + step + Choices.Count) % Choices.Count;
        Changed?.Invoke();
        return true;
    }
}

/// <summary>A box to tick with Space.</summary>
/// <param name="label">What stands before it.</param>
/// <param name="text">What stands after the box.</param>
public sealed class CheckField(string label, string text) : FormField(label)
{
    /// <summary>Whether it is ticked.</summary>
    public bool Checked { get; set; }

    /// <summary>It was ticked or unticked.</summary>
    public Action? Changed { get; set; }

    /// <inheritdoc/>
    public override void Draw(Canvas canvas, bool focused)
    {
        var x = canvas.Draw(0, 0, Checked ? canvas.Glyphs.Checked : canvas.Glyphs.Unchecked, "input");
        canvas.DrawFit(x + 1, 0, text, canvas.Width - x - 1, canvas["text"]);
        if (focused)
        {
            canvas.Overlay(canvas.Area.Top(1).Left(x), "cursor");
            canvas.ShowCursor(1, 0);
        }
    }

    /// <inheritdoc/>
    public override bool Handle(InputEvent input)
    {
        if (Disabled || input is not (KeyEvent { Key: { Rune.Value: ' ', Modifiers: 0 } } or MouseEvent { IsClick: true }))
            return false;
        Checked = !Checked;
        Changed?.Invoke();
        return true;
    }
}
