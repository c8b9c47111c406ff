using System.Text;
using CcConsole.Tui.App;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Tui.Testing;

/// <summary>
/// Drives an application in a test: sends keys as a terminal would, reads the screen as a person would. Nothing runs
/// by itself: each call does what is due and draws; time moves by <see cref="Advance"/> only.
/// </summary>
public sealed class ScreenDriver : IDisposable
{
    private readonly Application _application;

    /// <summary>Starts a view on a terminal of this size.</summary>
    /// <param name="create">Makes the view; it is given the application for posting, timers and quitting.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="options">Themes and colours; the clock is always <see cref="Time"/>.</param>
    public ScreenDriver(Func<Application, IView> create, int width = 80, int height = 24, ApplicationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        Terminal = new FakeTerminal(width, height);
        _application = new Application(Terminal, (options ?? new ApplicationOptions()) with { Time = Time });
        _application.Start(create(_application));
        Settle();
    }

    /// <summary>The clock: 2026-03-02 14:02 UTC until moved.</summary>
    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 3, 2, 14, 2, 0, TimeSpan.Zero));

    /// <summary>The terminal.</summary>
    public FakeTerminal Terminal { get; }

    /// <summary>The application.</summary>
    public Application Application => _application;

    /// <summary>The screen as text: rows joined by line feeds, without spaces at their ends.</summary>
    public string Text => Terminal.Screen.Text;

    /// <summary>The exit code once the application has quit.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Presses keys one after the other, named as in <see cref="Key.Parse"/>: <c>"j", "Ctrl+S", "Enter"</c>.</summary>
    public ScreenDriver Press(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            Terminal.Type(KeyBytes.Of(Key.Parse(key)));
            Settle();
            if (key == "Esc")
                Advance(InputParser.EscapeDelay);
        }
        return this;
    }

    /// <summary>Types text, each character a key.</summary>
    public ScreenDriver Type(string text)
    {
        Terminal.Type(Encoding.UTF8.GetBytes(text));
        return Settle();
    }

    /// <summary>Pastes text.</summary>
    public ScreenDriver Paste(string text)
    {
        Terminal.Type(Encoding.UTF8.GetBytes($"\e[200~{text}\e[201~"));
        return Settle();
    }

    /// <summary>Clicks at a place.</summary>
    public ScreenDriver Click(int x, int y, int times = 1)
    {
        for (var i = 0; i < times; i++)
            Terminal.Type(Encoding.ASCII.GetBytes($"\e[<0;{x + 1};{y + 1}M\e[<0;{x + 1};{y + 1}m"));
        return Settle();
    }

    /// <summary>Clicks at the first place where the text is shown.</summary>
    /// <exception cref="InvalidOperationException">It is not shown.</exception>
    public ScreenDriver Click(string text, int times = 1)
    {
        var at = Find(text) ?? throw new InvalidOperationException($"\"{text}\" is not on the screen:\n{Text}");
        return Click(at.X, at.Y, times);
    }

    /// <summary>Turns the wheel at a place; down when positive.</summary>
    public ScreenDriver Wheel(int x, int y, int notches)
    {
        for (var i = 0; i < Math.Abs(notches); i++)
            Terminal.Type(Encoding.ASCII.GetBytes($"\e[<{(notches > 0 ? 65 : 64)};{x + 1};{y + 1}M"));
        return Settle();
    }

    /// <summary>Gives the terminal another size.</summary>
    public ScreenDriver Resize(int width, int height)
    {
        Terminal.Resize(width, height);
        return Settle();
    }

    /// <summary>Moves the clock on and does what is due then.</summary>
    public ScreenDriver Advance(TimeSpan by)
    {
        Time.Advance(by);
        return Settle();
    }

    /// <summary>Waits, in real time, until the screen shows a text: for work that other threads post.</summary>
    /// <exception cref="TimeoutException">It does not come; the message holds the screen.</exception>
    public async Task<ScreenDriver> WaitForText(string text, TimeSpan? atMost = null)
    {
        var end = Environment.TickCount64 + (atMost ?? TimeSpan.FromSeconds(60)).TotalMilliseconds;
        while (!Settle().Text.Contains(text, StringComparison.Ordinal))
        {
            if (Environment.TickCount64 > end)
                throw new TimeoutException($"\"{text}\" did not appear:\n{Text}");
            await Task.Delay(10).ConfigureAwait(false);
        }
        return this;
    }

    /// <summary>Does what is due, until nothing is, and draws.</summary>
    public ScreenDriver Settle()
    {
        // A frame may have to wait for its turn: the clock moves on by what that takes at most.
        for (var i = 0; i < 2; i++)
        {
            var before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(new UiContext(_application));
            ExitCode = _application.Step();
            SynchronizationContext.SetSynchronizationContext(before);
            if (!_application.IsDirty)
                break;
            Time.Advance(FramePacer.Interval + TimeSpan.FromMilliseconds(1));
        }
        return this;
    }

    /// <summary>The first place where a text is shown, within one row.</summary>
    public Point? Find(string text)
    {
        for (var y = 0; y < Terminal.Screen.Size.Height; y++)
        {
            var row = Terminal.Screen.Row(y);
            var at = row.IndexOf(text, StringComparison.Ordinal);
            if (at >= 0)
                return new Point(Tui.Text.Graphemes.Width(row.AsSpan(0, at)), y);
        }
        return null;
    }

    /// <summary>The style of the first place where a text is shown.</summary>
    public Style? StyleOf(string text) => Find(text) is { } at ? Terminal.Screen[at.X, at.Y].Style : null;

    /// <inheritdoc/>
    public void Dispose() => _application.Dispose();
}
