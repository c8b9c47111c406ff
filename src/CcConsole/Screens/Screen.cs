using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Screens;

/// <summary>
/// A level of the console: what is between header and footer. It holds a state, draws it, and turns what the person does into
/// commands. All calls come on the UI thread.
/// </summary>
internal abstract class Screen : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private bool _disposed;

    /// <param name="shell">Everything around it.</param>
    protected Screen(Shell shell)
    {
        Shell = shell;
        Closing = _closing.Token;
    }

    /// <summary>Everything around the screen, and the fleet.</summary>
    public Shell Shell { get; }

    /// <summary>Its breadcrumb; the same string until something changes.</summary>
    public abstract string Title { get; }

    /// <summary>The host that it is about, or that the cursor is on; null for none.</summary>
    public virtual string? Host => null;

    /// <summary>Whether typed characters belong to a field, so that only keys with Ctrl and function keys are commands.</summary>
    public virtual bool TakesText => false;

    /// <summary>Draws the body. Allocates nothing: text is made when the state changes.</summary>
    public abstract void Draw(Canvas canvas);

    /// <summary>Takes what is no command's key: moving about, the mouse, typing.</summary>
    /// <returns>Whether it was used.</returns>
    public abstract bool Handle(InputEvent input);

    /// <summary>The fleet has changed, or ten seconds have passed: texts are made anew.</summary>
    public virtual void Update()
    {
    }

    /// <summary>A second has passed.</summary>
    public virtual void Tick()
    {
    }

    /// <summary>It is shown now, for the first time or again.</summary>
    public virtual void Enter()
    {
    }

    /// <summary>It is left for good: what runs for it ends.</summary>
    public void Dispose()
    {
        CancelWork();
        _disposed = true;
        _closing.Dispose();
    }

    /// <summary>Goes back one level within the screen, such as from a filter.</summary>
    /// <returns>Whether there was one; if not, the screen is left.</returns>
    public virtual bool Back() => false;

    /// <summary>Cancelled when the screen is left.</summary>
    protected CancellationToken Closing { get; }

    /// <summary>Ends what runs for the screen.</summary>
    protected void CancelWork()
    {
        if (!_disposed)
            _closing.Cancel();
    }

    /// <summary>What would be lost if the screen were left now, and what to do about it; null when nothing.</summary>
    public virtual (string What, string Hint)? WhyStay => null;

    /// <summary>What <c>y</c> copies; null for nothing.</summary>
    public virtual string? CopyText => null;

    /// <summary>Reads everything anew.</summary>
    public virtual void Refresh()
    {
    }
}
