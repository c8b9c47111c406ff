using System.Diagnostics;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Screen;

/// <summary>
/// However the console ends, the terminal is as it was; and what it does on terminals that are small, dumb, or none. (Crashes
/// are in the tests of the kit: the published binary has no key for one.)
/// </summary>
public sealed class TerminalTests : IDisposable
{
    private readonly ConsoleHome _home = new();

    public TerminalTests() => _home.WriteConfig("hosts.json", """
        { "hosts": [ { "name": "web01", "destination": "root@127.0.0.1:1" }, { "name": "db01", "destination": "root@127.0.0.1:1" } ] }
        """);

    public void Dispose() => _home.Dispose();

    [Fact]
    public void After_q_and_after_two_ctrl_c_the_terminal_is_as_it_was()
    {
        using var screen = new ConsoleScreen(_home);
        screen.Start("web01");
        Assert.True(screen.Terminal.AlternateScreen);
        Assert.True(screen.Terminal.MouseOn);
        screen.Terminal.Press("q");
        screen.Terminal.WaitFor("Leave CcConsole?");
        screen.Terminal.Press("Enter");
        screen.Ended(0);

        screen.Terminal.Line("rm code after; clear");
        screen.Start("web01");
        screen.Terminal.Press("C-c", "C-c");
        screen.Ended(0);
    }

    [Fact]
    public async Task When_the_terminal_window_is_closed_nothing_of_the_demo_is_left()
    {
        // The kernel's two signals and the end of the terminal's input race each other: a few times, since any of them may come first.
        for (int time = 0; time < 4; time++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_home.Folder, $"t{time}")).FullName;
            using var terminal = new TmuxSession(100, 30, new Dictionary<string, string> { ["HOME"] = _home.Folder, ["TMPDIR"] = folder });
            terminal.Line($"{Published.Console} demo");
            terminal.WaitFor("mail01");
            Assert.Single(Directory.GetDirectories(folder, "cc-demo-*"));
            terminal.Dispose();
            for (var clock = Stopwatch.StartNew(); Directory.EnumerateDirectories(folder).Any() && clock.Elapsed.TotalSeconds < 60;) await Task.Delay(50);
            Assert.Empty(Directory.GetDirectories(folder));
            // The terminal itself was started with the folder's name, and ends a moment later.
            ProgramResult left = await ProgramRun.RunAsync("pgrep", ["-af", folder]);
            for (var clock = Stopwatch.StartNew(); left.Output.Length > 0 && clock.Elapsed.TotalSeconds < 60;)
            {
                await Task.Delay(50);
                left = await ProgramRun.RunAsync("pgrep", ["-af", folder]);
            }
            Assert.Equal("", left.Output);
        }
    }

    [Theory]
    [InlineData("KILL", 137)]
    [InlineData("ABRT", 134)]
    public void After_a_crash_the_terminal_is_as_it_was(string signal, int code)
    {
        using var screen = new ConsoleScreen(_home);
        screen.Start("web01");
        Signal(screen.Pid, signal);
        screen.Crashed(code);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("QUIT", 131)]
    public void After_a_signal_the_terminal_is_as_it_was(string signal, int code)
    {
        using var screen = new ConsoleScreen(_home);
        screen.Start("web01");
        Signal(screen.Pid, signal);
        screen.Ended(code);
    }

    [Fact]
    public void Suspended_the_shell_has_its_terminal_and_in_the_foreground_again_the_screen_is_back()
    {
        using var screen = new ConsoleScreen(_home);
        screen.Start("web01");
        screen.Terminal.Press("C-z");
        screen.Terminal.WaitFor("Stopped");
        Assert.False(screen.Terminal.AlternateScreen);
        Assert.False(screen.Terminal.MouseOn);
        Assert.True(screen.Terminal.CursorShown);
        screen.Terminal.Line("stty -a | cmp - before && echo SA''ME");
        screen.Terminal.WaitFor("SAME");
        screen.Terminal.Line("clear; fg; echo B''ACK");
        screen.Terminal.WaitFor("db01");
        Assert.True(screen.Terminal.AlternateScreen);
        screen.Terminal.Press("C-c", "C-c");
        // Not before the shell has its terminal: until then what is typed is dropped.
        screen.Terminal.WaitFor("BACK");
        Assert.False(screen.Terminal.AlternateScreen);
        screen.Terminal.Line("stty -a | cmp - before && echo AG''AIN");
        screen.Terminal.WaitFor("AGAIN");
    }

    [Fact]
    public void It_follows_the_terminals_size_down_to_one_that_is_too_small_and_back()
    {
        using var screen = new ConsoleScreen(_home);
        screen.Start("web01");
        screen.Terminal.Resize(80, 24);
        screen.Terminal.WaitUntil(text => text.Contains("db01", StringComparison.Ordinal) && text.Split('\n').All(line => line.Length <= 80), "80×24");
        screen.Terminal.Resize(20, 5);
        screen.Terminal.WaitFor("needs 60x15");
        screen.Terminal.Resize(100, 30);
        screen.Terminal.WaitFor("web01");
        screen.Terminal.Resize(20, 5);
        screen.Terminal.WaitFor("needs 60x15");
        screen.Terminal.Press("q", "Enter");
        screen.Terminal.WaitUntil(_ => !screen.Terminal.AlternateScreen, "the main screen");
    }

    [Fact]
    public void Without_colours_it_still_marks_what_is_selected()
    {
        using var screen = new ConsoleScreen(_home);
        screen.Start("web01", "NO_COLOR=1");
        screen.Terminal.WaitFor("offline");
        string colours = screen.Terminal.ScreenWithStyles();
        Assert.DoesNotMatch("[;\\[](3[0-8]|4[0-8]|9[0-7])[;m]", colours);
        Assert.Matches("[;\\[][147][;m]", colours);
        screen.Terminal.Press("C-c", "C-c");
        screen.Ended(0);
    }

    [Fact]
    public void On_a_dumb_terminal_it_writes_lines()
    {
        using var screen = new ConsoleScreen(_home);
        screen.Start("web01: offline", "TERM=dumb");
        screen.Ended(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("--plain")]
    public async Task Without_a_terminal_it_writes_lines_and_its_exit_code_says_how_the_fleet_is(string option)
    {
        ProgramResult run = await _home.RunAsync(option.Length > 0 ? [option] : []);
        Refusal.Is(run, 1, "web01: offline", "db01: offline", "refuses the connection");
        Assert.Equal("", run.Error);

        using var empty = new ConsoleHome();
        Assert.Contains("no hosts", (await empty.GoodAsync()).Output, StringComparison.Ordinal);
    }

    private static void Signal(int pid, string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{pid}"]);
        kill.WaitForExit();
    }
}
