namespace CcConsole.Ssh;

/// <summary>
/// A command behind a process of ours: the shell itself on this machine, an ssh client otherwise. Ending it goes
/// through <see cref="EndRemote"/> first, while its input is still open: a command that takes the end of its input
/// for "that was all" (crontab -) must be gone before it sees one.
/// </summary>
internal sealed class RunningCommand : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Task? _ended;
    private Task? _disposed;

    internal RunningCommand(ChildProcess process, ErrorTail error, TimeProvider time)
    {
        Process = process;
        Error = error;
        _time = time;
        ErrorRead = error.ReadAsync(process.Error);
    }

    internal ChildProcess Process { get; }

    internal ErrorTail Error { get; }

    internal Task ErrorRead { get; }

    /// <summary>Sends a signal (TERM, KILL) to the command where it runs; null where that is the process itself.</summary>
    internal Func<string, Task>? EndRemote { get; init; }

    /// <summary>Called once, when nothing of the command is left on this machine.</summary>
    internal Action? Released { get; init; }

    /// <summary>TERM, two seconds, KILL. Does nothing when the command has ended by itself.</summary>
    internal Task EndAsync()
    {
        lock (_lock)
            return _ended ??= EndOnceAsync();
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock)
            return new ValueTask(_disposed ??= DisposeOnceAsync());
    }

    private async Task DisposeOnceAsync()
    {
        try
        {
            await EndAsync().ConfigureAwait(false);
        }
        finally
        {
            Process.Dispose();
            Released?.Invoke();
        }
    }

    private async Task EndOnceAsync()
    {
        if (Process.Exit.IsCompleted)
            return;
        if (EndRemote is null)
            Process.Terminate();
        else
            await EndRemote("TERM").ConfigureAwait(false);
        if (await ExitsWithinGraceAsync().ConfigureAwait(false))
            return;
        if (EndRemote is not null)
        {
            await EndRemote("KILL").ConfigureAwait(false);
            if (await ExitsWithinGraceAsync().ConfigureAwait(false))
                return;
        }
        Process.Kill();
        await Process.Exit.ConfigureAwait(false);
    }

    private async Task<bool> ExitsWithinGraceAsync()
    {
        try
        {
            await Process.Exit.WaitAsync(Grace, _time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
