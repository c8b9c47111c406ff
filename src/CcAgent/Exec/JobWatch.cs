using System.Diagnostics;
using CcAgent.Native;

namespace CcAgent.Exec;

/// <summary>
/// Watches one job on one thread: moves its output, enforces its time limit, notices its end. A program that the job left
/// in the background may hold the output open after it; the job's end is then told after a short grace (see <see cref="Relay"/>).
/// </summary>
internal sealed unsafe class JobWatch
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1), GroupStep = TimeSpan.FromMilliseconds(50);

    private readonly int _pid;
    private readonly int _group;
    private readonly RelayedStream _output;
    private readonly RelayedStream _error;
    private readonly ForwardedSignals _signals;
    private readonly TimeSpan? _timeout;
    private readonly TimeSpan _killAfter;
    private readonly int _exit;
    private readonly long _start = Stopwatch.GetTimestamp();
    private JobOutcome? _outcome;
    private TimeSpan? _gone;
    private bool _timedOut;
    private bool _killed;

    /// <param name="pid">The job.</param>
    /// <param name="ownGroup">Whether it leads a process group of its own.</param>
    /// <param name="output">Its standard output.</param>
    /// <param name="error">Its standard error.</param>
    /// <param name="signals">What is told when the job's number is no longer its own.</param>
    /// <param name="timeout">How long it may run; null for as long as it takes.</param>
    /// <param name="killAfter">How long after SIGTERM whatever is left of it is killed.</param>
    internal JobWatch(
        int pid, bool ownGroup, RelayedStream output, RelayedStream error, ForwardedSignals signals, TimeSpan? timeout, TimeSpan killAfter)
    {
        (_pid, _output, _error, _signals, _timeout, _killAfter) = (pid, output, error, signals, timeout, killAfter);
        _group = ownGroup ? -pid : 0;
        _exit = ExitDescriptor();
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    // While one of the group lives, no other process or group gets its number.
    private bool GroupLeft => _timedOut && !_killed && _group != 0 && Libc.kill(_group, 0) == 0;

    /// <summary>Waits until the job has ended, and its output or the grace after it too.</summary>
    internal JobOutcome Wait()
    {
        while (true)
        {
            var open = Step();
            if (_gone is { } gone && (!open || Elapsed - gone >= Grace))
            {
                _ = Libc.close(_exit);
                return _outcome!.Value with { StreamsLeftOpen = open };
            }
        }
    }

    private TimeSpan? Deadline() =>
        _gone is { } gone ? gone + Grace
        : _timeout is not { } limit || (_killed && _outcome is null) ? null
        : !_timedOut ? limit
        : _outcome is null ? limit + _killAfter
        : Elapsed + GroupStep;

    // False when both streams are at their end.
    private bool Step()
    {
        var entries = stackalloc PollEntry[3];
        var outputOpen = _output.Prepare(out entries[0]);
        var errorOpen = _error.Prepare(out entries[1]);
        if (!outputOpen)
            entries[0].Descriptor = -1;
        if (!errorOpen)
            entries[1].Descriptor = -1;
        entries[2] = new PollEntry { Descriptor = _outcome is null ? _exit : -1, Events = PollEntry.In };
        if (!outputOpen && !errorOpen && _gone is not null)
            return false;

        _ = Libc.poll(entries, 3, PollTimeout(Deadline()));
        if (entries[0].Came != 0)
            _output.Step();
        if (entries[1].Came != 0)
            _error.Step();
        if (_gone is null)
            Look();
        return _output.Prepare(out _) | _error.Prepare(out _);
    }

    private void Look()
    {
        if (_outcome is null && ChildProcess.TryWait(_pid, out var code, out var signal))
        {
            _signals.ClearTarget();
            _outcome = new JobOutcome(code, signal, _timedOut, Elapsed, false, false);
        }

        if (_timeout is { } limit && Elapsed >= limit)
        {
            if (_outcome is null && !_timedOut)
            {
                _timedOut = true;
                _signals.Send(Signals.Terminate);
            }
            else if (_timedOut && !_killed && Elapsed >= limit + _killAfter)
            {
                // The job itself may have obeyed and what it started not: all of them get it.
                if (_outcome is null)
                    _signals.Send(Signals.Kill);
                else if (GroupLeft && Libc.kill(_group, Signals.Kill) == 0)
                    _outcome = _outcome.Value with { LeftKilled = true };
                _killed = true;
            }
        }

        if (_outcome is not null && !GroupLeft)
            _gone = Elapsed;
    }

    private int PollTimeout(TimeSpan? deadline) => deadline is not { } at ? -1
        : (int)Math.Clamp(Math.Ceiling((at - Elapsed).TotalMilliseconds), 0, int.MaxValue);

    // A descriptor that becomes readable when the job ends: the kernel's, or a pipe written to by a thread that waits.
    private int ExitDescriptor()
    {
        var descriptor = Libc.ProcessDescriptor(_pid);
        if (descriptor >= 0 || !Libc.TryPipe(out var reading, out var writing))
            return descriptor;
        var pid = _pid;
        new Thread(() =>
        {
            var information = stackalloc byte[256];
            const int processId = 1, noWait = 0x01000000;
            var exited = OperatingSystem.IsMacOS() ? 0x20 | 4 : noWait | 4;
            while (Libc.waitid(processId, pid, information, exited) < 0 && Libc.LastError == Errno.Interrupted)
            {
            }

            _ = Libc.close(writing);
        })
        { IsBackground = true }.Start();
        return reading;
    }
}
