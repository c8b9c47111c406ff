using System.Threading.Channels;
using CcConsole.Core;
using CcConsole.Core.Protocol;

namespace CcConsole.Fleet.Sessions;

/// <summary>
/// One stream of an agent's answers. Reading grants the agent credit for as many messages as were taken, so that a slow reader
/// holds up the sender and not this program's memory. Disposing it before its end cancels it.
/// </summary>
internal sealed class AgentStream : IAsyncDisposable
{
    private readonly AgentSession _session;
    private readonly Channel<RpcMessage> _messages;
    private readonly int _credit;
    private int _taken;
    private bool _ended;

    public AgentStream(AgentSession session, long id, int credit)
    {
        // What costs no credit (the end, a job's end) needs room too.
        const int free = 4;
        _session = session;
        _credit = credit;
        Id = id;
        _messages = Channel.CreateBounded<RpcMessage>(new BoundedChannelOptions(credit + free) { SingleReader = true, SingleWriter = true });
    }

    public long Id { get; }

    /// <summary>The stream's messages up to its end.</summary>
    /// <exception cref="ProblemException">The agent ended the stream with an error, or the connection was lost.</exception>
    public async IAsyncEnumerable<RpcMessage> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (RpcMessage message in _messages.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            if (message.Method == StreamMethods.End)
            {
                _ended = true;
                StreamEnd end = AgentSession.Read(message.Params, ProtocolJson.Default.StreamEnd);
                if (end.Reason == StreamEndReason.Error)
                {
                    throw new ProblemException($"{_session.Host}: {Ssh.Plain.Text(end.Message ?? "the agent ended the stream")}", Ssh.Plain.Text(end.Hint ?? ""));
                }

                yield break;
            }

            yield return message;
            if (++_taken >= Math.Max(1, _credit / 2))
            {
                await _session.NotifyAsync(StreamMethods.Credit, new StreamCredit(Id, _taken), ProtocolJson.Default.StreamCredit, cancellation).ConfigureAwait(false);
                _taken = 0;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _session.Forget(this);
        if (!_ended && _session.IsOpen)
        {
            _ended = true;
            try
            {
                using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
                await _session.NotifyAsync(StreamMethods.Cancel, new StreamCancel(Id), ProtocolJson.Default.StreamCancel, limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ProblemException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The session is gone, and the stream with it.
            }
        }
    }

    /// <summary>False when the agent sends more than it was allowed to.</summary>
    internal bool Deliver(RpcMessage message) => _messages.Writer.TryWrite(message);

    internal void Fail(Exception cause) => _messages.Writer.TryComplete(cause);
}
