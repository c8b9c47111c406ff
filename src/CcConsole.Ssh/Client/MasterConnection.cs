using System.Globalization;
using System.Text;

namespace CcConsole.Ssh;

/// <summary>
/// The one connection to a host that all its commands share: an ssh master process in the background, which ends by
/// itself when it was idle (ControlPersist), also when the console has died.
/// </summary>
internal sealed class MasterConnection(string host, SshOptions options, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan ControlLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogStep = TimeSpan.FromMilliseconds(5);
    private const int QuietSteps = 100;
    private static readonly TimeSpan PersonLimit = TimeSpan.FromMinutes(5);

    private readonly ClientProcess _client = new(host, options.Executable);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private string? _socket;

    /// <summary>The control socket; valid after <see cref="EnsureOpenAsync"/>.</summary>
    internal string Socket => _socket ?? throw new InvalidOperationException("The connection was never opened.");

    /// <summary>The key that the host showed when the connection was opened; null before.</summary>
    internal HostKey? Key { get; private set; }

    /// <summary>Opens the connection unless it is open. One task opens, the others wait for it.</summary>
    internal async Task EnsureOpenAsync(CancellationToken cancellation)
    {
        if (_socket is not null && File.Exists(_socket))
            return;
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _socket ??= ControlPath.Create(host, options.ControlDirectory);
            if (File.Exists(_socket))
                return;
            try
            {
                await OpenAsync(asker: null, cancellation).ConfigureAwait(false);
            }
            catch (HostProblemException e) when (options.Askpass is not null)
            {
                if (!await MayAskAsync(e, cancellation).ConfigureAwait(false))
                    throw;
                using AskpassServer.Asker asker = options.Askpass.Begin(host);
                await OpenAsync(asker, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>
    /// Opens the connection while answering the question for the host key with "yes" for this fingerprint alone; ssh
    /// then writes it to known_hosts. Other questions go to the person.
    /// </summary>
    internal async Task OpenAcceptingAsync(string fingerprint, AskpassServer askpass, CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            _socket ??= ControlPath.Create(host, options.ControlDirectory);
            if (File.Exists(_socket))
                return;
            using AskpassServer.Asker asker = askpass.Begin(host, fingerprint);
            await OpenAsync(asker, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Whether the master is there and answers on its socket.</summary>
    internal async Task<bool> IsAliveAsync()
    {
        if (_socket is null || !File.Exists(_socket))
            return false;
        var answer = await _client.RunAsync(
            ClientArguments.Control(host, _socket, "check"), ControlLimit, time, CancellationToken.None).ConfigureAwait(false);
        return answer is { Exit: 0 };
    }

    /// <summary>Forgets a socket that no master listens on, so that the next command opens a new connection.</summary>
    internal void Forget()
    {
        if (_socket is not null)
            File.Delete(_socket);
    }

    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_socket is null || !File.Exists(_socket))
                return;
            await _client.RunAsync(
                ClientArguments.Control(host, _socket, "exit"), ControlLimit, time, CancellationToken.None).ConfigureAwait(false);
            Forget();
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<bool> MayAskAsync(HostProblemException problem, CancellationToken cancellation)
    {
        if (problem.Kind == HostProblemKind.AuthenticationRefused)
            return true;
        if (problem.Kind != HostProblemKind.HostKeyUnknown)
            return false;
        // Who has written StrictHostKeyChecking=yes wants no question.
        SshHostConfig config = await SshHostConfig.ResolveAsync(host, options, time, cancellation).ConfigureAwait(false);
        return config.AsksForHostKeys;
    }

    private async Task OpenAsync(AskpassServer.Asker? asker, CancellationToken cancellation)
    {
        using IDisposable? place = options.Handshakes is { } gate ? await gate.EnterAsync(cancellation).ConfigureAwait(false) : null;
        TimeSpan limit = asker is null ? options.ConnectTimeout * 2 : PersonLimit;
        using ChildProcess process = _client.Start(ClientArguments.Master(host, Socket, options, interactive: asker is not null), asker);
        bool opened = false;
        try
        {
            await process.Input.DisposeAsync().ConfigureAwait(false);
            ErrorTail log = new(256 << 10, mark: null);
            ErrorTail others = new(64 << 10, mark: null);
            Task reading = Task.WhenAll(log.ReadAsync(process.Output), others.ReadAsync(process.Error));
            int exit = await process.Exit.WaitAsync(limit, time, cancellation).ConfigureAwait(false);
            ClientLog said = await ReadLogAsync(log, others, reading, exit).ConfigureAwait(false);
            if (exit != 0)
                throw ClientFailure.Describe(host, said);
            Key = said.Key;
            opened = true;
        }
        catch (TimeoutException)
        {
            string seconds = limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            throw new HostProblemException(
                host, HostProblemKind.ConnectTimeout, $"{host} did not complete the login within {seconds} s",
                "Check that the host is up and not overloaded; sshd's log there says how far it came.");
        }
        finally
        {
            // The master itself has left this group by forking into the background.
            if (!opened)
                process.Kill();
        }
    }

    // The master, or a jump host's client, may hold the streams open for as long as the connection lasts. What a client that has
    // failed had to say is in them: it is told by steps, which a busy machine takes as late as it reads, that nothing more comes.
    private async Task<ClientLog> ReadLogAsync(ErrorTail log, ErrorTail others, Task reading, int exit)
    {
        const string LastWord = "forking to background";
        long from = time.GetTimestamp();
        int quiet = 0;
        for (long had = -1; time.GetElapsedTime(from) < LogLimit && !reading.IsCompleted && (exit == 0 || quiet < QuietSteps); quiet++)
        {
            if (exit == 0 && Encoding.UTF8.GetString(log.ToArray()).Contains(LastWord, StringComparison.Ordinal))
                break;
            long has = log.Taken + others.Taken;
            if (has != had)
                (had, quiet) = (has, 0);
            await Task.WhenAny(reading, Task.Delay(LogStep, time)).ConfigureAwait(false);
        }
        return new ClientLog(Encoding.UTF8.GetString(log.ToArray()), Encoding.UTF8.GetString(others.ToArray()));
    }
}
