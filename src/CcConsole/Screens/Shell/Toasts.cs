using CcConsole.Core;
using CcConsole.Tui.App;
using CcConsole.Tui.Text;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>The line above the footer that tells what came of something: 4 seconds, a failure until the next key but at least 4.</summary>
internal sealed class Toasts(Application application, string failureMark)
{
    private const int Most = 8;

    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(4);
    private IDisposable? _end;
    private bool _sticky;
    private string[] _lines = [];

    /// <summary>The text; null for none.</summary>
    public string? Text { get; private set; }

    /// <summary>The text, and what to do next.</summary>
    public TextPane Pane { get; } = new() { Wrap = true, WrapWords = true };

    /// <summary>Rows that it takes in this width, at most 8.</summary>
    public int Rows(int width)
    {
        if (Text is null)
            return 0;
        var rows = 0;
        foreach (var line in _lines)
        {
            var left = line.AsSpan();
            do
            {
                // The pane keeps its last column for its bar.
                left = left.IsEmpty ? left : left[WordWrap.Next(left, Math.Max(1, width - 1))..];
                rows++;
            }
            while (!left.IsEmpty && rows < Most);
        }
        return Math.Min(Most, rows);
    }

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
        (Text, _sticky) = (text, failure);
        _lines = hint.Length > 0 ? [failure ? $"{failureMark} {text}" : text, hint] : [failure ? $"{failureMark} {text}" : text];
        Pane.Clear();
        Pane.AppendLine(_lines[0], failure ? "toast.error" : "toast.info");
        if (hint.Length > 0)
            Pane.AppendLine(hint, "text.dim");
        _end?.Dispose();
        _end = application.After(Shown, Expire);
    }

    private void Expire()
    {
        _end = null;
        if (!_sticky)
            Clear();
    }

    private void Clear() => Text = null;
}
