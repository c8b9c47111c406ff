using System.Buffers.Text;
using System.Runtime.InteropServices;
using CcAgent.Native;

namespace CcAgent.Exec;

/// <summary>
/// Passes the signals that ask a program to end, and the two user signals, on to the job's process group. One that this
/// process was started with as ignored (nohup) stays ignored, for the job as well. Lasts as long as the process.
/// </summary>
internal sealed class ForwardedSignals
{
    // The process's own, as the signals are: never disposed.
    private static readonly ManualResetEvent EndAsked = new(false);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly List<int> _forwarded = [];
    private readonly List<int> _early = [];
    private readonly Lock _lock = new();
    private int _target;
    private bool _begun;

    internal ForwardedSignals()
    {
        var ignored = Ignored();
        ReadOnlySpan<int> signals = [Signals.HangUp, Signals.Interrupt, Signals.Quit, Signals.Terminate, Signals.User1, Signals.User2];
        foreach (var signal in signals)
        {
            if ((ignored & (1UL << (signal - 1))) != 0)
                continue;
            _forwarded.Add(signal);
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, Forward));
        }
    }

    /// <summary>The first signal that asked to end; 0 when none has come.</summary>
    internal int Ending { get; private set; }

    /// <summary>Set as soon as <see cref="Ending"/> is.</summary>
    internal static WaitHandle Ended => EndAsked;

    /// <summary>Names the job: a process id, or a negative process group; signals that came before are sent now.</summary>
    internal void SetTarget(int target)
    {
        lock (_lock)
        {
            (_target, _begun) = (target, true);
            foreach (var signal in _early)
                _ = Libc.kill(target, signal);
            _early.Clear();
        }
    }

    /// <summary>The job has ended: its process id may soon be another's.</summary>
    internal void ClearTarget()
    {
        lock (_lock)
            _target = 0;
    }

    /// <summary>The run is recorded: from now on the signals end this process, which may yet wait for the output's end.</summary>
    internal void Release()
    {
        foreach (var signal in _forwarded)
            _ = Libc.SetDisposition(signal, 0);
    }

    internal void Send(int signal)
    {
        lock (_lock)
        {
            if (_target != 0)
                _ = Libc.kill(_target, signal);
        }
    }

    private void Forward(PosixSignalContext context)
    {
        context.Cancel = true;
        var signal = Number(context.Signal);
        lock (_lock)
        {
            if (Ending == 0 && signal != Signals.User1 && signal != Signals.User2)
            {
                Ending = signal;
                EndAsked.Set();
            }

            if (_target != 0)
                _ = Libc.kill(_target, signal);
            else if (!_begun)
                _early.Add(signal);
            // Between two attempts there is nobody to take it: the next one would get it before it can be ready for it.
        }
    }

    // .NET names the common signals by negative numbers of its own and passes the others on raw.
    private static int Number(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => Signals.HangUp,
        PosixSignal.SIGINT => Signals.Interrupt,
        PosixSignal.SIGQUIT => Signals.Quit,
        PosixSignal.SIGTERM => Signals.Terminate,
        _ => (int)signal,
    };

    // The mask of ignored signals, "SigIgn:" in proc_pid_status(5).
    private static ulong Ignored()
    {
        if (!OperatingSystem.IsLinux() || SmallFile.Read("/proc/self/status") is not { } status)
            return 0;
        var name = "SigIgn:\t"u8;
        var at = status.AsSpan().IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(status.AsSpan(at + name.Length), out ulong mask, out _, 'x') ? mask : 0;
    }
}
