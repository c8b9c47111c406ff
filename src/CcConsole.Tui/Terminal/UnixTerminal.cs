using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Terminal;

/// <summary>
/// The terminal on standard input and output. Its rules: whatever ends the process, the terminal is left as it was found (its modes, the main screen, the cursor, no reports of mouse, paste or focus); giving back and
/// taking again are idempotent and safe from any thread; nothing is sent while it is given back.
/// </summary>
public sealed class UnixTerminal : ITerminal
{
    private readonly Lock _lock = new();
    private readonly byte[] _found = new byte[Libc.TermiosSize];
    private readonly List<IDisposable> _signals = [];
    private readonly LentSignals _lent = new(TimeProvider.System);

    /// <summary>Kept when this is disposed of: the terminal's end is read before the kernel tells it (twice: to the session's leader and
    /// to the group in the foreground), and must not end the program in the middle of what it does last.</summary>
    private static PosixSignalRegistration? _hangup;
    private TerminalReader? _reader;
    private TerminalWatch? _watch;
    private Action<TerminalEvent> _report = _ => { };
    private bool _entered;
    private bool _over;
    private bool _mouse;
    private bool _unambiguousKeys;

    /// <inheritdoc/>
    public Size Size
    {
        get
        {
            var (columns, rows) = Libc.WindowSize(Libc.OutputFd);
            return new Size(columns, rows);
        }
    }

    /// <inheritdoc/>
    public bool Mouse
    {
        get => _mouse;
        set
        {
            lock (_lock)
            {
                _mouse = value;
                Send(value ? TerminalModes.MouseOn : TerminalModes.MouseOff);
            }
        }
    }

    /// <inheritdoc/>
    public bool UnambiguousKeys
    {
        get => _unambiguousKeys;
        set
        {
            lock (_lock)
            {
                if (_unambiguousKeys == value)
                    return;
                _unambiguousKeys = value;
                Send(value ? TerminalModes.UnambiguousKeysOn : TerminalModes.UnambiguousKeysOff);
            }
        }
    }

    /// <inheritdoc/>
    public void Start(Action<TerminalEvent> report)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("the console runs on Linux and macOS");
        if (!Libc.IsTerminal(Libc.InputFd) || !Libc.IsTerminal(Libc.OutputFd))
            throw new IOException("standard input and output are not a terminal");
        _report = report;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        RegisterSignals();
        _watch = TerminalWatch.Start();
        Enter();
    }

    /// <inheritdoc/>
    public unsafe void Enter()
    {
        lock (_lock)
        {
            _lent.TakeBack();
            if (_entered || _over)
                return;
            fixed (byte* found = _found)
            {
                if (Libc.tcgetattr(Libc.InputFd, found) != 0)
                    throw new IOException($"the terminal's mode cannot be read (tcgetattr: error {Marshal.GetLastPInvokeError()})");
            }
            _watch?.Tell(taken: true);
            SetRawMode();
            _entered = true;
            Send(TerminalModes.Enter);
            if (_mouse)
                Send(TerminalModes.MouseOn);
            if (_unambiguousKeys)
                Send(TerminalModes.UnambiguousKeysOn);
            _reader = new TerminalReader(bytes => _report(new InputRead(bytes)), () => _report(new EndRequested(128 + 1)));
        }
    }

    /// <inheritdoc/>
    public void Lend()
    {
        _lent.Lend();
        GiveBack();
    }

    /// <inheritdoc/>
    public void Leave()
    {
        _over = true;
        GiveBack();
    }

    private unsafe void GiveBack()
    {
        lock (_lock)
        {
            if (!_entered)
                return;
            var reader = _reader;
            _reader = null;
            // Before the input is dropped: a reader that has just heard of some would wait for more, and take it from the program that runs next.
            reader?.Stop();
            if (_unambiguousKeys)
                Send(TerminalModes.UnambiguousKeysOff);
            Send(TerminalModes.Leave);
            _entered = false;
            // What the mouse or the terminal still sent must not appear on the shell's command line.
            Libc.DropInput();
            fixed (byte* found = _found)
                Libc.tcsetattr(Libc.InputFd, Libc.SetNow, found);
            _watch?.Tell(taken: false);
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
            Send(bytes);
    }

    /// <inheritdoc/>
    public void Suspend()
    {
        GiveBack();
        _ = Libc.kill(Environment.ProcessId, Libc.SigStop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Leave();
        foreach (var signal in _signals)
            signal.Dispose();
        _signals.Clear();
        _watch?.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
    }

    [UnsupportedOSPlatform("windows")]
    private void RegisterSignals()
    {
        _hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => OnEnd(context, 128 + 1));
        foreach (var (signal, number) in ((PosixSignal, int)[])[(PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)])
            _signals.Add(PosixSignalRegistration.Create(signal, context => OnEnd(context, 128 + number)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
        {
            context.Cancel = true;
            Suspend();
        }));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, context =>
        {
            // Not cancelled, the runtime would put its own idea of the terminal's mode back.
            context.Cancel = true;
            try
            {
                OnContinued();
            }
            catch (IOException)
            {
                // A hangup brings SIGCONT as well, to a terminal that is no more.
                _report(new EndRequested(128 + 1));
            }
        }));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _report(new SizeChanged())));
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (!_entered)
            return;
        switch (TerminalWriter.Write(bytes))
        {
            case TerminalWriter.Outcome.Gone:
                _report(new EndRequested(128 + 1));
                break;
            case TerminalWriter.Outcome.Stalled:
                // What was dropped is painted again, as after a stop.
                _report(new Resumed());
                break;
        }
    }

    private unsafe void SetRawMode()
    {
        var raw = stackalloc byte[Libc.TermiosSize];
        _found.CopyTo(new Span<byte>(raw, Libc.TermiosSize));
        Libc.cfmakeraw(raw);
        if (Libc.tcsetattr(Libc.InputFd, Libc.SetNow, raw) != 0)
            throw new IOException($"the terminal's mode cannot be set (tcsetattr: error {Marshal.GetLastPInvokeError()})");
    }

    private void OnContinued()
    {
        lock (_lock)
        {
            // The program that has the terminal meanwhile goes on with it.
            if (_lent.IsLent)
                return;
            // Stopped by SIGSTOP from outside, the shell has set its own mode meanwhile.
            if (_entered)
            {
                SetRawMode();
                Send(TerminalModes.Enter);
                if (_mouse)
                    Send(TerminalModes.MouseOn);
            }
        }
        Enter();
        _report(new Resumed());
    }

    private void OnEnd(PosixSignalContext context, int exitCode)
    {
        // The loop has ended: what remains to be done can be interrupted as in any program.
        context.Cancel = !_over || context.Signal == PosixSignal.SIGHUP;
        if (_over)
            return;
        if (context.Signal is (PosixSignal.SIGINT or PosixSignal.SIGQUIT) && _lent.Takes())
            return;
        GiveBack();
        _report(new EndRequested(exitCode));
        _ = EndIfStuck(exitCode);
    }

    /// <summary>The loop ends by itself unless something on its thread hangs.</summary>
    private async Task EndIfStuck(int exitCode)
    {
        await Task.Delay(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        if (!_over)
            Environment.Exit(exitCode);
    }

    private void OnExit(object? sender, EventArgs e) => GiveBack();

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs e) => GiveBack();
}
