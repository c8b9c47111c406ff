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
    private readonly HostPolicy _policy;
    private volatile HostConnection? _connection;
    private bool _disposed;

    public HostSession(HostEntry host, FleetOptions options)
    {
        Host = host;
        _options = options;
        Shell = options.Shells(host);
        _policy = new HostPolicy(host.Name, options.Policy, options.Time);
    }

    public HostEntry Host { get; }

    public IHostShell Shell { get; }

    /// <summary>What is known of the host, if it is connected now.</summary>
    public HostFacts? Facts => _connection is { IsUsable: true } connection ? connection.Facts : null;

    /// <summary>The connection, opened where there is none; a transient failure is tried again.</summary>
    /// <exception cref="Core.ProblemException">The host is not reached, or is left alone for a while.</exception>
    public Task<HostConnection> ConnectAsync(CancellationToken cancellation) =>
        _connection is { IsUsable: true } open ? Task.FromResult(open) : _policy.ReadAsync(OpenAsync, cancellation);

    /// <summary>Something that changes nothing on the host: tried again, on a new connection, when the connection is lost.</summary>
    /// <exception cref="Core.ProblemException">What the last attempt failed with.</exception>
    public Task<T> ReadAsync<T>(Func<HostConnection, CancellationToken, Task<T>> read, CancellationToken cancellation) =>
        _policy.ReadAsync(async token => await read(await OpenAsync(token).ConfigureAwait(false), token).ConfigureAwait(false), cancellation);

    /// <summary>The person wants the host tried now, however often it failed.</summary>
    public Task ResumeAsync(CancellationToken cancellation) => _policy.ResumeAsync(cancellation);

    private async Task<HostConnection> OpenAsync(CancellationToken cancellation)
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
