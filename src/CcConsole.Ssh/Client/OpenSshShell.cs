using CcConsole.Core;

namespace CcConsole.Ssh;

/// <summary>
/// A host over the system's OpenSSH client: one master connection, opened on demand, closed when idle and on
/// disposing. Commands share it; there are at most <see cref="SshOptions.MaxSessions"/> at once, further ones wait.
/// </summary>
public sealed class OpenSshShell : IHostShell
{
    private const int SessionAttempts = 20;
    private static readonly TimeSpan SessionDelay = TimeSpan.FromMilliseconds(250);

    private readonly SshOptions _options;
    private readonly TimeProvider _time;
    private readonly MasterConnection _master;
    private readonly SessionClients _sessions;

    /// <param name="host">An alias of ssh_config, a name, or <c>user@host</c>.</param>
    /// <param name="options">How the client is used.</param>
    /// <param name="time">The clock of the limits.</param>
    /// <exception cref="ProblemException">The name cannot be a host's.</exception>
    public OpenSshShell(string host, SshOptions options, TimeProvider? time = null)
    {
        Host = HostName.Check(host);
        _options = options;
        _time = time ?? TimeProvider.System;
        _master = new MasterConnection(host, options, _time);
        _sessions = new SessionClients(host, options, _master, _time);
    }

    /// <inheritdoc/>
    public string Host { get; }

    /// <summary>The key that the host showed in the handshake of the current or last connection; null before the first.</summary>
    public HostKey? Key => _master.Key;

    /// <summary>Opens the connection unless it is open.</summary>
    /// <returns>The host key, checked against known_hosts by ssh.</returns>
    /// <exception cref="HostProblemException">It cannot be opened; for host key problems it carries the key that was shown.</exception>
    public async Task<HostKey?> ConnectAsync(CancellationToken cancellation = default)
    {
        await _master.EnsureOpenAsync(cancellation).ConfigureAwait(false);
        return _master.Key;
    }

    /// <summary>
    /// Connects, and has ssh add the host's key to known_hosts, provided that it is the one whose fingerprint the person
    /// has seen and confirmed. With any other key nothing is written and the connection fails.
    /// </summary>
    /// <param name="fingerprint"><c>SHA256:…</c> from the <see cref="HostProblemException.Key"/> that was shown.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="HostProblemException">The host shows another key, or cannot be reached.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="SshOptions.Askpass"/>.</exception>
    public Task ConnectAcceptingAsync(string fingerprint, CancellationToken cancellation = default) =>
        _options.Askpass is { } askpass
            ? _master.OpenAcceptingAsync(fingerprint, askpass, cancellation)
            : throw new InvalidOperationException("A host key is accepted through the askpass server.");

    /// <inheritdoc/>
    public async Task<CommandResult> RunAsync(
        string command,
        ReadOnlyMemory<byte> input = default,
        CommandOptions? options = null,
        CancellationToken cancellation = default)
    {
        options ??= CommandOptions.Default;
        RemoteCommand remote = RemoteCommand.Create(command, options.Verbatim);
        for (int attempt = 1; ; attempt++)
        {
            await _master.EnsureOpenAsync(cancellation).ConfigureAwait(false);
            SessionClient session = await _sessions.StartAsync(remote, options, cancellation).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                CommandResult result = await CommandRun.ToEndAsync(
                    session.Command, Host, input, options, _time, cancellation).ConfigureAwait(false);
                if (await session.CountsAsync(result.ExitCode, attempt < SessionAttempts).ConfigureAwait(false))
                    return result;
            }
            await PauseAsync(attempt, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<ICommandStream> OpenAsync(
        string command, CommandOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= CommandOptions.Default;
        RemoteCommand remote = RemoteCommand.Create(command, options.Verbatim);
        for (int attempt = 1; ; attempt++)
        {
            await _master.EnsureOpenAsync(cancellation).ConfigureAwait(false);
            SessionClient session = await _sessions.StartAsync(remote, options, cancellation).ConfigureAwait(false);
            if (await session.HasStartedAsync(attempt < SessionAttempts, cancellation).ConfigureAwait(false))
                return new CommandStream(session.Command, session.FinalExitAsync);
            await session.DisposeAsync().ConfigureAwait(false);
            await PauseAsync(attempt, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection; commands that still run lose it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _master.DisposeAsync().ConfigureAwait(false);
        _sessions.Dispose();
    }

    // The first time only the master was gone; after that the host refuses sessions, and one has to become free.
    private Task PauseAsync(int attempt, CancellationToken cancellation) =>
        attempt == 1 ? Task.CompletedTask : Task.Delay(SessionDelay, _time, cancellation);
}
