using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>A question with buttons; the answer is the place of the button that was pressed, counted from 1.</summary>
internal sealed class Question : Popup<int>
{
    private readonly string _title;

    /// <param name="title">The question in short.</param>
    /// <param name="text">The whole of it.</param>
    /// <param name="buttons">The answers, the one of Enter first.</param>
    public Question(string title, string text, params IReadOnlyList<string> buttons)
        : this(title, text, null, null, buttons)
    {
    }

    /// <param name="title">The question in short.</param>
    /// <param name="text">The whole of it.</param>
    /// <param name="input">A line to fill in; null for none.</param>
    /// <param name="required">What must be typed into it before the first answer can be given; null for nothing.</param>
    /// <param name="buttons">The answers, the one of Enter first.</param>
    public Question(string title, string text, TextInput? input, string? required, params IReadOnlyList<string> buttons)
    {
        _title = title;
        Input = input;
        Dialog = new Dialog(title, text, buttons, place => Close(place + 1)) { Input = input, Required = required };
    }

    /// <summary>The kit's dialog.</summary>
    public Dialog Dialog { get; }

    /// <summary>How many of the first answers need what must be typed.</summary>
    public int Guarded
    {
        init => Dialog.Guarded = value;
    }

    /// <summary>The line to fill in; null for none.</summary>
    public TextInput? Input { get; }

    /// <inheritdoc/>
    public override string ShortForm => _title;

    /// <inheritdoc/>
    public override void Draw(Canvas canvas) => Dialog.Draw(canvas);

    /// <inheritdoc/>
    public override void Handle(InputEvent input) => Dialog.Handle(input);
}
