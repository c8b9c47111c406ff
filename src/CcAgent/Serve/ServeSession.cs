using System.Runtime.InteropServices;
using System.Text.Json.Serialization.Metadata;
using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcAgent.Status;
using CcAgent.Verbs;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>One session with a console: reads its messages and answers them. What may take long has a thread of its own.</summary>
internal sealed class ServeSession
{
    // Its script is given a minute, and as long again for taking it back or settling it.
    private static readonly TimeSpan LongestEdit = TimeSpan.FromMinutes(3);

    private static readonly string[] Capabilities =
    [
        Methods.Hello, Methods.ReportTail, Methods.ReportAck, Methods.AuditPull, Methods.AuditAppend, Methods.CrontabRead, Methods.CrontabWrite, Methods.CrontabSettle, Methods.CrontabDiscover,
        Methods.JobRun, Methods.JobStop, Methods.JobRunning, Methods.AgentStatus,
    ];

    // What a shell exits with for a command that it found and may not run.
    private const int CannotRun = 126;

    private readonly AgentPlaces _places;
    private readonly MessageOutput _output = new();
    private readonly JobRuns _jobs;
    private readonly CrontabEditing _crontab;
    private readonly ServePolicy _policy;
    private readonly RefusedRequests _refused;
    private readonly RunningRequests _running;
    private readonly OwnExecutable _executable = new();
    private readonly Lock _edits = new();
    private bool _toldReplaced;
    private volatile bool _leaving;

    internal ServeSession(AgentPlaces places, ServePolicy policy)
    {
        (_places, _policy) = (places, policy);
        _refused = new RefusedRequests(places, policy.Name ?? "");
        _running = new RunningRequests(_output);
        _jobs = new JobRuns(_output);
        _crontab = new CrontabEditing(places);
    }

    /// <summary>Runs until the console closes its end; then streams end, and jobs with them.</summary>
    /// <returns>The exit code.</returns>
    internal unsafe int Run()
    {
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Leave);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave);
        new Thread(_crontab.SettleAll) { IsBackground = true }.Start();
        var framer = new LineFramer();
        var spoken = false;
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
                    spoken |= Handle(line.Span);
            }
        }

        _running.End();
        if (spoken || _policy.Name is null)
            return 0;
        // The command that the client named is not looked at; whoever expected that it would run is told.
        StandardStreams.Say($"this key is for the console alone (--policy {_policy.Name}): no command is run, and there is no shell", "use another key for that");
        return CannotRun;
    }

    // Who ends this process gives it two seconds: a job is not left behind. An edit in progress is ended and recorded, however
    // long its script takes; who does not wait for that kills this process, and what was noted of the edit is settled later.
    private void Leave(PosixSignalContext context)
    {
        context.Cancel = true;
        _leaving = true;
        _jobs.StopAll(TimeSpan.FromSeconds(1));
        _ = _edits.TryEnter(LongestEdit);
        Libc._exit(128 + (context.Signal == PosixSignal.SIGHUP ? Signals.HangUp : Signals.Terminate));
    }

    // Whether it was a message at all.
    private bool Handle(ReadOnlySpan<byte> line)
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
        return message is not null;
    }

    // A stream that has ended meanwhile is no error.
    private void Notified(RpcMessage message)
    {
        if (message.Method == StreamMethods.Credit && RpcCodec.TryRead(message.Params, ProtocolJson.Default.StreamCredit, out var credit, out _)
            && _running.Find(credit.Stream) is { } granted)
        {
            granted.Grant(credit.Messages);
        }
        else if (message.Method == StreamMethods.Cancel && RpcCodec.TryRead(message.Params, ProtocolJson.Default.StreamCancel, out var cancel, out _)
            && _running.Find(cancel.Stream) is { } cancelled)
        {
            cancelled.Cancel();
        }
    }

    private void Requested(RpcMessage message, long id)
    {
        if (!_toldReplaced && _executable.IsReplaced)
        {
            _toldReplaced = true;
            _output.Notify(AgentNotices.Replaced, new Done(), ProtocolJson.Default.Done);
        }

        if (_policy.Refuses(message.Method))
        {
            Refuse(message.Method!, id);
            return;
        }

        switch (message.Method)
        {
            case Methods.Hello:
                With(message, id, ProtocolJson.Default.HelloParams, hello => _output.Result(id, Hello(hello), ProtocolJson.Default.HelloResult));
                break;
            case Methods.AgentStatus:
                _running.Start(id, () => _output.Result(id, StatusReport.Of(_places), ProtocolJson.Default.AgentStatusResult));
                break;
            case Methods.ReportTail:
                With(message, id, ProtocolJson.Default.ReportTailParams, tail => _running.Stream(
                    id, tail.Credit, stream => new ReportStream(_places, _output).Run(stream, tail)));
                break;
            case Methods.ReportAck:
                With(message, id, ProtocolJson.Default.ReportAckParams, ack => _running.Start(id, () =>
                {
                    new DaemonClient(_places).Acknowledge(ack.Seq);
                    _output.Result(id, new Done(), ProtocolJson.Default.Done);
                }));
                break;
            case Methods.AuditPull:
                With(message, id, ProtocolJson.Default.AuditPullParams, pull => _running.Stream(
                    id, pull.Credit, stream => new AuditStream(_places, _output).Run(stream, pull)));
                break;
            case Methods.AuditAppend:
                With(message, id, ProtocolJson.Default.AuditAppendParams, entry => _running.Start(id, () => Append(id, entry)));
                break;
            case Methods.CrontabRead:
                With(message, id, ProtocolJson.Default.CrontabReadParams, read => _running.Start(
                    id, () => _output.Result(id, CrontabEditing.Read(read.Table), ProtocolJson.Default.CrontabReadResult)));
                break;
            case Methods.CrontabWrite:
                With(message, id, ProtocolJson.Default.CrontabWriteParams, write => _running.Start(id, () => Edit(id, write)));
                break;
            case Methods.CrontabSettle:
                With(message, id, ProtocolJson.Default.CrontabSettleParams, settle => _running.Start(
                    id, () => _output.Result(id, _crontab.Settle(settle), ProtocolJson.Default.CrontabReadResult)));
                break;
            case Methods.CrontabDiscover:
                With(message, id, ProtocolJson.Default.CrontabDiscoverParams, discover => _running.Stream(
                    id, discover.Credit, stream => new DiscoveryStream(_output).Run(stream)));
                break;
            case Methods.JobRun:
                With(message, id, ProtocolJson.Default.JobRunParams, run => _running.Stream(id, run.Credit, stream => RunNow(stream, run)));
                break;
            case Methods.JobStop:
                With(message, id, ProtocolJson.Default.JobStopParams, stop =>
                {
                    if (stop.Run is { } run)
                        _running.Start(id, () => _output.Result(id, new RunStop(_places).Stop(run, stop), ProtocolJson.Default.JobStopResult));
                    else
                        StopStream(id, stop);
                });
                break;
            case Methods.JobRunning:
                _running.Start(id, () => _output.Result(id, RunningRuns.In(_places), ProtocolJson.Default.JobRunningResult));
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

    private void Refuse(string method, long id)
    {
        _output.Error(
            id, RpcErrorCode.Refused, $"refused by the host's policy for this key: {_policy.Name} does not allow {PlainText.Of(method)}",
            $"connect by another key, or have the host's administrator change --policy {_policy.Name} in its authorized_keys");
        if (_refused.IsNew(method))
            _running.Start(id, () => _refused.Record(method));
    }

    private HelloResult Hello(HelloParams hello)
    {
        var uid = Libc.geteuid();
        _refused.Client = hello.Client;
        return new HelloResult(
            AgentVerbs.Version, Math.Min(hello.Protocol, RpcLimits.ProtocolVersion), _policy.Capabilities, HostFacts.Name, UserAccount.Of(uid).Name, uid,
            _places.Mode == AgentMode.System ? "system" : "user", _places.Data, HostFacts.Zone, TimeProvider.System.GetLocalNow(),
            _policy.Name, Environment.ProcessPath);
    }

    private void StopStream(long id, JobStopParams stop) => _running.Guard(id, () =>
    {
        _jobs.Stop(stop);
        _output.Result(id, new Done(), ProtocolJson.Default.Done);
    });

    // Under the policy "strict" no run begins that could not be recorded, by whomever.
    private void RunNow(OutgoingStream stream, JobRunParams run)
    {
        if (Admission.IsWanted(_places.Socket, _places.Owner) && new DaemonClient(_places).AuditProblem() is { } reason)
            throw new AuditUnavailableException($"nothing was run, because the audit log could not be written, and the host's policy is strict: {reason}", DaemonClient.StartHint);
        _jobs.Run(stream, run);
    }

    private void Append(long id, AuditAppendParams entry)
    {
        // What else a console does here is done by this agent, which then says so itself; but for what is done with the agent,
        // which only a login can that may do more than speak to it.
        if (entry.Event is not (AuditEvents.ConsolePulled or AuditEvents.WitnessHead) && (_policy.Name is not null || !AuditEvents.IsOfInstallation(entry.Event)))
            throw new ProblemException("the event must be console.pulled or witness.head, or by a login what was done with the agent");
        _output.Result(id, new DaemonClient(_places).Append(entry), ProtocolJson.Default.AuditAppendResult);
    }

    private void Edit(long id, CrontabWriteParams write)
    {
        lock (_edits)
        {
            if (_leaving)
                throw new ProblemException("nothing was written, because the session ends", "Connect again");
            _output.Result(id, _crontab.Write(write), ProtocolJson.Default.CrontabWriteResult);
        }
    }
}
