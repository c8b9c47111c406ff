using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Screens;

/// <summary>Something over the screen that wants an answer, or is looked up, and then goes. It has all keys while it is there.</summary>
internal abstract class Popup
{
    /// <summary>The whole of it in a few words, for a terminal too small to draw it in.</summary>
    public abstract string ShortForm { get; }

    /// <summary>Whether it is over; the shell then takes it away.</summary>
    public bool IsClosed { get; protected set; }

    /// <summary>Draws it somewhere within the screen.</summary>
    public abstract void Draw(Canvas canvas);

    /// <summary>Takes what the person did; Esc is given too.</summary>
    public abstract void Handle(InputEvent input);

    /// <summary>Ends it as Esc does: no answer.</summary>
    public abstract void Cancel();
}

/// <summary>A popup whose answer somebody waits for.</summary>
/// <typeparam name="T">The answer.</typeparam>
internal abstract class Popup<T> : Popup
{
    private readonly TaskCompletionSource<T?> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer; the default value when there was none.</summary>
    public Task<T?> Answer => _answer.Task;

    /// <inheritdoc/>
    public override void Cancel() => Close(default);

    /// <summary>Ends it with an answer.</summary>
    protected void Close(T? answer)
    {
        IsClosed = true;
        _answer.TrySetResult(answer);
    }
}
