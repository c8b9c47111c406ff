using System.Diagnostics;
using CcAgent.Native;

namespace CcAgent.Serve;

/// <summary>A command that leads a session of its own, and how it is stopped: TERM to its process group, KILL after a grace.</summary>
internal sealed unsafe class RunningJob(int pid)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private bool _ended;
    private long _killAt = long.MaxValue;

    /// <summary>Completes when nothing of a stop is left to be done; at once while there was none.</summary>
    internal Task Stopped { get; private set; } = Task.CompletedTask;

    /// <summary>Whether the command itself has ended; what it has started may still be there.</summary>
    internal bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>Waits for the command's end.</summary>
    internal (int Code, int? Signal) Wait()
    {
        var information = stackalloc byte[256];
        const int processId = 1, exited = 4;
        var noWait = OperatingSystem.IsMacOS() ? 0x20 : 0x01000000;
        while (Libc.waitid(processId, pid, information, exited | noWait) < 0 && Libc.LastError == Errno.Interrupted)
        {
        }

        lock (_lock)
        {
            // Until it is reaped its number is nobody else's.
            _ended = true;
            ChildProcess.TryWait(pid, out var code, out var signal);
            return (code, signal);
        }
    }

    internal void Signal(int signal)
    {
        lock (_lock)
        {
            if (!_ended)
                _ = Libc.kill(-pid, signal);
        }
    }

    /// <summary>Begins a stop, unless the command has ended; of a stop that has begun, the grace can be made shorter.</summary>
    internal void Stop(TimeSpan grace)
    {
        lock (_lock)
        {
            var killAt = Stopwatch.GetTimestamp() + (long)(grace.TotalSeconds * Stopwatch.Frequency);
            Volatile.Write(ref _killAt, Math.Min(killAt, _killAt));
            if (!_ended && Stopped.IsCompleted)
                Stopped = Task.Factory.StartNew(StopGroup, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    // The group keeps the number while one of its processes is there, whatever has become of its leader.
    private void StopGroup()
    {
        _ = Libc.kill(-pid, Signals.Terminate);
        using var never = new ManualResetEventSlim();
        while (Libc.kill(-pid, 0) == 0)
        {
            if (Stopwatch.GetTimestamp() >= Volatile.Read(ref _killAt))
            {
                _ = Libc.kill(-pid, Signals.Kill);
                return;
            }

            never.Wait(Step);
        }
    }
}
