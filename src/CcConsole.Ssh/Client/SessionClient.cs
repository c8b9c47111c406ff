namespace CcConsole.Ssh;

/// <summary>One ssh client that runs one command over the master, and what its exit code means.</summary>
internal sealed class SessionClient(
    string host, RunningCommand command, MasterConnection master, bool marked, byte[] unshared, SshOptions options, CommandOptions limits)
    : IAsyncDisposable
{
    /// <summary>ssh's own failures (ssh(1), EXIT STATUS), and a remote command that ended so, or by a signal.</summary>
    private const int ClientFailed = 255;

    internal RunningCommand Command => command;

    public ValueTask DisposeAsync() => command.DisposeAsync();

    /// <summary>Whether the exit code is the command's: false when it was never started and may be tried again.</summary>
    /// <exception cref="HostProblemException">The connection was lost, or the host does not start the command.</exception>
    internal async Task<bool> CountsAsync(int exit, bool mayTryAgain)
    {
        if (exit == ClientFailed)
        {
            byte[] error = command.Error.ToArray();
            if (!command.Error.HasStarted && error.AsSpan().IndexOf(unshared) >= 0)
            {
                bool alive = await master.IsAliveAsync().ConfigureAwait(false);
                if (!alive)
                    master.Forget();
                return mayTryAgain ? false : throw Refused(alive, error);
            }
            if (!await master.IsAliveAsync().ConfigureAwait(false))
                throw Lost();
        }
        return !marked || command.Error.HasStarted ? true : throw NotRun();
    }

    /// <summary>Waits until the command has been started; false when it was not and may be tried again.</summary>
    /// <exception cref="HostProblemException">The host does not start it.</exception>
    internal async Task<bool> HasStartedAsync(bool mayTryAgain, CancellationToken cancellation)
    {
        if (!marked)
            return true;
        try
        {
            await command.Error.Started.WaitAsync(limits.Timeout, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            await DisposeAsync().ConfigureAwait(false);
            throw new HostProblemException(
                host, HostProblemKind.CommandTimeout, $"{host} did not start the command in time", "Look at the host's load.");
        }
        catch (OperationCanceledException)
        {
            if (cancellation.IsCancellationRequested)
            {
                await DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        try
        {
            int exit = await command.Process.Exit.WaitAsync(limits.Timeout, cancellation).ConfigureAwait(false);
            return await CountsAsync(exit, mayTryAgain).ConfigureAwait(false);
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The command's exit code, for a stream.</summary>
    /// <exception cref="HostProblemException">The connection was lost.</exception>
    internal async Task<int> FinalExitAsync(int exit)
    {
        await CountsAsync(exit, mayTryAgain: false).ConfigureAwait(false);
        return exit;
    }

    private HostProblemException Lost() => new(
        host, HostProblemKind.ConnectionLost, $"The connection to {host} was lost while a command ran there",
        "Read the state of the host again before repeating a change: the command may have done its work.");

    private HostProblemException Refused(bool alive, byte[] error) => alive
        ? new HostProblemException(
            host, HostProblemKind.SessionRefused, $"{host} opens no further session on the connection: {Said(error)}",
            $"Raise MaxSessions in sshd_config there; the console uses up to {options.MaxSessions}.")
        : new HostProblemException(
            host, HostProblemKind.SessionRefused, $"The connection to {host} ends again and again before a command starts",
            "Look at sshd's log on the host.");

    private HostProblemException NotRun()
    {
        string said = Plain.Line(command.Error.ToArray());
        return new HostProblemException(
            host, HostProblemKind.SessionRefused,
            $"The account's shell on {host} did not run the command{(said.Length == 0 ? "" : ": " + said)}",
            "Check the account's login shell, and whether its key has a forced command in authorized_keys.");
    }

    // The last lines are the stand-in for the network failing; the reason is the first one.
    private static string Said(byte[] error) =>
        Plain.Line(error.AsSpan(0, Math.Max(0, error.AsSpan().IndexOf((byte)'\n'))));
}
