using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Tui.Widgets;

/// <summary>
/// A line such as <c>/backup</c> that is applied as one types. Enter keeps the text and closes the line; Esc clears it
/// first, then closes. Closed, it takes only Esc while there is a text to clear.
/// </summary>
public sealed class FilterPrompt
{
    private readonly string _prompt;
    private readonly TextInput _input = new();

    /// <param name="prompt">What stands before the text: <c>/</c> or <c>:</c>.</param>
    public FilterPrompt(string prompt = "/")
    {
        _prompt = prompt;
        _input.Changed = () => Changed?.Invoke();
    }

    /// <summary>Whether it takes keys.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The text; empty for no filter.</summary>
    public string Text
    {
        get => _input.Text;
        set => _input.Text = value;
    }

    /// <summary>The text was changed.</summary>
    public Action? Changed { get; set; }

    /// <summary>Enter was pressed.</summary>
    public Action? Accepted { get; set; }

    /// <summary>Opens it.</summary>
    public void Open() => IsOpen = true;

    /// <summary>Draws the line: the prompt, the text, the cursor while it is open.</summary>
    public void Draw(Canvas canvas)
    {
        if (!IsOpen && Text.Length == 0)
            return;
        var used = canvas.Draw(0, 0, _prompt, "footer.key");
        _input.Draw(canvas.Sub(new Rect(used, 0, canvas.Width - used, 1)), IsOpen);
    }

    /// <summary>Takes an event.</summary>
    /// <returns>Whether it was used.</returns>
    public bool Handle(InputEvent input)
    {
        var key = input is KeyEvent { Key: var pressed } ? pressed : default;
        if (key == KeyCode.Escape)
        {
            if (!IsOpen && Text.Length == 0)
                return false;
            if (Text.Length == 0)
                IsOpen = false;
            else
                Clear();
            return true;
        }
        if (!IsOpen)
            return false;
        if (key == KeyCode.Enter)
        {
            IsOpen = false;
            Accepted?.Invoke();
            return true;
        }
        return _input.Handle(input);
    }

    private void Clear()
    {
        _input.Text = "";
        Changed?.Invoke();
    }
}
