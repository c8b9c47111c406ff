using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization.Metadata;
using CcAgent.Daemon;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcAgent.Status;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>One session with a console: reads its messages and answers them. What may take long has a thread of its own.</summary>
internal sealed class ServeSession
{
    private const int MostAtOnce = 64;

    private static readonly string[] Capabilities =
    [
        Methods.Hello, Methods.ReportTail, Methods.ReportAck, Methods.AuditPull, Methods.AuditAppend, Methods.CrontabRead, Methods.CrontabWrite, Methods.CrontabSettle, Methods.CrontabDiscover,
        Methods.JobRun, Methods.JobStop, Methods.JobRunning, Methods.AgentStatus,
    ];

    private readonly AgentPlaces _places;
    private readonly MessageOutput _output = new();
    private readonly JobRuns _jobs;
    private readonly CrontabEditing _crontab;
    private readonly ConcurrentDictionary<long, OutgoingStream> _streams = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly Lock _edits = new();

    internal ServeSession(AgentPlaces places)
    {
        _places = places;
        _jobs = new JobRuns(_output);
        _crontab = new CrontabEditing(places);
    }

    /// <summary>Runs until the console closes its end; then streams end, and jobs with them.</summary>
    internal unsafe void Run()
    {
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Leave);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave);
        var framer = new LineFramer();
        while (true)
        {
            var room = framer.GetBuffer().Span;
            nint count;
            fixed (byte* at = room)
                count = Libc.read(StandardStreams.Input, at, (nuint)room.Length);
            if (count < 0 && Libc.LastError == Errno.Interrupted)
                continue;
            if (count <= 0)
                break;
            framer.Advance((int)count);
            for (var kind = framer.Read(out var line); kind != FrameKind.Incomplete; kind = framer.Read(out line))
            {
                if (kind == FrameKind.TooLong)
                    _output.Error(null, RpcErrorCode.TooLong, $"the message was longer than {RpcLimits.MaxMessageBytes} bytes", "send less at once");
                else
                    Handle(line.Span);
            }
        }

        foreach (var stream in _streams.Values)
            stream.Cancel();
        Task.WaitAll([.. _running.Keys]);
    }

    // Who ends this process gives it two seconds: a job is not left behind.
    private void Leave(PosixSignalContext context)
    {
        context.Cancel = true;
        _jobs.StopAll(TimeSpan.FromSeconds(1));
        Libc._exit(128 + (context.Signal == PosixSignal.SIGHUP ? Signals.HangUp : Signals.Terminate));
    }

    private void Handle(ReadOnlySpan<byte> line)
    {
        var message = RpcCodec.Read(line);
        if (message is null)
            _output.Error(null, RpcErrorCode.ParseError, "the line is not a message of JSON-RPC 2.0");
        else if (message.Kind == RpcKind.Notification)
            Notified(message);
        else if (message.Kind == RpcKind.Request)
            Requested(message, message.Id!.Value);
        else if (message.Kind == RpcKind.Invalid)
            _output.Error(message.Id, RpcErrorCode.InvalidRequest, "the message is no request of JSON-RPC 2.0");
    }

    // A stream that has ended meanwhile is no error.
    private void Notified(RpcMessage message)
    {
        if (message.Method == StreamMethods.Credit && RpcCodec.TryRead(message.Params, ProtocolJson.Default.StreamCredit, out var credit, out _)
            && _streams.TryGetValue(credit.Stream, out var granted))
        {
            granted.Grant(credit.Messages);
        }
        else if (message.Method == StreamMethods.Cancel && RpcCodec.TryRead(message.Params, ProtocolJson.Default.StreamCancel, out var cancel, out _)
            && _streams.TryGetValue(cancel.Stream, out var cancelled))
        {
            cancelled.Cancel();
        }
    }

    private void Requested(RpcMessage message, long id)
    {
        switch (message.Method)
        {
            case Methods.Hello:
                With(message, id, ProtocolJson.Default.HelloParams, hello => _output.Result(id, Hello(hello), ProtocolJson.Default.HelloResult));
                break;
            case Methods.AgentStatus:
                Start(id, () => _output.Result(id, StatusReport.Of(_places), ProtocolJson.Default.AgentStatusResult));
                break;
            case Methods.ReportTail:
                With(message, id, ProtocolJson.Default.ReportTailParams, tail => Stream(
                    id, tail.Credit, stream => new ReportStream(_places, _output).Run(stream, tail)));
                break;
            case Methods.ReportAck:
                With(message, id, ProtocolJson.Default.ReportAckParams, ack => Start(id, () =>
                {
                    new DaemonClient(_places).Acknowledge(ack.Seq);
                    _output.Result(id, new Done(), ProtocolJson.Default.Done);
                }));
                break;
            case Methods.AuditPull:
                With(message, id, ProtocolJson.Default.AuditPullParams, pull => Stream(
                    id, pull.Credit, stream => new AuditStream(_places, _output).Run(stream, pull)));
                break;
            case Methods.AuditAppend:
                With(message, id, ProtocolJson.Default.AuditAppendParams, entry => Start(id, () => Append(id, entry)));
                break;
            case Methods.CrontabRead:
                With(message, id, ProtocolJson.Default.CrontabReadParams, read => Start(
                    id, () => _output.Result(id, CrontabEditing.Read(read.Table), ProtocolJson.Default.CrontabReadResult)));
                break;
            case Methods.CrontabWrite:
                With(message, id, ProtocolJson.Default.CrontabWriteParams, write => Start(id, () => Edit(id, write)));
                break;
            case Methods.CrontabSettle:
                With(message, id, ProtocolJson.Default.CrontabSettleParams, settle => Start(
                    id, () => _output.Result(id, CrontabEditing.Settle(settle), ProtocolJson.Default.CrontabReadResult)));
                break;
            case Methods.CrontabDiscover:
                With(message, id, ProtocolJson.Default.CrontabDiscoverParams, discover => Stream(
                    id, discover.Credit, stream => new DiscoveryStream(_output).Run(stream)));
                break;
            case Methods.JobRun:
                With(message, id, ProtocolJson.Default.JobRunParams, run => Stream(id, run.Credit, stream => _jobs.Run(stream, run)));
                break;
            case Methods.JobStop:
                With(message, id, ProtocolJson.Default.JobStopParams, stop =>
                {
                    if (stop.Run is { } run)
                        Start(id, () => _output.Result(id, new RunStop(_places).Stop(run, stop), ProtocolJson.Default.JobStopResult));
                    else
                        StopStream(id, stop);
                });
                break;
            case Methods.JobRunning:
                Start(id, () => _output.Result(id, RunningRuns.In(_places), ProtocolJson.Default.JobRunningResult));
                break;
            default:
                _output.Error(id, RpcErrorCode.MethodNotFound, "no such method", "this agent may be older than the console");
                break;
        }
    }

    private void With<T>(RpcMessage message, long id, JsonTypeInfo<T> type, Action<T> action)
        where T : class
    {
        if (RpcCodec.TryRead(message.Params, type, out var parameters, out var problem))
            action(parameters);
        else
            _output.Error(id, RpcErrorCode.InvalidParams, $"the parameters of {message.Method}: {problem}");
    }

    private HelloResult Hello(HelloParams hello)
    {
        var uid = Libc.geteuid();
        return new HelloResult(
            AgentVerbs.Version, Math.Min(hello.Protocol, RpcLimits.ProtocolVersion), Capabilities, HostFacts.Name, UserAccount.Of(uid).Name, uid,
            _places.Mode == AgentMode.System ? "system" : "user", _places.Data, HostFacts.Zone, TimeProvider.System.GetLocalNow());
    }

    private void StopStream(long id, JobStopParams stop) => Guard(id, () =>
    {
        _jobs.Stop(stop);
        _output.Result(id, new Done(), ProtocolJson.Default.Done);
    });

    private void Append(long id, AuditAppendParams entry)
    {
        if (entry.Event is not (AuditEvents.ConsolePulled or AuditEvents.CrontabEdited))
            throw new ProblemException("the event must be console.pulled or crontab.edited");
        _output.Result(id, new DaemonClient(_places).Append(entry), ProtocolJson.Default.AuditAppendResult);
    }

    private void Edit(long id, CrontabWriteParams write)
    {
        lock (_edits)
            _output.Result(id, _crontab.Write(write), ProtocolJson.Default.CrontabWriteResult);
    }

    private void Stream(long id, int credit, Action<OutgoingStream> run)
    {
        var stream = new OutgoingStream(id, credit);
        if (!_streams.TryAdd(id, stream))
        {
            _output.Error(id, RpcErrorCode.InvalidRequest, "a stream with this id is open");
            return;
        }

        Start(id, () =>
        {
            try
            {
                run(stream);
                _output.Notify(StreamMethods.End, new StreamEnd(id, stream.Reason), ProtocolJson.Default.StreamEnd);
            }
            catch (ProblemException e) when (stream.Opened)
            {
                _output.Notify(StreamMethods.End, new StreamEnd(id, StreamEndReason.Error, e.Message, e.Hint), ProtocolJson.Default.StreamEnd);
            }
            finally
            {
                _streams.TryRemove(id, out _);
                stream.Cancel();
            }
        });
    }

    private void Start(long id, Action action)
    {
        if (_running.Count >= MostAtOnce)
        {
            _streams.TryRemove(id, out _);
            _output.Error(id, RpcErrorCode.Problem, "too much at once on this session", "wait for an answer first");
            return;
        }

        var task = new Task(() => Guard(id, action), TaskCreationOptions.LongRunning);
        _running.TryAdd(task, 0);
        task.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
        task.Start(TaskScheduler.Default);
    }

    // A failure belongs to its request, never to the session.
    private void Guard(long id, Action action)
    {
        try
        {
            action();
        }
        catch (AuditUnavailableException e)
        {
            _output.Error(id, RpcErrorCode.AuditUnavailable, e.Message, e.Hint);
        }
        catch (ProblemException e)
        {
            _output.Error(id, e);
        }
#pragma warning disable CA1031 // Whatever it is, the console hears of it, and the session goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _output.Error(id, RpcErrorCode.InternalError, $"the agent failed: {e.GetType().Name}: {e.Message}", "report this");
        }
    }
}
