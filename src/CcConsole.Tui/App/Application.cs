using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Terminal;
using CcConsole.Tui.Theming;

namespace CcConsole.Tui.App;

/// <summary>
/// The loop. Its rules: one thread, the one that calls <see cref="Run"/>, owns all state; everything else (input,
/// signals, pollers) posts to one queue; after what was posted has run, the screen is drawn if anything changed: at
/// once for a person's input, at most 30 times a second on the whole. <c>await</c> on the UI thread comes back to it.
/// The first frame waits for nothing: what the terminal answers later only improves the later ones.
/// </summary>
public sealed class Application : IDisposable
{
    /// <summary>The questions to the terminal: synchronized updates, keyboard protocol, ground; device attributes end them.</summary>
    private static ReadOnlySpan<byte> Questions => "\e[?2026$p\e[?u\e]11;?\e\\\e[c"u8;

    private readonly ITerminal _terminal;
    private readonly ApplicationOptions _options;
    private readonly WorkQueue _queue = new();
    private readonly TimerQueue _timers;
    private readonly FramePacer _pacer;
    private readonly InputParser _parser;
    private readonly DoubleClick _doubleClick;
    private readonly DiffRenderer _renderer;
    private readonly Frame _frame;
    private IView? _root;
    private long _lastInput;
    private bool _dirty = true;
    private bool _urgent = true;
    private bool _resized;
    private int? _exitCode;

    /// <param name="terminal">The terminal; disposed by the caller.</param>
    /// <param name="options">Themes, colours, clock.</param>
    /// <exception cref="ThemeFormatException">The theme to start with cannot be used.</exception>
    public Application(ITerminal terminal, ApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        ArgumentNullException.ThrowIfNull(options);
        _terminal = terminal;
        _options = options;
        Time = options.Time;
        _timers = new TimerQueue(Time);
        _pacer = new FramePacer(Time);
        _doubleClick = new DoubleClick(Time);
        _parser = new InputParser(Dispatch);
        var styles = new StyleTable();
        var pool = new GlyphPool();
        var theme = options.Theme is { } name
            ? options.Themes.Resolve(name, styles, options.Depth)
            : BasicTheme.Resolve(styles, options.Depth);
        _frame = new Frame(terminal.Size, styles, pool, theme, options.Ascii ? GlyphSet.Ascii : GlyphSet.Unicode);
        _renderer = new DiffRenderer(styles, pool) { Depth = options.Depth };
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>What the terminal answered so far.</summary>
    public TerminalCapabilities Capabilities { get; private set; } = new();

    /// <summary>The terminal answered; on the UI thread. For choosing a light or dark theme by its ground, for example.</summary>
    public Action? CapabilitiesChanged { get; set; }

    /// <summary>The theme in use.</summary>
    public Theme Theme => _frame.Theme;

    /// <summary>The themes to choose from.</summary>
    public ThemeLibrary Themes => _options.Themes;

    /// <summary>The size of the screen.</summary>
    public Size Size => _frame.Grid.Size;

    /// <summary>Whether the mouse is reported; off (F6) leaves it to the terminal for selecting text.</summary>
    public bool Mouse
    {
        get => _terminal.Mouse;
        set => _terminal.Mouse = value;
    }

    /// <summary>Switches to a theme of the library.</summary>
    /// <exception cref="ThemeFormatException">It cannot be used; the former one stays.</exception>
    public void UseTheme(string name)
    {
        _frame.Theme = Themes.Resolve(name, _frame.Styles, _options.Depth);
        Invalidate();
    }

    /// <summary>Runs an action on the UI thread, after what is queued, and draws. From any thread.</summary>
    public void Post(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _queue.Post(() =>
        {
            action();
            _dirty = true;
        });
    }

    /// <summary>Asks for a drawing. From any thread.</summary>
    public void Invalidate() => _queue.Post(() => _dirty = true);

    /// <summary>Repaints everything, as Ctrl+L does. On the UI thread.</summary>
    public void Repaint()
    {
        _renderer.Invalidate();
        _dirty = _urgent = true;
    }

    /// <summary>Runs an action on the UI thread once, after a time. Disposing cancels it. On the UI thread.</summary>
    public IDisposable After(TimeSpan delay, Action action) => _timers.Add(delay, null, action);

    /// <summary>Runs an action on the UI thread again and again. Disposing ends it. On the UI thread.</summary>
    public IDisposable Every(TimeSpan period, Action action) => _timers.Add(period, period, action);

    /// <summary>Ends <see cref="Run"/>, which returns the code. From any thread.</summary>
    public void Quit(int exitCode = 0) => _queue.Post(() => _exitCode ??= exitCode);

    /// <summary>Gives the terminal back and stops the process until it is continued. On the UI thread.</summary>
    public void Suspend() => _terminal.Suspend();

    /// <summary>Runs something that needs the terminal for itself, such as an editor. On the UI thread, which waits for it.</summary>
    public T Outside<T>(Func<T> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _terminal.Lend();
        try
        {
            return run();
        }
        finally
        {
            _terminal.Enter();
            _resized = true;
            Repaint();
        }
    }

    /// <summary>Copies text to the clipboard of the terminal (OSC 52). Whether the terminal obeys cannot be known.</summary>
    public void Copy(string text)
    {
        var base64 = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
        _terminal.Write(System.Text.Encoding.ASCII.GetBytes($"\e]52;c;{base64}\a"));
    }

    /// <summary>Takes over the terminal and runs until <see cref="Quit"/>, a signal, or the end of the terminal.</summary>
    /// <returns>The exit code: 128 and the signal's number for a signal.</returns>
    public int Run(IView root)
    {
        var former = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new UiContext(this));
        try
        {
            Start(root);
            while (Step() is null)
                _queue.Wait(NextDue());
            return _exitCode ?? 0;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(former);
            _terminal.Leave();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    internal void Start(IView root)
    {
        ArgumentNullException.ThrowIfNull(root);
        _root = root;
        _terminal.Mouse = _options.Mouse;
        _terminal.Start(Report);
        _resized = true;
        _terminal.Write(Questions);
    }

    internal bool IsDirty => _dirty || _resized;

    /// <summary>Does what is due now, without waiting; the exit code once there is one.</summary>
    internal int? Step()
    {
        while (_exitCode is null && _queue.TryTake(out var work))
            work();
        if (_parser.Patience is { } patience && Time.GetElapsedTime(_lastInput) >= patience)
            _parser.Flush();
        if (_timers.RunDue())
            _dirty = true;
        if (_exitCode is null && (_dirty || _resized) && _pacer.MayDraw(_urgent))
            Draw();
        return _exitCode;
    }

    private TimeSpan NextDue()
    {
        var due = _timers.NextDue();
        if (_dirty || _resized)
            due = Sooner(due, _pacer.NextDue(_urgent));
        if (_parser.Patience is { } patience)
            due = Sooner(due, patience - Time.GetElapsedTime(_lastInput));
        return due ?? Timeout.InfiniteTimeSpan;

        static TimeSpan? Sooner(TimeSpan? a, TimeSpan b) => a is { } first && first < b ? first : b;
    }

    private void Draw()
    {
        if (_resized && _terminal.Size != _frame.Grid.Size)
        {
            _frame.Grid.Resize(_terminal.Size);
            _root!.Handle(new ResizeEvent(_frame.Grid.Size));
        }
        if (_frame.Pool.IsFull)
        {
            _frame.Pool.Clear();
            _renderer.Invalidate();
        }
        _resized = _dirty = _urgent = false;
        _root!.Draw(_frame.Begin());
        var bytes = _renderer.Render(_frame.Grid, _frame.Cursor);
        if (!bytes.IsEmpty)
            _terminal.Write(bytes);
        _pacer.Drawn();
    }

    private void Report(TerminalEvent what)
    {
        _queue.Post(() =>
        {
            switch (what)
            {
                case InputRead input:
                    _lastInput = Time.GetTimestamp();
                    _parser.Feed(input.Bytes.Span);
                    break;
                case SizeChanged:
                    _resized = true;
                    break;
                case Resumed:
                    _resized = true;
                    Repaint();
                    break;
                case EndRequested end:
                    _exitCode ??= end.ExitCode;
                    break;
            }
        });
    }

    private void Dispatch(InputEvent input)
    {
        if (input is ReplyEvent reply)
        {
            Capabilities = Capabilities.With(reply);
            _renderer.Synchronized = Capabilities.SynchronizedUpdates;
            if (reply.Kind == ReplyKind.KeyboardFlags)
                _terminal.UnambiguousKeys = true;
            CapabilitiesChanged?.Invoke();
            _dirty = true;
            return;
        }
        if (input is MouseEvent mouse)
            input = _doubleClick.Count(mouse);
        _dirty = _urgent = true;
        if (_root!.Handle(input) || input is not KeyEvent { Key: var key })
            return;
        if (key == Key.Ctrl('c'))
            _exitCode ??= 0;
        else if (key == Key.Ctrl('l'))
            Repaint();
        else if (key == Key.Ctrl('z'))
            Suspend();
    }
}
