using System.Text;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Jobs;
using CcConsole.Store.Hosts;
using Xunit;

namespace CcConsole.Fleet.Tests.Sessions;

/// <summary>Another console, or a hand on the host, takes the agent away, puts one there or upgrades it, while this console has a session with it.</summary>
public sealed class ReplacedAgentTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly RealAgent _agent;
    private readonly FleetControl _control;
    private readonly HostEntry _host;
    private readonly string _executable = $"{RealAgent.Executable}-{Guid.NewGuid():N}", _link;
    private FaultyShell? _shell;

    public ReplacedAgentTests()
    {
        _host = _fleet.MakeHost("web01", "# mine\n");
        _agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        _link = Path.Combine(_fleet.Home("web01"), "bin", "cc-agent");
        _fleet.Wraps["web01"] = inner => _shell = new FaultyShell(inner);
        _control = _fleet.Open();
        _control.Hosts.Add(_host = _host with { AgentDir = _agent.Dir });
    }

    public async ValueTask DisposeAsync()
    {
        await _control.DisposeAsync();
        _agent.Dispose();
        File.Delete(_executable);
        await _fleet.DisposeAsync();
    }

    [Fact]
    public async Task One_that_was_taken_away_is_absent_at_the_next_question_and_the_host_goes_on_without_it()
    {
        Put();
        Assert.NotNull((await AskAsync()).Agent?.Daemon);
        Take();
        Assert.Null((await AskAsync()).Agent);
        Assert.True((await AddAsync("true")).IsApplied);
        Assert.Contains("true", _fleet.Table("web01"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_visit_finds_the_host_without_the_agent_that_was_taken_away()
    {
        Put();
        await _control.Monitor.RefreshAsync("web01");
        Assert.NotNull(Visited().AgentVersion);
        Take();
        await _control.Monitor.RefreshAsync("web01");
        Assert.Equal(("ok", null, null), (Visited().State, Visited().Cause, Visited().AgentVersion));

        HostState Visited() => _control.Cache.Hosts.Find("web01")!;
    }

    [Fact]
    public async Task One_that_was_put_there_is_asked_at_the_next_question()
    {
        HostTest none = await AskAsync();
        Assert.Null(none.Agent);
        Put();
        Assert.NotNull((await AskAsync()).Agent?.Daemon);
    }

    [Fact]
    public async Task An_upgraded_one_answers_for_itself_and_a_run_through_the_one_before_goes_on_to_its_end()
    {
        string go = Path.Combine(_fleet.Root, "go");
        Put();
        await AddAsync($"echo begun; until test -e {go}; do sleep 0.1; done; echo ended");
        JobEditor editor = await _control.Jobs.OpenAsync("web01", cancellation: TestContext.Current.CancellationToken);
        await using IAsyncEnumerator<RunEvent> run = _control.Jobs.RunAsync(editor, editor.Jobs.Find("hello"), TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        StringBuilder output = new();
        while (!output.ToString().Contains("begun", StringComparison.Ordinal))
        {
            Assert.True(await run.MoveNextAsync());
            Keep(run.Current);
        }

        CcConsole.Ssh.ICommandStream before = _shell!.LastStream!;
        Put();
        Assert.NotNull((await AskAsync()).Agent?.Daemon);
        Assert.NotSame(before, _shell.LastStream);
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        int? exitCode = null;
        while (await run.MoveNextAsync())
        {
            Keep(run.Current);
        }

        Assert.Equal(("begun\nended\n", 0), (output.ToString(), exitCode));

        void Keep(RunEvent happened)
        {
            output.Append(happened is RunOutput written ? Encoding.UTF8.GetString(written.Bytes.Span) : "");
            exitCode = happened is RunEnded end ? end.ExitCode : null;
        }
    }

    /// <summary>Puts the agent in its place, or one like it in the place of the one there.</summary>
    private void Put()
    {
        // Not by this process: see Script.
        TestFleet.Run("cp", RealAgent.Executable, _executable + ".new");
        File.Move(_executable + ".new", _executable, overwrite: true);
        if (!File.Exists(_link))
        {
            File.CreateSymbolicLink(_link, _executable);
        }
    }

    private void Take()
    {
        _agent.Stop();
        File.Delete(_link);
        File.Delete(_executable);
    }

    private Task<HostTest> AskAsync() => _control.Hosts.AgentAsync(_host, TestContext.Current.CancellationToken);

    private async Task<ChangeResult> AddAsync(string command)
    {
        JobEditor editor = await _control.Jobs.OpenAsync("web01", cancellation: TestContext.Current.CancellationToken);
        return await _control.Changes.ApplyAsync(
            editor.Plan(new JobDraft { Schedule = "*/5 * * * *", Command = command, JobId = "hello" }, reason: "a test"), TestContext.Current.CancellationToken);
    }
}
