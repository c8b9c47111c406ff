using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Sessions;

/// <summary>
/// The way to one host: a shell, and one session with its agent over it where it has one. Opened on demand, opened anew
/// after it was lost, or when the agent was upgraded or taken away meanwhile. A host whose agent is there but does not start can be
/// read, and is not written to: its audit log could not record the change.
/// </summary>
internal sealed class HostSession : IAsyncDisposable
{
    // Who works through a session that is given up may have more to ask: it is silent for so long before it is closed.
    private static readonly TimeSpan LastSilence = TimeSpan.FromSeconds(10);

    private readonly FleetOptions _options;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly HostPolicy _policy;
    private readonly CancellationTokenSource _closing = new();
    private volatile HostConnection? _connection;
    private Task _retired = Task.CompletedTask;
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

    /// <summary>
    /// Something that changes nothing on the host: tried again, on a new connection, when the connection is lost, and when it was an
    /// agent that answered that is no longer there.
    /// </summary>
    /// <exception cref="Core.ProblemException">What the last attempt failed with.</exception>
    public Task<T> ReadAsync<T>(Func<HostConnection, CancellationToken, Task<T>> read, CancellationToken cancellation) =>
        _policy.ReadAsync(
            async token =>
            {
                HostConnection connection = await OpenAsync(token).ConfigureAwait(false);
                try
                {
                    T result = await read(connection, token).ConfigureAwait(false);
                    if (!connection.IsReplaced)
                    {
                        return result;
                    }
                }
                catch (Core.ProblemException) when (connection.IsReplaced)
                {
                    // Nor does its failure say how the host is.
                }

                return await read(await OpenAsync(token).ConfigureAwait(false), token).ConfigureAwait(false);
            },
            cancellation);

    /// <summary>Where no agent was found, or none that answers, the next use looks for one anew.</summary>
    public Task SeekAgentAsync() => _connection is { Agent: null } ? ResetAsync() : Task.CompletedTask;

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

            if (_connection is { Agent: { IsReplaced: true } agent } replaced)
            {
                _connection = null;
                _retired = Task.WhenAll(_retired, RetireAsync(replaced, agent));
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
        await _closing.CancelAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        await _retired.ConfigureAwait(false);
        _opening.Release();
        await Shell.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What goes on through it comes to its end, such as a run; then it is closed.</summary>
    private async Task RetireAsync(HostConnection connection, AgentSession agent)
    {
        try
        {
            long requests;
            do
            {
                requests = agent.Requests;
                await Task.Delay(LastSilence, _options.Time, _closing.Token).ConfigureAwait(false);
            }
            while (agent.IsOpen && (agent.IsWorking || agent.Requests != requests));
        }
        catch (OperationCanceledException)
        {
            // The end of the session.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
