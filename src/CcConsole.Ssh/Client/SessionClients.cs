using System.Globalization;
using System.Text;

namespace CcConsole.Ssh;

/// <summary>Starts the ssh clients that run one command each over the master, no more of them at once than allowed.</summary>
internal sealed class SessionClients(string host, SshOptions options, MasterConnection master, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan SignalLimit = TimeSpan.FromSeconds(3);

    private readonly ClientProcess _client = new(host, options.Executable);
    private readonly SemaphoreSlim _free = new(options.MaxSessions, options.MaxSessions);

    public void Dispose() => _free.Dispose();

    internal async Task<SessionClient> StartAsync(
        RemoteCommand command, CommandOptions limits, CancellationToken cancellation)
    {
        await _free.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            string unshared = $"cc-unshared-{Guid.NewGuid():N}";
            ChildProcess process = _client.StartSession(
                ClientArguments.Session(host, master.Socket, command.Text, unshared));
            ErrorTail error = new(limits.ErrorLimit, command.Mark, limits.StreamError);
            RunningCommand running = new(process, error, time)
            {
                EndRemote = signal => SignalAsync(error, signal),
                Released = Release,
            };
            return new SessionClient(host, running, master, command.Mark is not null, Encoding.ASCII.GetBytes(unshared), options, limits);
        }
        catch
        {
            _free.Release();
            throw;
        }
    }

    private void Release()
    {
        try
        {
            _free.Release();
        }
        catch (ObjectDisposedException)
        {
            // The shell was disposed before its last stream.
        }
    }

    /// <summary>
    /// Signals the command's process group by a session of its own: closing a session without a terminal does not end
    /// its command. The group cannot be another's: its leader's number stays taken while the group lives, and the
    /// session that holds it is still open.
    /// </summary>
    private async Task SignalAsync(ErrorTail error, string signal)
    {
        int process;
        try
        {
            process = await error.Started.WaitAsync(TimeSpan.FromSeconds(1), time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return;
        }
        string kill = string.Create(CultureInfo.InvariantCulture, $"kill -s {signal} -- -{process}");
        await _client.RunAsync(
            ClientArguments.Session(host, master.Socket, RemoteCommand.Create(kill, verbatim: false).Text, "cc-unshared"),
            SignalLimit, time, CancellationToken.None).ConfigureAwait(false);
    }
}
