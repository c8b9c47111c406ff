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
    /// <summary>Credit counts messages; a sender that makes each as long as it may be is stopped by this.</summary>
    private const int MostBytes = 40 << 20;

    private readonly AgentSession _session;
    private readonly Channel<(RpcMessage Message, int Bytes)> _messages;
    private readonly int _credit;
    private int _bytes;
    private int _taken;
    private bool _ended;

    public AgentStream(AgentSession session, long id, int credit)
    {
        // What costs no credit (the end, a job's end) needs room too.
        const int free = 4;
        _session = session;
        _credit = credit;
        Id = id;
        _messages = Channel.CreateBounded<(RpcMessage, int)>(new BoundedChannelOptions(credit + free) { SingleReader = true, SingleWriter = true });
    }

    public long Id { get; }

    /// <summary>Whether it goes on until somebody ends it.</summary>
    public bool IsEndless { get; init; }

    /// <summary>The stream's messages up to its end.</summary>
    /// <param name="mayBeSilent">True for a stream that waits for what happens; else the next message has to come in time.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">The agent ended the stream with an error, went silent, or the connection was lost.</exception>
    public async IAsyncEnumerable<RpcMessage> ReadAsync(bool mayBeSilent, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await NextAsync(mayBeSilent, cancellation).ConfigureAwait(false) is { } message)
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

    private async Task<RpcMessage?> NextAsync(bool mayBeSilent, CancellationToken cancellation)
    {
        try
        {
            while (await _messages.Reader.WaitToReadAsync(cancellation).AsTask()
                .WaitAsync(mayBeSilent ? Timeout.InfiniteTimeSpan : _session.AnswerLimit, cancellation).ConfigureAwait(false))
            {
                if (_messages.Reader.TryRead(out (RpcMessage Message, int Bytes) next))
                {
                    Interlocked.Add(ref _bytes, -next.Bytes);
                    return next.Message;
                }
            }

            return null;
        }
        catch (TimeoutException e)
        {
            throw _session.Silent("in the middle of a stream", _session.AnswerLimit, e);
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
    internal bool Deliver(RpcMessage message, int bytes) =>
        Interlocked.Add(ref _bytes, bytes) <= MostBytes && _messages.Writer.TryWrite((message, bytes));

    internal void Fail(Exception cause) => _messages.Writer.TryComplete(cause);
}
