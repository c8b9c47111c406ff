using System.Text;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Monitoring;
using CcConsole.Fleet.Reports;
using CcConsole.Store.Changes;
using CcConsole.Store.Reports;
using Xunit;

namespace CcConsole.Fleet.Tests;

/// <summary>The whole way on one host with the real agent: daemon, serve and the wrapper.</summary>
public sealed class RealAgentTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly RealAgent _agent;
    private FaultyShell? _shell;
    private readonly FleetControl _control;

    public RealAgentTests()
    {
        HostEntry host = _fleet.MakeHost("web01", "# mine\n");
        _agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        _fleet.Wraps["web01"] = inner => _shell = new FaultyShell(inner);
        _control = _fleet.Open();
        _control.Hosts.Add(_agent.On(host));
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        _agent.Dispose();
        await _fleet.DisposeAsync();
    }

    [Fact]
    public async Task What_the_console_has_stored_the_host_may_let_go()
    {
        await AddAsync("true");
        await RunAsync();
        await RunAsync();
        await _control.Reports.FetchAsync("web01");
        Assert.Equal("cc-agent-pulled 1 1\n", await File.ReadAllTextAsync(Path.Combine(_agent.Dir, "audit-state/pulled"), TestContext.Current.CancellationToken));
    }

    private async Task<ChangeResult> AddAsync(string command, string id = "hello")
    {
        JobEditor editor = await _control.Jobs.OpenAsync("web01");
        return await _control.Changes.ApplyAsync(editor.Plan(new JobDraft { Schedule = "*/5 * * * *", Command = command, JobId = id }, reason: "a test"));
    }

    /// <summary>Runs a job's line now through the console.</summary>
    private async Task<(string Output, int ExitCode)> RunAsync(string id = "hello")
    {
        JobEditor editor = await _control.Jobs.OpenAsync("web01");
        StringBuilder output = new();
        int exitCode = -1;
        await foreach (RunEvent happened in _control.Jobs.RunAsync(editor, editor.Jobs.Find(id)))
        {
            if (happened is RunOutput written)
            {
                output.Append(Encoding.UTF8.GetString(written.Bytes.Span));
            }
            else if (happened is RunEnded end)
            {
                exitCode = end.ExitCode;
            }
        }

        return (output.ToString(), exitCode);
    }

    [Fact]
    public async Task A_test_of_the_host_tells_of_the_agent()
    {
        HostTest test = await _control.Hosts.TestAsync(_control.Hosts.Get("web01"));
        Assert.True(test.IsGood, test.Problem);
        Assert.True(test.Facts!.HasAgent, test.AgentProblem);
        Assert.Equal(RealAgent.Executable, test.Facts.AgentPath);
        Assert.Equal(_agent.Dir, test.Agent!.Dir);
        Assert.NotNull(test.Agent.Daemon);
    }

    [Fact]
    public async Task From_the_line_in_the_table_to_the_verified_entry()
    {
        ChangeResult added = await AddAsync("echo 'it'\\''s 50%'; echo oops >&2; exit 3");
        Assert.True(added.IsApplied, added.Message);
        Assert.NotNull(added.AuditSeq);
        Assert.StartsWith($"# mine\n*/5 * * * * {RealAgent.Executable} exec --job-id 'hello' --socket-path '{_agent.Dir}/cc-agent.sock' -- /bin/sh -c '", _fleet.Table("web01"));

        (string output, int exitCode) = await RunAsync();
        Assert.Equal(3, exitCode);
        Assert.Contains("it's 50%\n", output);
        Assert.Contains("oops\n", output);

        Assert.Equal(1, await _control.Reports.FetchAsync("web01"));
        StoredReport stored = Assert.Single(_control.Reports.List(new ReportFilter { Host = "web01", JobId = "hello" }));
        var report = _control.Reports.Show(stored.Id).Report;
        Assert.Equal((3, "it's 50%\n", "oops\n"), (report.ExitCode, report.Stdout, report.Stderr));

        PullResult pull = await _control.Audit.PullAsync("web01");
        Assert.True(pull.IsGood, pull.Message);
        Assert.Null(pull.Message);
        Assert.True(_control.Audit.Verify("web01").IsGood);
        AuditRow edited = _control.Audit.Entry("web01", added.AuditSeq!.Value);
        Assert.Equal(("crontab.edited", "alice"), (edited.Event, edited.Actor));
        Assert.Contains(_control.Audit.Entries("web01"), entry => entry is { Event: "job.finished", Target: "hello" });

        await _control.Audit.PullAsync("web01");
        Assert.Contains(_control.Audit.Entries("web01"), entry => entry is { Event: "console.pulled", Actor: "alice" });
        byte[] file = [.. _agent.Segments.SelectMany(File.ReadAllBytes)];
        using Stream copy = _control.Cache.Chains.OpenRead(_control.Audit.Head("web01"));
        byte[] held = new byte[file.Length];
        int length = copy.ReadAtLeast(held, held.Length, throwOnEndOfStream: false);
        Assert.Equal(file.AsSpan(0, length).ToArray(), held.AsSpan(0, length).ToArray());

        ChangeResult undone = await _control.Changes.ApplyAsync(await _control.Changes.PlanUndoAsync());
        Assert.True(undone.IsApplied, undone.Message);
        Assert.Equal("# mine\n", _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_table_that_someone_changed_meanwhile_is_left_alone()
    {
        ChangePlan plan = (await _control.Jobs.OpenAsync("web01")).Plan(new JobDraft { Schedule = "@daily", Command = "true" });
        File.AppendAllText(_fleet.TablePath("web01"), "# theirs\n");
        ChangeResult result = await _control.Changes.ApplyAsync(plan);
        Assert.True(result.IsConflict, result.Message);
        Assert.Equal("# mine\n# theirs\n", Encoding.UTF8.GetString(result.Current!.Value.Span));
        Assert.Equal("# mine\n# theirs\n", _fleet.Table("web01"));
    }

    [Fact]
    public async Task With_the_daemon_down_all_can_be_read_and_nothing_is_written()
    {
        await AddAsync("true");
        await RunAsync();
        _agent.Stop();
        string before = _fleet.Table("web01");
        Assert.Single((await _control.Jobs.OpenAsync("web01")).Jobs.Jobs);
        Assert.Equal(1, await _control.Reports.FetchAsync("web01"));
        PullResult pull = await _control.Audit.PullAsync("web01");
        Assert.True(pull.IsGood, pull.Message);
        Assert.Contains("not recorded", pull.Message);

        ChangeResult result = await AddAsync("true", "second");
        Assert.Equal(ChangeOutcome.Refused, result.Outcome);
        Assert.False(result.IsConflict);
        Assert.NotEmpty(result.Message!);
        Assert.Equal(before, _fleet.Table("web01"));
    }

    [Fact]
    public async Task A_run_is_followed_live_across_a_session_that_is_cut()
    {
        await AddAsync("echo live");
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(60));
        await using IAsyncEnumerator<TailItem> tail = _control.Reports.TailAsync(["web01"], 0, true, stop.Token).GetAsyncEnumerator();
        Task<bool> next = tail.MoveNextAsync().AsTask();
        await RunAsync();
        Assert.True(await next);
        Assert.Equal("live\n", Assert.IsType<TailReport>(tail.Current).Report.Report.Stdout);

        await _shell!.LastStream!.DisposeAsync();
        Assert.True(await tail.MoveNextAsync());
        Assert.IsType<TailProblem>(tail.Current);
        Assert.True(await tail.MoveNextAsync());
        Assert.IsType<TailGap>(tail.Current);
        next = tail.MoveNextAsync().AsTask();
        await RunAsync();
        Assert.True(await next);
        Assert.IsType<TailReport>(tail.Current);
    }

    [Fact]
    public async Task A_chain_that_was_rewritten_on_the_host_is_caught()
    {
        await AddAsync("true");
        await RunAsync();
        await _control.Audit.PullAsync("web01");
        _agent.Stop();
        _agent.Unlock();
        string segment = _agent.Segments.First();
        string[] lines = await File.ReadAllLinesAsync(segment);
        long held = _control.Audit.Head("web01").Seq;
        await File.WriteAllTextAsync(segment, string.Concat(lines[..(int)held].Select(line => line + "\n")));
        PullResult pull = await _control.Audit.PullAsync("web01");
        Assert.Equal("ROLLBACK", pull.Verdict);
        Assert.Equal(held, pull.Conflict!.Seq);
        await _control.Monitor.RefreshAsync();
        HostRow row = _control.Monitor.Current.Host("web01")!;
        Assert.Equal((Status.Fail, true), (row.Status, row.HasConflict));
        Assert.Contains("ROLLBACK", row.Cause);
    }

    [Fact]
    public async Task An_agent_whose_folder_is_open_to_others_is_told_and_the_host_is_not_written_to()
    {
        await AddAsync("true");
        await _control.DisposeAsync();
        File.SetUnixFileMode(_agent.Dir, (UnixFileMode)0b111_111_111);
        FleetControl control = _fleet.Open();
        HostTest test = await control.Hosts.TestAsync(control.Hosts.Get("web01"));
        Assert.NotNull(test.AgentProblem);
        JobEditor editor = await control.Jobs.OpenAsync("web01");
        Job job = Assert.Single(editor.Jobs.Jobs);
        ChangeResult result = await control.Changes.ApplyAsync(editor.PlanPause(job));
        Assert.NotEqual(ChangeOutcome.Applied, result.Outcome);
        Assert.DoesNotContain("#cc-paused", _fleet.Table("web01"));
        await control.Monitor.RefreshAsync();
        Assert.Equal(Status.Fail, control.Monitor.Current.Host("web01")!.Status);
        File.SetUnixFileMode(_agent.Dir, (UnixFileMode)0b111_000_000);
    }
}
