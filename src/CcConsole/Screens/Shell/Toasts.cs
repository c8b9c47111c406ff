using CcConsole.Core;
using CcConsole.Tui.App;

namespace CcConsole.Screens;

/// <summary>The line above the footer that tells what came of something: 4 seconds, a failure until the next key but at least 4.</summary>
internal sealed class Toasts(Application application)
{
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(4);
    private IDisposable? _end;
    private bool _sticky;

    /// <summary>The text; null for none.</summary>
    public string? Text { get; private set; }

    /// <summary>What to do next; empty for nothing.</summary>
    public string Hint { get; private set; } = "";

    /// <summary>Whether it tells a failure.</summary>
    public bool IsFailure { get; private set; }

    /// <summary>Tells something.</summary>
    public void Show(string text, string hint = "") => Set(text, hint, failure: false);

    /// <summary>Tells a failure.</summary>
    public void Fail(string text, string hint = "") => Set(text, hint, failure: true);

    /// <summary>Tells a failure: what happened and what to do next.</summary>
    public void Fail(ProblemException problem) => Fail(problem.Message, problem.Hint);

    /// <summary>The person did something: a failure that has been there long enough goes.</summary>
    public void Touch()
    {
        if (_sticky && _end is null)
            Clear();
    }

    private void Set(string text, string hint, bool failure)
    {
        (Text, Hint, IsFailure, _sticky) = (text, hint, failure, failure);
        _end?.Dispose();
        _end = application.After(Shown, Expire);
    }

    private void Expire()
    {
        _end = null;
        if (!_sticky)
            Clear();
    }

    private void Clear()
    {
        Text = null;
        Hint = "";
    }
}
