using System.Runtime.InteropServices;
using System.Text.Json;
using CcAgent.Exec;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcAgent.Sealing;
using CcAgent.Watch;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;

namespace CcAgent.Daemon;

/// <summary>`daemon`: receives reports, owns the journals; in the foreground, until SIGTERM or SIGINT.</summary>
internal sealed unsafe class DaemonVerb
{
    private readonly AgentPlaces _places;
    private readonly TimeProvider _time;
    private readonly AgentSettings _settings;
    private readonly bool _appendOnly;
    private readonly DateTimeOffset _started;

    private DaemonVerb(AgentPlaces places, AgentSettings settings, TimeProvider time, bool appendOnly) =>
        (_places, _settings, _time, _appendOnly, _started) = (places, settings, time, appendOnly, time.GetUtcNow());

    /// <param name="directory">The value of --dir.</param>
    /// <param name="settings">The value of --settings.</param>
    /// <param name="appendOnly">Whether the log is made append-only in a named directory too.</param>
    internal static int Run(string? directory, string? settings, bool appendOnly)
    {
        var places = AgentPlaces.For(directory);
        var own = places is { Mode: AgentMode.System, Named: false };
        // The places first: the settings may lie in them.
        var socketDirectory = RequirePlaces(places);
        return new DaemonVerb(places, AgentSettings.Read(places, settings), TimeProvider.System, own || appendOnly).Run(socketDirectory);
    }

    private int Run(HeldDirectory directory)
    {
        var group = _places.Mode == AgentMode.System ? Libc.GroupId(_settings.Group) : null;
        if (_places.Mode == AgentMode.User && _settings.Watch)
            TableShell.Start();
        Privileges.Limit(group, _appendOnly ? _places : null);
        if (_places is { Mode: AgentMode.System, Named: false } && group is null)
        {
            StandardStreams.Say(
                $"there is no group {_settings.Group}: users other than root hand over their reports through the spool",
                $"groupadd --system {_settings.Group}, add whom you like, and start the daemon again");
        }

        using var instance = InstanceLock.Take(_places.Data);
        ListeningSocket.RequirePlace(directory, _places.Socket, _places.Owner);
        if (!Libc.TryPipe(out var stopReading, out var stopWriting))
            throw new ProblemException($"cannot make a pipe: {Libc.ErrorText(Libc.LastError)}");
        var signal = "";
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            signal = context.Signal.ToString();
            byte one = 1;
            _ = Libc.write(stopWriting, &one, 1);
        }

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

        var notice = ServiceNotice.FromEnvironment();
        var seal = AuditSeal.For(_appendOnly);
        using var recorder = new Recorder(_places, _time, seal, _settings);
        var drain = new SpoolDrain(_places);
        using var spool = new SpoolIntake(drain, recorder);
        recorder.Begin(
            [new("version", AgentVerbs.Version), new("host", HostFacts.Name), new("boot_id", HostFacts.BootId), new("uid", _places.Owner),
            new("pid", Environment.ProcessId), new("append_only", recorder.AppendOnly),
            new("policy", _settings.Audit.PolicyName), new("ballast", recorder.Ballast.State)]);
        Admission.Leave(_places, _settings.Audit.Policy);
        drain.Begin(recorder);
        var suppressed = new SuppressedNotes(_places.Owner, recorder);
        var begun = new BegunRuns();
        using var runs = new RunWatch(_places, recorder, _time, begun);
        using var watch = _settings.Watch ? new ScheduleWatch(_places, recorder, _time) : null;
        using (var listener = ListeningSocket.Open(directory, _places.Socket, _places.Owner, group))
        {
            Say(recorder);
            notice.Started($"ready: {_places.Socket}");
            using var reception = new Reception(listener, recorder, new RequestReader(_places.Owner, () => Status(recorder), recorder.Pulled, begun, _settings.Audit.Policy == AuditPolicy.Strict));
            var parts = new List<IDaemonPart>
            {
                spool, runs, notice, suppressed, new Checkpoints(recorder), new Retention(_places, _settings.Reports, recorder, _time), new AuditKeeper(recorder),
                new ChainRetention(_places, _settings.Audit, recorder, seal, _time),
            };
            new DaemonLoop(reception, [.. parts, .. watch?.Parts ?? []], stopReading).Run();
            notice.Ending();
        }

        watch?.Stop();
        suppressed.Write();
        recorder.Note(AuditEvents.AgentStopped, [new("signal", signal), new("pid", Environment.ProcessId)]);
        recorder.Checkpoint();
        return 0;
    }

    // The socket's directory, which stays the one that was checked.
    private static HeldDirectory RequirePlaces(AgentPlaces places)
    {
        if (places.Mode != AgentMode.User || places.Named)
            return SecureDirectory.Hold(places.Data, places.Owner);
        SecureDirectory.MakePath(places.Data, places.Owner);
        return SecureDirectory.HoldMade(places.SocketDirectory, places.Owner, SecureDirectory.Private);
    }

    private void Say(Recorder recorder)
    {
        foreach (var alarm in recorder.Alarms)
            StandardStreams.Say("ALARM: the audit log: " + alarm, $"cc-agent audit verify; then, having looked, remove {_places.AuditState}/alarms");
        if (recorder.AppendOnly != AuditSeal.On)
            StandardStreams.Say("the audit log is not append-only: " + recorder.AppendOnly);
        if (recorder.Ballast is { Wanted: true, Held: false })
            StandardStreams.Say("there is no room to hold back for a full disk", $"make room on the file system of {_places.AuditState}");
        StandardStreams.Say($"ready: {_places.Socket}");
    }

    private byte[] Status(Recorder recorder)
    {
        // Who asks may be about to do what has to be recorded.
        if (recorder.Problem is not null)
            recorder.Mend();
        var answer = new DaemonAnswer(
            true, AppendOnly: recorder.AppendOnly, Audit: new AuditState(
                _settings.Audit.PolicyName, recorder.Problem, recorder.Ballast.State, Segments.FirstSeq(_places.Audit), recorder.LastCheckpoint?.Seq,
                recorder.LastCheckpoint is var (_, micros) ? UnixMicros.Time(micros) : null, recorder.Unsigned),
            Status: new DaemonStatus(Environment.ProcessId, AgentVerbs.Version, _started, Environment.WorkingSet));
        return [.. JsonSerializer.SerializeToUtf8Bytes(answer, DaemonJson.Default.DaemonAnswer), (byte)'\n'];
    }
}
