using System.Collections.Concurrent;
using CcConsole.Core;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>The requests of a session that take time, each on a thread of its own, and the streams that some of them opened.</summary>
internal sealed class RunningRequests(MessageOutput output)
{
    private const int MostAtOnce = 64;

    private readonly ConcurrentDictionary<long, OutgoingStream> _streams = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    /// <summary>The stream with this id; null when it has ended.</summary>
    internal OutgoingStream? Find(long stream) => _streams.GetValueOrDefault(stream);

    /// <summary>Cancels the streams and waits until all is done.</summary>
    internal void End()
    {
        foreach (var stream in _streams.Values)
            stream.Cancel();
        Task.WaitAll([.. _running.Keys]);
    }

    /// <summary>Answers a request by a stream, and says when it has ended.</summary>
    internal void Stream(long id, int credit, Action<OutgoingStream> run)
    {
        var stream = new OutgoingStream(id, credit);
        if (!_streams.TryAdd(id, stream))
        {
            output.Error(id, RpcErrorCode.InvalidRequest, "a stream with this id is open");
            return;
        }

        Start(id, () =>
        {
            try
            {
                run(stream);
                output.Notify(StreamMethods.End, new StreamEnd(id, stream.Reason), ProtocolJson.Default.StreamEnd);
            }
            catch (ProblemException e) when (stream.Opened)
            {
                output.Notify(StreamMethods.End, new StreamEnd(id, StreamEndReason.Error, e.Message, e.Hint), ProtocolJson.Default.StreamEnd);
            }
            finally
            {
                _streams.TryRemove(id, out _);
                stream.Cancel();
            }
        });
    }

    internal void Start(long id, Action action)
    {
        if (_running.Count >= MostAtOnce)
        {
            _streams.TryRemove(id, out _);
            output.Error(id, RpcErrorCode.Problem, "too much at once on this session", "wait for an answer first");
            return;
        }

        var task = new Task(() => Guard(id, action), TaskCreationOptions.LongRunning);
        _running.TryAdd(task, 0);
        task.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        task.Start(TaskScheduler.Default);
    }

    /// <summary>A failure belongs to its request, never to the session.</summary>
    internal void Guard(long id, Action action)
    {
        try
        {
            action();
        }
        catch (AuditUnavailableException e)
        {
            output.Error(id, RpcErrorCode.AuditUnavailable, e.Message, e.Hint);
        }
        catch (ProblemException e)
        {
            output.Error(id, e);
        }
#pragma warning disable CA1031 // Whatever it is, the console hears of it, and the session goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            output.Error(id, RpcErrorCode.InternalError, $"the agent failed: {e.GetType().Name}: {e.Message}", "report this");
        }
    }
}
