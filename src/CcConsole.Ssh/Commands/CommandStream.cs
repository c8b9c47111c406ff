namespace CcConsole.Ssh;

/// <summary>The streams of a command that is running.</summary>
/// <param name="command">The command; owned.</param>
/// <param name="judge">Turns the exit code of our process into that of the command, or throws.</param>
internal sealed class CommandStream(RunningCommand command, Func<int, Task<int>> judge) : ICommandStream
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private Task<int>? _exit;

    public Stream Input => command.Process.Input;

    public Stream Output => command.Process.Output;

    public ReadOnlyMemory<byte> Error => command.Error.ToArray();

    public Stream? ErrorStream => command.Error.Live;

    public Task<int> Exit
    {
        get
        {
            lock (_lock)
                return _exit ??= WaitAsync(_disposed.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync().ConfigureAwait(false);
        if (command.Error.Live is { } live)
            await live.DisposeAsync().ConfigureAwait(false);
        await command.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<int> WaitAsync(CancellationToken cancellation)
    {
        int exit = await command.Process.Exit.WaitAsync(cancellation).ConfigureAwait(false);
        await command.ErrorRead.WaitAsync(cancellation).ConfigureAwait(false);
        return await judge(exit).ConfigureAwait(false);
    }
}
