using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Sessions;

/// <summary>
/// The way to one host: a shell, and one session with its agent over it where it has one. Opened on demand, opened anew
/// after it was lost. A host whose agent is there but does not start can be read, and is not written to: its audit log could not
/// record the change.
/// </summary>
internal sealed class HostSession : IAsyncDisposable
{
    private readonly FleetOptions _options;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile HostConnection? _connection;
    private bool _disposed;

    public HostSession(HostEntry host, FleetOptions options)
    {
        Host = host;
        _options = options;
        Shell = options.Shells(host);
    }

    public HostEntry Host { get; }

    public IHostShell Shell { get; }

    /// <summary>What is known of the host, if it is connected now.</summary>
    public HostFacts? Facts => _connection is { IsUsable: true } connection ? connection.Facts : null;

    /// <summary>The connection, opened where there is none.</summary>
    /// <exception cref="Core.ProblemException">The host is not reached.</exception>
    public async Task<HostConnection> ConnectAsync(CancellationToken cancellation)
    {
        if (_connection is { IsUsable: true } open)
        {
            return open;
        }

        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_connection is { IsUsable: true } meanwhile)
            {
                return meanwhile;
            }

            await CloseAsync().ConfigureAwait(false);
            return _connection = await HostConnection.OpenAsync(Host, Shell, _options, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Forgets the connection, so that the next use looks for the agent anew.</summary>
    public async Task ResetAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        await CloseAsync().ConfigureAwait(false);
        _opening.Release();
        await Shell.DisposeAsync().ConfigureAwait(false);
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
