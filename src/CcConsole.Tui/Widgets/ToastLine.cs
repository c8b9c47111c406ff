using CcConsole.Tui.App;
using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Widgets;

/// <summary>One line that says what just happened, for four seconds; the newest replaces the one before.</summary>
public sealed class ToastLine
{
    /// <summary>How long a message stays.</summary>
    public static readonly TimeSpan Stay = TimeSpan.FromSeconds(4);

    private readonly Application _application;
    private IDisposable? _timer;
    private string? _text;
    private string _scope = "toast.info";

    /// <param name="application">Gives the time.</param>
    public ToastLine(Application application) => _application = application;

    /// <summary>What is shown; null for nothing.</summary>
    public string? Text => _text;

    /// <summary>Shows a message. On the UI thread.</summary>
    /// <param name="text">The message; one line.</param>
    /// <param name="error">Whether something failed.</param>
    public void Show(string text, bool error = false)
    {
        _timer?.Dispose();
        (_text, _scope) = (text, error ? "toast.error" : "toast.info");
        _timer = _application.After(Stay, () => _text = null);
    }

    /// <summary>Draws the message, if there is one, into the first row.</summary>
    public void Draw(Canvas canvas)
    {
        if (_text is { } text)
            canvas.DrawFit(0, 0, text, canvas.Width, canvas[_scope]);
    }
}
