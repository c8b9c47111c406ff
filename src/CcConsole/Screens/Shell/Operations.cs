using System.Runtime.ExceptionServices;
using CcConsole.Core;
using CcConsole.Tui.App;

namespace CcConsole.Screens;

/// <summary>
/// What runs because the person asked for it: on a host, so it can take its time. Nothing waits for it; its failure is told in
/// words; Ctrl+C cancels the newest.
/// </summary>
internal sealed class Operations(Application application, Toasts toasts)
{
    private readonly List<(string What, CancellationTokenSource Stop)> _running = [];

    /// <summary>What the newest one does; null when none runs.</summary>
    public string? Newest => _running.Count > 0 ? _running[^1].What : null;

    /// <summary>Starts one. On the UI thread, to which its awaits come back.</summary>
    /// <param name="what">What it does, for the status line: <c>web01: reading the table</c>.</param>
    /// <param name="work">Does it.</param>
    public async void Start(string what, Func<CancellationToken, Task> work)
    {
        using var stop = new CancellationTokenSource();
        var entry = (what, stop);
        _running.Add(entry);
        await GuardAsync(what, work, stop.Token);
        _running.Remove(entry);
        application.Invalidate();
    }

    /// <summary>Starts something that goes on while a screen is open: it is not told, and only the screen ends it.</summary>
    public async void Watch(Func<CancellationToken, Task> work, CancellationToken stop) => await GuardAsync(null, work, stop);

    private async Task GuardAsync(string? what, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        try
        {
            await work(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (what is not null)
                toasts.Show($"cancelled: {what}");
        }
        catch (ProblemException problem)
        {
            toasts.Fail(problem);
        }
        catch (Exception unexpected)
        {
            // A fault of the program: it must not be swallowed, and the terminal must be given back first.
            application.Post(() => ExceptionDispatchInfo.Throw(unexpected));
        }
    }

    /// <summary>Cancels the newest that is not cancelled yet.</summary>
    /// <returns>Whether there was one.</returns>
    public bool CancelNewest()
    {
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            if (_running[i].Stop.IsCancellationRequested)
                continue;
            _running[i].Stop.Cancel();
            return true;
        }
        return false;
    }

    /// <summary>Cancels all, at the end.</summary>
    public void CancelAll()
    {
        while (CancelNewest())
        {
        }
    }
}
