using CcConsole.Tui.App;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Terminal;
using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tui.Tests.App;

public sealed class ApplicationTests
{
    /// <summary>Shows a text and remembers what it was given.</summary>
    private sealed class Recorder : IView
    {
        public string Text { get; set; } = "";

        public int Drawings { get; private set; }

        public bool Uses { get; set; }

        public List<InputEvent> Events { get; } = [];

        public Action<InputEvent>? OnEvent { get; set; }

        public void Draw(Canvas canvas)
        {
            Drawings++;
            canvas.Draw(0, 0, Text, "text");
        }

        public bool Handle(InputEvent input)
        {
            Events.Add(input);
            OnEvent?.Invoke(input);
            return Uses;
        }
    }

    [Fact]
    public void The_first_frame_waits_for_no_answer()
    {
        var view = new Recorder { Text = "here at once" };
        using var driver = new ScreenDriver(_ => view, 40, 5);
        Assert.Contains("here at once", driver.Text, StringComparison.Ordinal);
        Assert.False(driver.Application.Capabilities.Complete);
    }

    [Fact]
    public void Answers_of_the_terminal_become_capabilities_and_reach_no_view()
    {
        var view = new Recorder();
        using var driver = new ScreenDriver(_ => view);
        view.Events.Clear();
        driver.Application.CapabilitiesChanged = () => view.Text = $"{driver.Application.Capabilities.Background}";
        driver.Terminal.Type("\e[?2026;2$y\e[?0u\e]11;rgb:11/22/33\e\\\e[?62c"u8);
        driver.Settle();
        Assert.Equal(
            new TerminalCapabilities { SynchronizedUpdates = true, KeyboardProtocol = true, Background = Color.Rgb(0x11, 0x22, 0x33), Complete = true },
            driver.Application.Capabilities);
        Assert.True(driver.Terminal.UnambiguousKeys);
        Assert.Equal("#112233", driver.Terminal.Screen.Row(0));
        Assert.Empty(view.Events);
    }

    [Fact]
    public void A_mode_the_terminal_does_not_know_is_not_used()
    {
        using var driver = new ScreenDriver(_ => new Recorder());
        driver.Terminal.Type("\e[?2026;0$y"u8);
        driver.Settle();
        Assert.False(driver.Application.Capabilities.SynchronizedUpdates);
    }

    [Fact]
    public void Escape_reaches_the_view_after_50_ms_and_not_before()
    {
        var view = new Recorder { Uses = true };
        using var driver = new ScreenDriver(_ => view);
        view.Events.Clear();
        driver.Terminal.Type("\e"u8);
        driver.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty(view.Events);
        driver.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal([new KeyEvent(KeyCode.Escape)], view.Events);
    }

    [Fact]
    public void Many_posts_are_drawn_in_at_most_30_frames_a_second()
    {
        var view = new Recorder();
        using var driver = new ScreenDriver(_ => view);
        var before = view.Drawings;
        for (var i = 0; i < 1000; i++)
        {
            driver.Application.Post(() => view.Text = $"{i}");
            driver.Application.Step();
            driver.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.InRange(view.Drawings - before, 25, 31);
    }

    [Fact]
    public void A_key_is_drawn_at_once_even_right_after_a_frame()
    {
        var view = new Recorder();
        using var driver = new ScreenDriver(_ => view);
        driver.Advance(TimeSpan.FromSeconds(1));
        view.OnEvent = e => view.Text = $"{e}";
        driver.Application.Post(() => { });
        driver.Application.Step();
        var before = view.Drawings;
        driver.Terminal.Type("x"u8);
        driver.Application.Step();
        Assert.Equal(before + 1, view.Drawings);
    }

    [Fact]
    public void Timers_run_when_they_are_due_and_not_after_they_were_disposed()
    {
        var ran = new List<string>();
        using var driver = new ScreenDriver(_ => new Recorder());
        driver.Application.After(TimeSpan.FromSeconds(2), () => ran.Add("once"));
        var every = driver.Application.Every(TimeSpan.FromSeconds(3), () => ran.Add("every"));
        driver.Application.After(TimeSpan.FromSeconds(1), () => ran.Add("never")).Dispose();
        for (var i = 0; i < 7; i++)
            driver.Advance(TimeSpan.FromSeconds(1));
        every.Dispose();
        driver.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["once", "every", "every"], ran);
    }

    [Fact]
    public async Task What_follows_an_await_runs_on_the_thread_of_the_screen()
    {
        SynchronizationContext? after = null;
        var view = new Recorder();
        using var driver = new ScreenDriver(_ => view);
        view.OnEvent = async e =>
        {
            await Task.Run(() => Task.Delay(20));
            after = SynchronizationContext.Current;
            view.Text = "back";
        };
        driver.Terminal.Type("x"u8);
        driver.Settle();
        await driver.WaitForText("back");
        Assert.IsType<UiContext>(after);
    }

    [Fact]
    public void A_change_of_size_reaches_the_view_and_repaints()
    {
        var view = new Recorder { Text = "text" };
        using var driver = new ScreenDriver(_ => view);
        driver.Resize(20, 5);
        Assert.Contains(new ResizeEvent(new Size(20, 5)), view.Events);
        Assert.Equal("text", driver.Terminal.Screen.Row(0));
        Assert.Equal(new Size(20, 5), driver.Application.Size);
    }

    [Theory]
    [InlineData(20, 5)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 24)]
    public void Any_size_of_the_terminal_will_do(int width, int height)
    {
        using var driver = new ScreenDriver(_ => new Recorder { Text = "some text" }, width, height);
        driver.Press("x").Resize(30, 3).Resize(width, height);
        Assert.Null(driver.ExitCode);
    }

    [Fact]
    public void Unused_ctrl_c_quits_ctrl_z_suspends_and_ctrl_l_repaints()
    {
        using var driver = new ScreenDriver(_ => new Recorder { Text = "text" });
        driver.Press("Ctrl+Z");
        Assert.Equal(1, driver.Terminal.Suspensions);
        driver.Terminal.Sent.Clear();
        driver.Press("Ctrl+L");
        Assert.Contains("\e[2J", driver.Terminal.Sent.ToString(), StringComparison.Ordinal);
        Assert.Null(driver.ExitCode);
        driver.Press("Ctrl+C");
        Assert.Equal(0, driver.ExitCode);
    }

    [Fact]
    public void A_signal_ends_the_application_with_its_exit_code()
    {
        using var driver = new ScreenDriver(_ => new Recorder());
        driver.Terminal.Report(new EndRequested(143));
        driver.Settle();
        Assert.Equal(143, driver.ExitCode);
    }

    [Fact]
    public void An_editor_runs_while_the_terminal_is_given_back_and_all_is_repainted_after()
    {
        var entered = true;
        using var driver = new ScreenDriver(_ => new Recorder { Text = "text" });
        driver.Terminal.Sent.Clear();
        Assert.Equal(7, driver.Application.Outside(() =>
        {
            entered = driver.Terminal.IsEntered;
            return 7;
        }));
        driver.Settle();
        Assert.False(entered);
        Assert.True(driver.Terminal.IsEntered);
        Assert.Contains("\e[2J", driver.Terminal.Sent.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_press_at_the_same_place_within_half_a_second_is_a_double_click()
    {
        var view = new Recorder { Uses = true };
        using var driver = new ScreenDriver(_ => view);
        driver.Click(3, 3, times: 2);
        driver.Advance(TimeSpan.FromSeconds(1)).Click(3, 3);
        Assert.Equal([1, 2, 1], view.Events.OfType<MouseEvent>().Where(m => m.IsClick).Select(m => m.Clicks));
    }

    [Fact]
    public void Copying_sends_osc_52()
    {
        using var driver = new ScreenDriver(_ => new Recorder());
        driver.Application.Copy("é");
        Assert.Contains("\e]52;c;w6k=\a", driver.Terminal.Sent.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_on_the_terminal_within_5_ms_in_the_median()
    {
        const int Keys = 21;
        var view = new Recorder { Uses = true };
        using var terminal = new FakeTerminal(80, 24);
        using var application = new Application(terminal, new ApplicationOptions());
        using var drawn = new SemaphoreSlim(0);
        var (shown, drawnAt) = (0, 0L);
        view.OnEvent = e =>
        {
            if (e is KeyEvent)
                view.Text += "x";
        };
        terminal.Written = () =>
        {
            if (view.Text.Length == shown)
                return;
            (shown, drawnAt) = (view.Text.Length, TimeProvider.System.GetTimestamp());
            drawn.Release();
        };
        // How long a machine that is busy takes to wake a thread at all is no part of it: a peer that does nothing else is measured in between.
        using var asked = new SemaphoreSlim(0);
        using var answered = new SemaphoreSlim(0);
        var answeredAt = 0L;
        var peer = Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < Keys; i++)
            {
                asked.Wait();
                answeredAt = TimeProvider.System.GetTimestamp();
                answered.Release();
            }
        }, TaskCreationOptions.LongRunning);
        var loop = Task.Factory.StartNew(() => application.Run(view), TaskCreationOptions.LongRunning);
        List<double> delays = [], wakings = [];
        for (var i = 0; i < Keys; i++)
        {
            await Task.Delay(40);
            var sent = TimeProvider.System.GetTimestamp();
            terminal.Type("x"u8);
            Assert.True(await drawn.WaitAsync(TimeSpan.FromMinutes(1)));
            delays.Add(TimeProvider.System.GetElapsedTime(sent, drawnAt).TotalMilliseconds);
            sent = TimeProvider.System.GetTimestamp();
            asked.Release();
            Assert.True(await answered.WaitAsync(TimeSpan.FromMinutes(1)));
            wakings.Add(TimeProvider.System.GetElapsedTime(sent, answeredAt).TotalMilliseconds);
        }
        await peer;
        application.Quit(3);
        Assert.Equal(3, await loop);
        Assert.False(terminal.IsEntered);
        Assert.InRange(Median(delays), 0, 5 + 3 * Median(wakings));

        static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
    }
}
