using System.Diagnostics;
using CcAgent.Native;

namespace CcAgent.Exec;

/// <summary>
/// Watches one job on one thread: moves its output, enforces its time limit, notices its end. A program that the job left
/// in the background may hold the output open after it; the job's end is then told after a short grace, and the output
/// goes on being passed on, so that it loses nothing that it would not lose without a wrapper.
/// </summary>
internal sealed unsafe class JobWatch
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly int _pid;
    private readonly RelayedStream _output;
    private readonly RelayedStream _error;
    private readonly ForwardedSignals _signals;
    private readonly TimeSpan? _timeout;
    private readonly TimeSpan _killAfter;
    private readonly long _start = Stopwatch.GetTimestamp();

    internal JobWatch(
        int pid, RelayedStream output, RelayedStream error, ForwardedSignals signals, TimeSpan? timeout, TimeSpan killAfter)
    {
        (_pid, _output, _error, _signals, _timeout, _killAfter) = (pid, output, error, signals, timeout, killAfter);
    }

    /// <summary>Runs until the job has ended and its output too; tells the outcome once, as soon as it is known.</summary>
    internal void Run(Action<JobOutcome> ended)
    {
        var exit = ExitDescriptor();
        JobOutcome? outcome = null;
        TimeSpan? endedAt = null;
        var (timedOut, killed, told) = (false, false, false);
        var entries = stackalloc PollEntry[3];
        while (true)
        {
            var outputOpen = _output.Prepare(out entries[0]);
            var errorOpen = _error.Prepare(out entries[1]);
            if (!outputOpen)
                entries[0].Descriptor = -1;
            if (!errorOpen)
                entries[1].Descriptor = -1;
            entries[2] = new PollEntry { Descriptor = outcome is null ? exit : -1, Events = PollEntry.In };
            if (outcome is not null && !told && ((!outputOpen && !errorOpen) || Elapsed - endedAt >= Grace))
            {
                told = true;
                ended(outcome.Value with { StreamsLeftOpen = outputOpen || errorOpen });
                _signals.Release();
            }

            if (told && !outputOpen && !errorOpen)
                break;
            var deadline = outcome is not null ? told ? null : endedAt + Grace
                : _timeout is not { } limit ? null
                : !timedOut ? limit
                : !killed ? limit + _killAfter : (TimeSpan?)null;
            _ = Libc.poll(entries, 3, PollTimeout(deadline));

            if (entries[0].Came != 0)
                _output.Step();
            if (entries[1].Came != 0)
                _error.Step();
            if (outcome is null && ChildProcess.TryWait(_pid, out var code, out var signal))
            {
                _signals.ClearTarget();
                endedAt = Elapsed;
                outcome = new JobOutcome(code, signal, timedOut, endedAt.Value, false);
            }

            if (outcome is null && _timeout is { } allowed && Elapsed >= allowed)
            {
                if (!timedOut)
                {
                    timedOut = true;
                    _signals.Send(Signals.Terminate);
                }
                else if (!killed && Elapsed >= allowed + _killAfter)
                {
                    killed = true;
                    _signals.Send(Signals.Kill);
                }
            }
        }

        _ = Libc.close(exit);
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

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
