using CcConsole.Commands;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Monitoring;
using CcConsole.Tui.App;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Screens;

/// <summary>
/// Everything around a screen: the way here, what runs, what is asked, what came of it. It gives each event to the first that has a
/// use for it: a popup, a command's key, the screen. No host is waited for here: work on hosts runs in <see cref="Operations"/>.
/// </summary>
internal sealed class Shell : IView
{
    private static readonly Predicate<Popup> IsClosed = popup => popup.IsClosed;
    private static readonly TimeSpan TwiceWithin = TimeSpan.FromSeconds(2);
    private readonly List<Screen> _screens = [];
    private readonly List<Popup> _popups = [];
    private readonly Chrome _chrome;
    private long? _interruptedAt;
    private int _seconds;

    /// <param name="application">The loop.</param>
    /// <param name="fleet">The hosts.</param>
    /// <param name="settings">What the person set.</param>
    public Shell(Application application, FleetControl fleet, ConsoleSettings settings)
    {
        Application = application;
        Fleet = fleet;
        Settings = settings;
        Toasts = new Toasts(application, StatusLook.Of(Status.Fail).Mark(settings.Ascii));
        Operations = new Operations(application, Toasts);
        Snapshot = fleet.Monitor.Current;
        _chrome = new Chrome(this);
        _screens.Add(new FleetScreen(this));
        fleet.Monitor.Changed += OnFleetChanged;
        fleet.Own.Failed += problem => application.Post(() => Toasts.Fail(problem));
        Top.Enter();
        application.Every(TimeSpan.FromSeconds(1), Tick);
    }

    /// <summary>The loop.</summary>
    public Application Application { get; }

    /// <summary>The hosts.</summary>
    public FleetControl Fleet { get; }

    /// <summary>What the person set.</summary>
    public ConsoleSettings Settings { get; }

    /// <summary>The fleet as it was seen last.</summary>
    public FleetSnapshot Snapshot { get; private set; }

    /// <summary>What came of things.</summary>
    public Toasts Toasts { get; }

    /// <summary>What runs.</summary>
    public Operations Operations { get; }

    /// <summary>The way here, from the root.</summary>
    public IReadOnlyList<Screen> Screens => _screens;

    /// <summary>The screen that is shown.</summary>
    public Screen Top => _screens[^1];

    /// <summary>Now.</summary>
    public DateTimeOffset Now => Application.Time.GetUtcNow();

    /// <summary>Whether only ASCII may be shown.</summary>
    public bool Ascii => Settings.Ascii;

    /// <summary>Why nothing can be changed; null when it can.</summary>
    public string? WhyReadOnly => Snapshot.IsReadOnly ? "this console is read-only" : null;

    /// <summary>Opens a screen above the one that is shown.</summary>
    public void Push(Screen screen)
    {
        _screens.Add(screen);
        screen.Enter();
        _chrome.Changed();
    }

    /// <summary>Goes back until a screen is shown again; the root at last.</summary>
    public void BackTo(int level)
    {
        while (_screens.Count > level + 1 && _screens.Count > 1)
        {
            var left = Top;
            _screens.RemoveAt(_screens.Count - 1);
            left.Dispose();
        }
        Top.Update();
        Top.Enter();
        _chrome.Changed();
    }

    /// <summary>Goes back to a level, unless something would be lost on the way; then says what.</summary>
    /// <returns>Whether it went.</returns>
    public bool TryBackTo(int level)
    {
        foreach (var screen in _screens.Skip(level + 1))
        {
            if (screen.WhyStay is not { } reason)
                continue;
            Toasts.Fail(reason.What, reason.Hint);
            return false;
        }
        BackTo(level);
        return true;
    }

    /// <summary>Shows a pane: one screen above the root, whatever was there.</summary>
    public void Jump(Func<Screen?> make)
    {
        if (TryBackTo(0) && make() is { } pane)
            Push(pane);
    }

    /// <summary>One level back: within the screen, then the screen, at the root nothing.</summary>
    /// <returns>Whether there was a level.</returns>
    public bool Back()
    {
        if (Top.Back())
        {
            _chrome.Changed();
            return true;
        }
        if (_screens.Count == 1)
            return false;
        BackTo(_screens.Count - 2);
        return true;
    }

    /// <summary>Asks something; the answer comes when the person gave it.</summary>
    public Task<T?> AskAsync<T>(Popup<T> popup)
    {
        _popups.Add(popup);
        Application.Invalidate();
        return popup.Answer;
    }

    /// <summary>Asks something as soon as nothing else is asked.</summary>
    public Task<T?> AskBehindAsync<T>(Popup<T> popup)
    {
        _popups.Insert(0, popup);
        Application.Invalidate();
        return popup.Answer;
    }

    /// <summary>Opens something to look at.</summary>
    public void Show(Popup popup) => _popups.Add(popup);

    /// <summary>Runs a command where it can be run; else says why not.</summary>
    public void Run(ConsoleCommand command)
    {
        if (command.WhyNot(Top) is { } reason)
            Toasts.Fail($"{command.Name}: {reason}");
        else
            command.Run(Top);
        _chrome.Changed();
    }

    /// <summary>Asks whether to quit, and quits.</summary>
    public async void AskToQuit()
    {
        var running = Operations.Newest is { } what ? $"\n\nStill running: {what}" : "";
        if (await AskAsync(new Question("Quit?", $"Leave CcConsole? Jobs and hosts go on without it.{running}", "Quit", "Stay")) == 1)
            Quit();
    }

    /// <summary>Quits.</summary>
    public void Quit()
    {
        Operations.CancelAll();
        Application.Quit();
    }

    /// <summary>The hints or the title of the screen that is shown may have changed.</summary>
    public void ChromeChanged() => _chrome.Changed();

    /// <inheritdoc/>
    public void Draw(Canvas canvas)
    {
        _popups.RemoveAll(IsClosed);
        _chrome.Draw(canvas, _popups.Count > 0 ? _popups[^1] : null);
    }

    /// <inheritdoc/>
    public bool Handle(InputEvent input)
    {
        Toasts.Touch();
        try
        {
            return HandleInner(input);
        }
        catch (ProblemException problem)
        {
            // Of the cache or the list of hosts: what fails on a host is told by its operation.
            Toasts.Fail(problem);
            return true;
        }
        finally
        {
            _popups.RemoveAll(IsClosed);
        }
    }

    private bool HandleInner(InputEvent input)
    {
        if (input is ResizeEvent or FocusEvent)
            return true;
        if (input is KeyEvent { Key: var pressed } && pressed == Key.Ctrl('c'))
            return Interrupt();
        if (_popups.Count > 0)
        {
            if (input is KeyEvent { Key: var key } && (key == Key.Ctrl('l') || key == Key.Ctrl('z')))
                return false;
            _popups[^1].Handle(input);
            return true;
        }
        if (_chrome.Handle(input))
            return true;
        if (input is not KeyEvent { Key: var typed })
            return Top.Handle(input);
        // A field has the typed characters first, a screen with one keeps its keys; commands get what is left.
        var takesText = Top.TakesText;
        // Ctrl+E is the end of the line in every field, but in the job editor it is $EDITOR.
        if (takesText && typed.Modifiers != 0 && CommandRegistry.Find(typed, Top) is { Area: CommandArea.Editor } first)
        {
            Run(first);
            return true;
        }
        if (takesText && (Top.Handle(input) || typed.Typed is not null))
            return true;
        if (CommandRegistry.Find(typed, Top) is { } command)
        {
            Run(command);
            return true;
        }
        if (takesText)
            return false;
        var used = Top.Handle(input);
        _chrome.Changed();
        return used;
    }

    /// <summary>Ctrl+C: ends what is asked or runs; twice within two seconds quits.</summary>
    private bool Interrupt()
    {
        var now = Application.Time.GetTimestamp();
        if (_interruptedAt is { } before && Application.Time.GetElapsedTime(before, now) <= TwiceWithin)
        {
            Quit();
            return true;
        }
        _interruptedAt = now;
        if (_popups.Count > 0)
            _popups[^1].Cancel();
        else if (Operations.CancelNewest())
            Toasts.Show("cancelling");
        else
            Toasts.Show("nothing runs", "Ctrl+C again quits.");
        return true;
    }

    private void OnFleetChanged(FleetSnapshot snapshot) => Application.Post(() =>
    {
        // Snapshots can come in another order than they were made.
        if (snapshot.At < Snapshot.At)
            return;
        Snapshot = snapshot;
        Top.Update();
        _chrome.Changed();
    });

    private void Tick()
    {
        _seconds++;
        Top.Tick();
        if (_seconds % 10 == 0)
            Top.Update();
        _chrome.Changed();
    }
}
