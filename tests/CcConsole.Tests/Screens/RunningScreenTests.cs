using System.Diagnostics;
using System.Text;
using CcConsole.Core.Crontab;
using CcConsole.Fleet.Runs;
using CcConsole.Fleet.Tests;
using CcConsole.Screens;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>Runs that go on under the real agent, seen and stopped from the screens.</summary>
public sealed class RunningScreenTests : IAsyncDisposable
{
    private readonly ScreenFleet _fleet = new();
    private readonly RealAgent _agent;
    private readonly Process _run;

    public RunningScreenTests()
    {
        Directory.CreateDirectory(_fleet.Home("web01"));
        _agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        var socket = Path.Combine(_agent.Dir, "cc-agent.sock");
        _fleet.Host("web01", _agent.On, $"0 3 * * * {Encoding.UTF8.GetString(CommandWrapper.Wrap(new WrappedCommand(RealAgent.Executable, "backup", socket, [], "sleep 300")))}\n").Host("web02");
        _run = Process.Start(new ProcessStartInfo(RealAgent.Executable, ["exec", "--job-id", "backup", "--socket-path", socket, "--", "/bin/sh", "-c", "exec sleep 300"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_run.HasExited)
            Process.Start("kill", ["-TERM", _run.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();
        await _run.WaitForExitAsync();
        _run.Dispose();
        await _fleet.Control.DisposeAsync();
        _agent.Dispose();
        await _fleet.DisposeAsync();
    }

    [Fact]
    public async Task A_run_that_goes_on_is_listed_and_stopped_after_a_question()
    {
        await StartedAsync();
        var screen = _fleet.Start(120, 30).Press("L");
        await screen.WaitForText("▶ run");
        Assert.Contains("sleep 300", screen.Text);
        await screen.WaitForText("no agent");
        screen.Press("x");
        await screen.WaitForText("Stop backup on web01?");
        screen.Press("Enter");
        await screen.WaitForText("web01: backup was stopped by TERM");
        await _run.WaitForExitAsync(TestContext.Current.CancellationToken);
        await screen.WaitForText("Running[1]");
        Assert.DoesNotContain("▶ run", screen.Text);
    }

    [Fact]
    public async Task The_job_says_that_it_runs_and_K_asks_whether_to_stop_it()
    {
        await StartedAsync();
        await _fleet.VisitAsync();
        var screen = _fleet.Start(120, 40).Press("Enter");
        await screen.WaitForText("▶ run");
        await screen.WaitUntilIdle();
        Assert.Contains("running since", screen.Text);
        screen.Press("K");
        await screen.WaitForText("Stop backup on web01?");
        screen.Press("Esc");
        await screen.WaitUntilIdle();
        Assert.False(_run.HasExited);
    }

    [Fact]
    public void What_a_host_does_not_tell_is_a_row_with_its_reason()
    {
        var now = new DateTimeOffset(2026, 3, 2, 14, 2, 0, TimeSpan.Zero);
        var run = new FleetRun { Host = "web01", RunId = "r1.2", JobId = "backup", Command = "x", StartedAt = now.AddMinutes(-4), User = "root", Pid = 7, Attempt = 2 };
        RunningLine[] lines = [.. RunningLine.Of(new HostRuns { Host = "web01", Runs = [run], More = 1, Problem = "web01: no agent", Hint = "install it" }, now, ascii: false)];
        Assert.Equal(["backup (attempt 2)", "1 more run goes on", "no agent"], lines.Select(line => line.Job));
        Assert.Equal("4m00s", lines[0].For);
        Assert.Equal("install it", lines[2].Hint);
    }

    // The wrapper says that it runs right after it has begun.
    private async Task StartedAsync()
    {
        for (var i = 0; i < 1200; i++)
        {
            if ((await _fleet.Control.Runs.RunningAsync("web01")).Runs.Count > 0)
                return;
            await Task.Delay(50);
        }
        Assert.Fail("the run did not begin within a minute");
    }
}
