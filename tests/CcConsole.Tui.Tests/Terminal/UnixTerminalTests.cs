using System.Diagnostics;
using Xunit;

namespace CcConsole.Tui.Tests.Terminal;

/// <summary>The kit on a real terminal.</summary>
public sealed class UnixTerminalTests
{
    [Fact]
    public void After_quitting_the_terminal_is_as_it_was()
    {
        using var tmux = new Tmux();
        tmux.StartSample();
        Assert.Equal("1 1 1", tmux.Format("#{alternate_on} #{mouse_any_flag} #{mouse_sgr_flag}"));
        tmux.Keys("q");
        CheckRestored(tmux, 7);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    [InlineData("INT", 130)]
    [InlineData("QUIT", 131)]
    public void After_a_signal_the_terminal_is_as_it_was(string signal, int code)
    {
        using var tmux = new Tmux();
        var pid = tmux.StartSample();
        Kill(pid, signal);
        CheckRestored(tmux, code);
    }

    [Theory]
    [InlineData("x", "crash on the thread of the screen")]
    [InlineData("y", "crash on another thread")]
    public void After_a_crash_the_terminal_is_as_it_was_and_the_cause_is_shown(string key, string cause)
    {
        using var tmux = new Tmux(200, 60);
        tmux.StartSample();
        tmux.Keys(key);
        CheckRestored(tmux, 134);
        Assert.Contains(cause, tmux.Screen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stopped_the_shell_has_its_terminal_and_continued_the_screen_is_back(bool bySignal)
    {
        using var tmux = new Tmux();
        tmux.Line("stty -a > before");
        tmux.Line(Tmux.Sample);
        tmux.WaitFor("answers all");
        if (bySignal)
            Kill(ChildOf(tmux), "TSTP");
        else
            tmux.Keys("C-z");
        tmux.WaitFor("Stopped");
        Assert.Equal("0 1 0", tmux.Format("#{alternate_on} #{cursor_flag} #{mouse_any_flag}"));
        tmux.Line("stty -a > stopped; echo $((6*7)) > answer");
        Assert.Equal("42\n", tmux.ReadFile("answer"));
        Assert.Equal(tmux.ReadFile("before"), tmux.ReadFile("stopped"));
        tmux.Line("fg");
        tmux.WaitFor("last ");
        tmux.WaitUntil(() => tmux.Format("#{alternate_on}") == "1", "alternate screen");
        tmux.Keys("j");
        tmux.WaitFor("last key j");
        tmux.Keys("q");
        // The shell has its terminal again: the sample drops what was typed before it gives the terminal back.
        tmux.WaitUntil(() => tmux.Screen.TrimEnd().EndsWith("READY$", StringComparison.Ordinal), "the prompt");
        tmux.Line("stty -a > after; echo $((6*8)) > answer");
        tmux.WaitUntil(() => tmux.ReadFile("answer") == "48\n", "the shell");
        Assert.Equal(tmux.ReadFile("before"), tmux.ReadFile("after"));
    }

    [Fact]
    public void Another_program_gets_the_terminal_and_every_key_meanwhile()
    {
        using var tmux = new Tmux();
        tmux.StartSample();
        tmux.Keys("e");
        var during = tmux.ReadFile("during");
        tmux.Line("typed for the editor q x");
        tmux.WaitFor("last editor 3");
        Assert.Equal("typed for the editor q x\n", tmux.ReadFile("typed"));
        Assert.Equal(tmux.ReadFile("before"), during);
        tmux.Keys("j");
        tmux.WaitFor("last key j");
        tmux.Keys("q");
        CheckRestored(tmux, 7);
    }

    [Fact]
    public void Ctrl_c_while_another_program_has_the_terminal_ends_only_that()
    {
        using var tmux = new Tmux();
        tmux.StartSample();
        tmux.Keys("e");
        tmux.ReadFile("during");
        tmux.Keys("C-c");
        tmux.WaitFor("last editor 130");
        tmux.Keys("q");
        CheckRestored(tmux, 7);
    }

    [Fact]
    public void A_paste_on_a_real_terminal_fires_no_key()
    {
        using var tmux = new Tmux();
        tmux.StartSample();
        tmux.Paste("qxy");
        tmux.WaitFor("last paste qxy");
        tmux.Keys("q");
        CheckRestored(tmux, 7);
    }

    [Fact]
    public void A_change_of_size_is_drawn_down_to_the_smallest()
    {
        using var tmux = new Tmux();
        tmux.StartSample();
        tmux.Resize(100, 30);
        tmux.WaitFor("size 100x30 漢字 e\u0301 end");
        tmux.Resize(20, 5);
        tmux.WaitFor("size 20x5");
        tmux.Resize(2, 2);
        tmux.Resize(80, 24);
        tmux.WaitFor("size 80x24");
        tmux.Keys("Escape");
        tmux.WaitFor("last key Esc");
        tmux.Keys("q");
        CheckRestored(tmux, 7);
    }

    [Fact]
    public async Task Without_a_terminal_it_does_not_start_and_says_why()
    {
        var start = new ProcessStartInfo(Tmux.Sample) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.NotEqual(0, process.ExitCode);
        Assert.Contains("not a terminal", error, StringComparison.Ordinal);
        Assert.Equal("", await output);
    }

    private static void CheckRestored(Tmux tmux, int code)
    {
        tmux.WaitFor("DONE\n");
        Assert.Contains($"code={code}\n", tmux.Screen, StringComparison.Ordinal);
        Assert.Equal(tmux.ReadFile("before"), tmux.ReadFile("after"));
        Assert.Equal("0 1 0 0 1", tmux.Format("#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{mouse_sgr_flag} #{wrap_flag}"));
    }

    private static int ChildOf(Tmux tmux)
    {
        var shell = tmux.Format("#{pane_pid}");
        return int.Parse(File.ReadAllText($"/proc/{shell}/task/{shell}/children").Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void Kill(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        kill.WaitForExit();
    }
}
