using System.Collections.Concurrent;
using System.Net.Sockets;

namespace CcConsole.Ssh;

/// <summary>
/// Lets ssh ask the person through the running console instead of on the terminal: a socket in a private directory,
/// where <see cref="AskpassClient"/> brings the questions. A question is heard only with the token that was given to
/// the ssh process it belongs to. A host key is accepted only by an answer that is the very fingerprint that was shown.
/// </summary>
public sealed class AskpassServer : IAsyncDisposable
{
    private readonly string _executable;
    private readonly string _path;
    private readonly Func<AskpassPrompt, CancellationToken, Task<string?>> _ask;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Asker> _askers = new(StringComparer.Ordinal);
    private readonly Task _accepting;

    /// <param name="executable">Path of the program that calls <see cref="AskpassClient.RunAsync"/>: the console itself.</param>
    /// <param name="directory">Where the socket lies: made with mode 0700 or checked.</param>
    /// <param name="ask">
    /// Asks the person; null is "no". For <see cref="AskpassKind.HostKey"/> the answer is the fingerprint that was
    /// confirmed. Several questions may come at once.
    /// </param>
    /// <exception cref="Core.ProblemException">The directory is not safe.</exception>
    public AskpassServer(string executable, string directory, Func<AskpassPrompt, CancellationToken, Task<string?>> ask)
    {
        PrivateDirectory.Ensure(directory);
        _executable = executable;
        _ask = ask;
        _path = Path.Combine(Path.GetFullPath(directory), Guid.NewGuid().ToString("N")[..10]);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        File.Delete(_path);
        _stop.Dispose();
    }

    /// <summary>Opens the way for the questions of one ssh process; disposing the result closes it.</summary>
    /// <param name="host">The host that is being connected to.</param>
    internal Asker Begin(string host) => Begin(host, _ask);

    private Asker Begin(string host, Func<AskpassPrompt, CancellationToken, Task<string?>> ask)
    {
        string token = Guid.NewGuid().ToString("N");
        Asker asker = new(this, host, token, ask);
        _askers[token] = asker;
        return asker;
    }

    /// <summary>As above, where the one host key with this fingerprint was confirmed already; the person is asked the rest.</summary>
    internal Asker Begin(string host, string fingerprint) => Begin(
        host,
        (prompt, cancellation) => prompt.Kind != AskpassKind.HostKey ? _ask(prompt, cancellation)
            : Task.FromResult(prompt.Key?.Fingerprint == fingerprint ? fingerprint : null));

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Closed from our side. Without a listener ssh's questions count as declined.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using NetworkStream stream = new(socket, ownsSocket: true);
        string? answer = null;
        try
        {
            string[] question = (await AskpassMessage.ReadAsync(stream, _stop.Token).ConfigureAwait(false))?.Split(' ') ?? [];
            if (question.Length == 3 && _askers.TryGetValue(question[0], out Asker? asker))
                answer = await asker.AnswerAsync(AskpassMessage.Decode(question[2]), question[1], stream).ConfigureAwait(false);
            await AskpassMessage.WriteAsync(
                stream, answer is null ? "-" : $"+{AskpassMessage.Encode(answer)}", _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or FormatException or ObjectDisposedException)
        {
            // ssh or the console is gone: nobody waits for the answer.
        }
    }

    /// <summary>The questions of one ssh process.</summary>
    internal sealed class Asker(
        AskpassServer server, string host, string token, Func<AskpassPrompt, CancellationToken, Task<string?>> ask) : IDisposable
    {
        private readonly CancellationTokenSource _gone = CancellationTokenSource.CreateLinkedTokenSource(server._stop.Token);

        /// <summary>What the ssh process needs in its environment.</summary>
        internal IEnumerable<KeyValuePair<string, string?>> Environment =>
        [
            new("SSH_ASKPASS", server._executable),
            new("SSH_ASKPASS_REQUIRE", "force"),
            new(AskpassMessage.SocketVariable, server._path),
            new(AskpassMessage.TokenVariable, token),
        ];

        public void Dispose()
        {
            server._askers.TryRemove(token, out _);
            _gone.Cancel();
            _gone.Dispose();
        }

        internal async Task<string?> AnswerAsync(string text, string form, Stream client)
        {
            AskpassPrompt prompt = AskpassText.Read(host, text, form);
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
            Task watching = WatchAsync(client, gone);
            string? answer = await ask(prompt, gone.Token).ConfigureAwait(false);
            await gone.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            bool otherKey = prompt.Kind == AskpassKind.HostKey && answer != prompt.Key?.Fingerprint;
            return otherKey ? "no" : answer;
        }

        // ssh ends its askpass when the question is settled in another way: a security key was touched, the host hung up.
        private static async Task WatchAsync(Stream client, CancellationTokenSource gone)
        {
            try
            {
                if (await client.ReadAsync(new byte[1], gone.Token).ConfigureAwait(false) == 0)
                    await gone.CancelAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The question was answered, or the connection broke: either way nothing is left to watch.
            }
        }
    }
}
