using System.Diagnostics;
using System.Runtime.CompilerServices;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Runs;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;
using Xunit;

namespace CcConsole.Fleet.Tests.Runs;

/// <summary>What is running on the hosts, and stopping it, with the real agent.</summary>
public sealed class RunOperationsTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly RealAgent _agent;
    private readonly FleetControl _control;
    private readonly List<Process> _runs = [];

    public RunOperationsTests()
    {
        HostEntry host = _fleet.MakeHost("web01", "# mine\n");
        _agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        _control = _fleet.Open();
        _control.Hosts.Add(_agent.On(host));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process run in _runs)
        {
            if (!run.HasExited)
            {
                run.Kill(entireProcessTree: true);
            }

            run.Dispose();
        }

        await _control.DisposeAsync();
        _agent.Dispose();
        await _fleet.DisposeAsync();
    }

    [Fact]
    public async Task A_run_is_seen_while_it_goes_on_and_can_be_stopped()
    {
        Process process = await RunAsync("backup", "printf '\\033[31m' >/dev/null; exec sleep 60");
        HostRuns here = await _control.Runs.RunningAsync("web01");
        FleetRun run = Assert.Single(here.Runs);
        Assert.Equal(("web01", "backup"), (run.Host, run.JobId));
        Assert.Contains("sleep 60", run.Command, StringComparison.Ordinal);

        RunStopped stopped = await _control.Runs.StopAsync(RunOperations.Find([here], "backup"));
        Assert.Equal((true, true, "TERM"), (stopped.HasEnded, stopped.IsRecorded, stopped.Signal));
        Assert.Empty(stopped.Notes);
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        Assert.Equal(143, process.ExitCode);
        Assert.Empty((await _control.Runs.RunningAsync("web01")).Runs);

        Assert.True((await _control.Audit.PullAsync("web01")).IsGood);
        Assert.Contains(_control.Audit.Entries("web01"), static row => row.Event == "job.stopped");
    }

    [Fact]
    public async Task Of_many_hosts_the_one_that_does_not_tell_is_named_with_the_reason()
    {
        _control.Hosts.Add(_fleet.MakeHost("plain01", "# mine\n"));
        await RunAsync("backup", "exec sleep 60");
        IReadOnlyList<HostRuns> found = await _control.Runs.RunningAsync(["plain01", "web01"]);
        Assert.Equal(["plain01", "web01"], found.Select(static host => host.Host));
        Assert.Contains("has no agent", found[0].Problem, StringComparison.Ordinal);
        Assert.NotNull(found[0].Hint);
        Assert.Null(found[1].Problem);
        Assert.Single(found[1].Runs);
        ProblemException missing = Assert.Throws<ProblemException>(() => RunOperations.Find(found, "no-such-run"));
        Assert.Contains("plain01 does not tell", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_means_several_runs_stops_none()
    {
        await RunAsync("backup", "exec sleep 60");
        await RunAsync("backup", "exec sleep 61");
        HostRuns here = await _control.Runs.RunningAsync("web01");
        Assert.Equal(2, here.Runs.Count);
        Assert.Contains("means 2 runs", Assert.Throws<ProblemException>(() => RunOperations.Find([here], "backup")).Message, StringComparison.Ordinal);
        Assert.Equal(here.Runs[1], RunOperations.Find([here], here.Runs[1].RunId[..12]));
        HostRuns one = here with { Runs = [here.Runs[0]] };
        Assert.Equal(here.Runs[0], RunOperations.Find([one], "back"));
    }

    [Fact]
    public async Task A_read_only_console_sees_runs_and_stops_none()
    {
        Process process = await RunAsync("backup", "exec sleep 60");
        FleetControl reader = _fleet.Open(readOnly: true);
        FleetRun run = Assert.Single((await reader.Runs.RunningAsync("web01")).Runs);
        ProblemException refused = await Assert.ThrowsAsync<ProblemException>(() => reader.Runs.StopAsync(run));
        Assert.Contains("read-only", refused.Message, StringComparison.Ordinal);
        Assert.False(process.HasExited);
    }

    [Fact]
    public async Task What_the_host_is_to_wait_for_before_KILL_comes_on_top_of_what_an_answer_may_take()
    {
        await RunAsync("slow", $"trap 'sleep 4; exit 0' TERM; touch {Mark("up")}; while :; do sleep 0.1; done");
        await ComesAsync("up");
        FleetRun run = Assert.Single((await _control.Runs.RunningAsync("web01")).Runs);
        (await SessionAsync()).AnswerLimit = TimeSpan.FromSeconds(2);
        RunStopped stopped = await _control.Runs.StopAsync(run, RunOperations.LongestKillAfter);
        Assert.Equal((true, "TERM"), (stopped.HasEnded, stopped.Signal));
    }

    [Fact]
    public async Task A_stop_whose_end_is_not_heard_is_in_the_consoles_own_chain_all_the_same()
    {
        await RunAsync("stubborn", $"trap 'touch {Mark("asked")}' TERM; touch {Mark("up")}; while :; do sleep 0.1; done");
        await ComesAsync("up");
        FleetRun run = Assert.Single((await _control.Runs.RunningAsync("web01")).Runs);
        AgentSession session = await SessionAsync();
        Task<RunStopped> stop = _control.Runs.StopAsync(run, RunOperations.LongestKillAfter);
        await ComesAsync("asked");
        await session.DisposeAsync();
        Assert.True((await Assert.ThrowsAsync<HostProblemException>(() => stop)).MayHaveRun);
        AuditRow recorded = Assert.Single(_control.Audit.Entries(OwnChain.Name), static row => row.Event == AuditEvents.JobStopped);
        Assert.Contains($"\"run_id\": \"{run.RunId}\"", recorded.Text(), StringComparison.Ordinal);
        Assert.Contains("\"outcome\": \"unknown\"", recorded.Text(), StringComparison.Ordinal);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sessions")]
    private static extern ref SessionPool Sessions(FleetControl control);

    private async Task<AgentSession> SessionAsync() => (await Sessions(_control).Get("web01").ConnectAsync(default)).Agent!;

    private string Mark(string name) => Path.Combine(_fleet.Home("web01"), name);

    private async Task ComesAsync(string name)
    {
        for (int i = 0; i < 1200 && !File.Exists(Mark(name)); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(File.Exists(Mark(name)), name);
    }

    private async Task<Process> RunAsync(string job, string script)
    {
        Process process = Process.Start(new ProcessStartInfo(
            RealAgent.Executable, ["exec", "--job-id", job, "--socket-path", Path.Combine(_agent.Dir, "cc-agent.sock"), "--", "/bin/sh", "-c", script])
        { RedirectStandardInput = true })!;
        _runs.Add(process);
        int Marks() => Directory.GetFiles(Path.Combine(_agent.Dir, "spool"), "*.run").Length;
        for (int i = 0; i < 1200 && Marks() < _runs.Count; i++)
        {
            await Task.Delay(50);
        }

        Assert.Equal(_runs.Count, Marks());
        return process;
    }
}
