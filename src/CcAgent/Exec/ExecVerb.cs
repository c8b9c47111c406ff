using System.Buffers;
using System.Text;
using CcAgent.Daemon;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcConsole.Core;
using CcConsole.Core.Reports;

namespace CcAgent.Exec;

/// <summary>
/// `exec`: runs a job's command as if it were not there and reports the run. A failure of the reporting is said on
/// standard error, and never changes the exit code.
/// </summary>
internal sealed unsafe class ExecVerb
{
    // What a shell answers for a command that is not there, and for one that may not be run.
    private const int NotFound = 127, NotExecutable = 126;

    private const string StillOpen = "a second after the end the output was still open (held by a program left in the background) or held up "
        + "(read by nobody); what came later is not in this report";

    // What a wait handle takes is less than 25 days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly ExecOptions _options;
    private readonly byte[][] _command;
    private readonly uint _uid = Libc.geteuid();
    private readonly string _firstRunId = Convert.ToHexStringLower(RandomBytes.Get(16));
    private readonly string _socket;
    private readonly ForwardedSignals _signals;
    private string _runId;
    private int _attempt = 1;
    private DateTimeOffset _start;
    private string? _user;
    private string? _text;
    private string? _warning;
    private HeldMark? _mark;
    private bool _recorded;

    private ExecVerb(ExecOptions options, byte[][] command)
    {
        _options = options;
        _command = command;
        _runId = _firstRunId;
        _socket = options.SocketPath ?? AgentPlaces.For(null).Socket;
        // Ignored by whoever started this, it would make the job's end unknowable.
        _ = Libc.SetDisposition(Signals.Child, 0);
        _signals = new ForwardedSignals();
    }

    internal static int Run(string[] arguments)
    {
        var options = ExecOptions.Parse(arguments.AsSpan(1));
        var exitCode = new ExecVerb(options, RawArguments.Last(options.CommandLength, arguments)).Run();
        Libc._exit(exitCode);
        return exitCode;
    }

    private int Run()
    {
        const int setNoNewPrivileges = 38;
        if (!_options.AllowPrivileges && OperatingSystem.IsLinux() && Libc.prctl(setNoNewPrivileges, 1, 0, 0, 0) != 0)
            throw new ProblemException($"no-new-privileges cannot be set: {Libc.ErrorText(Libc.LastError)}", "--allow-privileges runs the job without it");
        if (_options.WorkDirectory is { } directory && Libc.chdir(directory) != 0)
            return NotStarted($"cannot change to {directory}: {Libc.ErrorText(Libc.LastError)}", NotExecutable);
        if (_options.Overlap == OverlapPolicy.Allow)
            return Attempts(null);
        OverlapLock? overlap;
        try
        {
            overlap = OverlapLock.Take(_options.JobId, _socket, _uid, _options.Overlap == OverlapPolicy.Queue);
        }
        catch (ProblemException e)
        {
            return NotStarted(
                $"whether another run of job {_options.JobId} goes on cannot be told: {e.Message}" + (e.Hint.Length > 0 ? $" ({e.Hint})" : ""), NotExecutable);
        }

        return overlap is null ? Overlapping() : Attempts(overlap);
    }

    private int Attempts(OverlapLock? overlap)
    {
        while (true)
        {
            var exitCode = Attempt(overlap, out var again);
            if (!again)
                return exitCode;
            _attempt++;
            _runId = $"{_firstRunId}.{_attempt}";
            _recorded = false;
            _warning = null;
            _mark = null;
        }
    }

    private int Attempt(OverlapLock? overlap, out bool again)
    {
        again = false;
        if (!Libc.TryPipe(out var outputReading, out var outputWriting) || !Libc.TryPipe(out var errorReading, out var errorWriting))
            return NotStarted($"cannot make a pipe: {Libc.ErrorText(Libc.LastError)}", NotExecutable);

        // A job at a terminal stays in its foreground group, else it could not read it.
        var ownGroup = Libc.isatty(StandardStreams.Input) == 0;
        _start = TimeProvider.System.GetUtcNow();
        if (Admission.IsWanted(_socket, _uid) && Unrecorded() is { } exit)
            return exit;
        int error, pid;
        using (var command = new NativeStrings(_options.Launch.IsNeeded ? _options.Launch.Before(_command) : _command))
        {
            error = ChildProcess.Start(
                command.Pointer, Libc.Environment, new ChildProcess.Setup(-1, outputWriting, errorWriting, ownGroup, PipeIgnored: Libc.PipeIgnored), out pid);
        }

        _ = Libc.close(outputWriting);
        _ = Libc.close(errorWriting);
        if (error != 0)
        {
            return NotStarted(
                $"cannot run {Encoding.UTF8.GetString(_command[0])}: {Libc.ErrorText(error)}", error == Errno.NoEntry ? NotFound : NotExecutable);
        }

        _signals.SetTarget(ownGroup ? -pid : pid);
        Warn(overlap?.Hold(pid));
        if (_uid == 0 && _options.Launch.Processes is not null)
            Warn("--limit-processes does not bind root");
        PrepareReport();
        _mark = HeldMark.Make(
            _socket, new RunMark(_options.JobId, _text!, _runId, _start, _uid, pid, 0, ownGroup, 0, 0, "") { Attempt = NumberedAttempt }, out var unmarked);
        Warn(unmarked);
        var (toOutput, toError) = _options.Mail == MailPolicy.Always ? (StandardStreams.Output, StandardStreams.Error) : (-1, -1);
        RelayedStream output = new(outputReading, toOutput), errors = new(errorReading, toError);
        var watch = new JobWatch(pid, ownGroup, output, errors, _signals, _options.Timeout, _options.KillAfter);
        var outcome = watch.Wait();
        Report(outcome, output, errors);
        again = Again(outcome);
        if (!again)
        {
            overlap?.Release();
            // After the report: whoever is to read this may be slow, or never do it.
            if (_options.Mail == MailPolicy.Failure && outcome.ExitCode != 0)
            {
                MailTail(StandardStreams.Output, output.Tail);
                MailTail(StandardStreams.Error, errors.Tail);
            }

            _signals.Release();
        }

        if (outcome.StreamsLeftOpen)
            Relay.Start(output, errors, _options.Mail == MailPolicy.Always);
        return outcome.ExitCode;
    }

    // Whoever ends a job by a signal, by way of the wrapper or not, does not want to see it begin again.
    private bool Again(JobOutcome outcome) =>
        outcome.ExitCode != 0
        && _attempt <= _options.Retries
        && (outcome.TimedOut || outcome.Signal is not (Signals.HangUp or Signals.Interrupt or Signals.Quit or Signals.Terminate or Signals.Kill))
        && !ForwardedSignals.Ended.WaitOne(_options.RetryDelay < LongestWait ? _options.RetryDelay : LongestWait);

    private int? NumberedAttempt => _options.Retries > 0 ? _attempt : null;

    // The exit code of a run that may not begin, because its start could not be recorded.
    private int? Unrecorded()
    {
        _text ??= Encoding.UTF8.GetString(Join(_command));
        var self = Environment.ProcessId;
        if (Admission.Ask(_socket, _uid, new RunMark(_options.JobId, _text, _runId, _start, _uid, self, 0, false, self, 0, "") { Attempt = NumberedAttempt }) is not { } reason)
        {
            _start = TimeProvider.System.GetUtcNow();
            return null;
        }

        var message = _signals.Ending != 0 ? $"ended by signal {_signals.Ending} while it waited for its start to be recorded"
            : $"the audit log could not be written, and the policy is strict: {reason}";
        Warn(message);
        StandardStreams.Say($"job {_options.JobId} was not begun: {message}", DaemonClient.StartHint);
        Deliver(new JobOutcome(NotExecutable, null, false, TimeSpan.Zero, false, false), new OutputTail(), new OutputTail(), null, null, "audit");
        return _signals.Ending != 0 ? 128 + _signals.Ending : NotExecutable;
    }

    // Not begun, and that is no failure: cron has nothing to mail.
    private int Overlapping()
    {
        _start = TimeProvider.System.GetUtcNow();
        Warn(_signals.Ending != 0 ? $"ended by signal {_signals.Ending} while it waited for the run before"
            : _options.Overlap == OverlapPolicy.Queue ? "the run before goes on, and another one waits for it" : "the run before goes on");
        Deliver(default, new OutputTail(), new OutputTail(), null, null, "overlap");
        return _signals.Ending != 0 ? 128 + _signals.Ending : 0;
    }

    private void Report(JobOutcome outcome, RelayedStream output, RelayedStream errors)
    {
        if (outcome.LeftKilled)
            Warn("what the command left running when its time was up was killed");
        if (outcome.StreamsLeftOpen)
            Warn(StillOpen);
        Deliver(outcome, output.Tail, errors.Tail, output.Finish(), errors.Finish());
        // Else the daemon finds it, and the run is at least known.
        if (_recorded)
            _mark?.Remove();
    }

    private void Warn(string? warning)
    {
        if (warning is not null)
            _warning = _warning is null ? warning : $"{_warning}; {warning}";
    }

    // While the job starts: what the report needs and does not depend on the job.
    private void PrepareReport()
    {
        _user = UserAccount.Of(_uid).Name;
        _text = Encoding.UTF8.GetString(Join(_command));
        // Run once without effect, so that the code and its tables are in memory when the job has ended.
        ReportWriter.Write(new ArrayBufferWriter<byte>(), Describe(default), new OutputTail(), new OutputTail());
    }

    private ExecutionReport Describe(JobOutcome outcome) => new(
        _options.JobId, _text!, outcome.ExitCode, "", "", _start, (long)outcome.Duration.TotalMilliseconds, _uid, _user!);

    private int NotStarted(string message, int exitCode)
    {
        OutputTail errors = new();
        errors.Append(Encoding.UTF8.GetBytes("cc-agent: " + message + "\n"));
        if (_start == default)
            _start = TimeProvider.System.GetUtcNow();
        Warn("the command was not started");
        Deliver(new JobOutcome(exitCode, null, false, TimeSpan.Zero, false, false), new OutputTail(), errors, null, null);
        StandardStreams.Say(message);
        return exitCode;
    }

    private void Deliver(
        JobOutcome outcome, OutputTail output, OutputTail errors, string? outputDigest, string? errorDigest, string? refused = null)
    {
        try
        {
            if (_uid == 0 && refused is null)
                _warning = _warning is null ? "ran as root" : "ran as root; " + _warning;
            _user ??= UserAccount.Of(_uid).Name;
            _text ??= Encoding.UTF8.GetString(Join(_command));
            var report = Describe(outcome) with
            {
                Warning = _warning,
                Signal = outcome.Signal,
                TimedOut = outcome.TimedOut ? true : null,
                Refused = refused,
                RunId = _runId,
                Attempt = NumberedAttempt,
                StdoutBytes = output.Total,
                StderrBytes = errors.Total,
                StdoutSha256 = outputDigest,
                StderrSha256 = errorDigest,
            };
            var buffer = new ArrayBufferWriter<byte>();
            ReportWriter.Write(buffer, report, output, errors);
            var delivery = ReportDelivery.Send(_socket, _uid, buffer.WrittenSpan, out var reason);
            _recorded = delivery is DeliveryOutcome.Recorded or DeliveryOutcome.Refused;
            switch (delivery)
            {
                case DeliveryOutcome.Refused:
                    StandardStreams.Say($"the report of job {_options.JobId} was refused: {reason}");
                    break;
                case DeliveryOutcome.NotDelivered:
                    Spool(buffer.WrittenSpan, reason);
                    break;
                case DeliveryOutcome.Unsafe:
                    StandardStreams.Say($"the report of job {_options.JobId} is not handed over: {reason}");
                    Spool(buffer.WrittenSpan, "not handed over");
                    break;
            }
        }
#pragma warning disable CA1031 // Whatever it is: the job has run, and its exit code stands.
        catch (Exception e)
#pragma warning restore CA1031
        {
            StandardStreams.Say($"the run of job {_options.JobId} could not be recorded: {e.Message}");
        }
    }

    private void Spool(ReadOnlySpan<byte> report, string reason)
    {
        try
        {
            var directory = Path.GetDirectoryName(_socket)!;
            var spool = AgentPlaces.SpoolFor(directory, _uid);
            SpoolWriter.Put(spool, _uid, _start, _runId, report);
            _recorded = true;
            SpoolBound.Keep(spool, _uid, SpoolBound.For(directory));
        }
        catch (ProblemException e)
        {
            StandardStreams.Say(
                $"the run of job {_options.JobId} is not recorded: {reason}; and it cannot wait in the spool: {e.Message}", e.Hint);
        }
    }

    private static void MailTail(int fd, OutputTail tail)
    {
        if (tail.Cut)
            StandardStreams.WriteLine(fd, $"[… {tail.Total - tail.Length} bytes before this were not kept]");
        _ = StandardStreams.WriteAll(fd, tail.ToArray());
    }

    private static byte[] Join(byte[][] command)
    {
        var buffer = new ArrayBufferWriter<byte>();
        for (var i = 0; i < command.Length; i++)
        {
            if (i > 0)
                buffer.Write(" "u8);
            buffer.Write(command[i]);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
