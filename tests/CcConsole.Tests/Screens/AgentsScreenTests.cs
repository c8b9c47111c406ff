using CcConsole.Core.Protocol;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Tests;
using CcConsole.Screens;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class AgentsScreenTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 14, 2, 0, TimeSpan.Zero);
    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task Each_host_says_how_its_agent_is()
    {
        Directory.CreateDirectory(_fleet.Home("web01"));
        using var agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        _fleet.Host("web01", agent.On).Host("web02").Host("web03");
        _fleet.Down.Add("web03");
        var screen = _fleet.Start(160, 40).Press("7");
        await screen.WaitForText("✓ up");
        await screen.WaitForText("– absent");
        await screen.WaitForText("refuses the connection");
        await screen.WaitUntilIdle();
        Assert.Contains("Agents[3]", screen.Text);
        Assert.Contains("nothing waits", screen.Text);
        Assert.DoesNotContain("web03 refuses", screen.Text);

        agent.Stop();
        screen.Press("r");
        await screen.WaitForText("✗ down");
        Assert.Contains("reports wait in the spool", screen.Text);
        await screen.WaitUntilIdle();
        Assert.IsType<AuditScreen>(Opened());

        Screen Opened()
        {
            screen.Press("Enter");
            return _fleet.Shell!.Top;
        }
    }

    [Fact]
    public async Task What_changed_on_a_host_by_another_hand_is_shown_after_an_interval()
    {
        Directory.CreateDirectory(_fleet.Home("web01"));
        using var agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        _fleet.Host("web01", agent.On);
        var screen = _fleet.Start(160, 40).Press("7");
        await screen.WaitForText("✓ up");
        await screen.WaitUntilIdle();
        agent.Stop();
        screen.Advance(_fleet.Control.Monitor.Interval);
        await screen.WaitForText("✗ down");
        agent.Start();
        screen.Advance(_fleet.Control.Monitor.Interval);
        await screen.WaitForText("✓ up");
    }

    [Fact]
    public async Task Who_asks_while_an_older_answer_is_waited_for_is_shown_what_is_true_now()
    {
        Directory.CreateDirectory(_fleet.Home("web01"));
        using var agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        TaskCompletionSource reached = new(), go = new();
        _fleet.BeforeTables = async () =>
        {
            reached.TrySetResult();
            await go.Task;
        };
        _fleet.Host("web01", host => host with { AgentDir = agent.Dir });
        var screen = _fleet.Start(160, 40).Press("7");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

        // It is known by now that there is no agent.
        File.CreateSymbolicLink(Path.Combine(_fleet.Home("web01"), "bin", "cc-agent"), RealAgent.Executable);
        screen.Press("r");
        go.SetResult();
        await screen.WaitForText("✓ up");
    }

    [Fact]
    public async Task A_host_that_is_not_reached_gets_no_agent_and_the_reason_is_told()
    {
        _fleet.Host("web03");
        _fleet.Down.Add("web03");
        var screen = _fleet.Start(160, 40).Press("7");
        await screen.WaitForText("○ offline");
        await screen.WaitUntilIdle();
        screen.Press("i");
        await screen.WaitForText("✗ web03 refuses the connection");
    }

    [Fact]
    public void What_wants_a_person_is_said_in_a_word_and_a_note()
    {
        Assert.Equal(("? unknown", "asking"), Words(null));
        Assert.Equal(("– absent", "no agent: its runs are not reported"), Words(Told(null)));
        Assert.Equal(("✓ up", ""), Words(Told(Status("0.2.0", "0.2.0"))));
        Assert.Equal(("✓ up", ""), Words(Told(Status("0.3.0+abc", "0.3.0+abc"))));
        Assert.Equal(("! outdated", "this console brings 0.2.0"), Words(Told(Status("0.1.9+abc", "0.1.9+abc"))));
        Assert.Equal(("! outdated", "the daemon is still 0.1.9: start it anew"), Words(Told(Status("0.2.0", "0.1.9"))));
        Assert.Equal(("! alarm", "the log shrank (and 1 more)"), Words(Told(Status("0.2.0", "0.2.0", "the log shrank", "the spool is full"))));
        Assert.Equal(("✗ down", "the daemon is not running: reports wait in the spool"), Words(Told(Status("0.2.0", null))));
        Assert.Equal(("✗ fail", "its agent ended at once"), Words(Told(null) with { AgentProblem = "web01: its agent ended at once" }));
    }

    [Fact]
    public async Task A_host_whose_copy_is_contradicted_is_red_however_well_its_agent_is()
    {
        Directory.CreateDirectory(_fleet.Home("web01"));
        using var agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        _fleet.Host("web01", agent.On).Host("web02");
        var screen = _fleet.Start(160, 40).Press("7");
        await screen.WaitForText("✓ up");
        await screen.WaitForText("– absent");
        _fleet.Control.Cache.Conflicts.Keep("web01", "c", 3, "FORK", "the host has another entry", new byte[] { 1 }, new byte[] { 2 });
        _fleet.Control.Monitor.Publish("web01");
        await screen.WaitForText("✗ conflict");
        Assert.Contains("FORK at #3: the host has another entry", screen.Text);
        Assert.DoesNotContain("✓ up", screen.Text);
    }

    [Fact]
    public void What_contradicts_the_copy_comes_first_and_what_ails_the_agent_stays_said()
    {
        foreach (var told in (HostTest?[])[null, Told(null), Told(Status("0.2.0", "0.2.0")), Told(Status("0.2.0", null)), Told(Status("0.2.0", "0.2.0", "the log shrank"))])
        {
            var (alone, red) = (Line(told), AgentLine.Of("web01", told, new Version(0, 2, 0), Now, ascii: false, "FORK at #3: another entry"));
            Assert.Equal(("✗ conflict", "state.fail", 0), (red.State, red.Scope, red.Rank));
            Assert.Equal(alone.Note.Length > 0 ? $"FORK at #3: another entry; {alone.Note}" : "FORK at #3: another entry", red.Note);
        }
    }

    [Fact]
    public void Chain_spool_and_daemon_are_told_in_few_columns()
    {
        var line = Line(Told(Status("0.2.0", "0.2.0") with { Spooled = 3 }));
        Assert.Equal(("system", "3h", "8841", "9f3a0000", "3"), (line.Mode, line.Since, line.Entries, line.Head, line.Spool));
        Assert.Equal("?", Line(Told(Status("0.2.0", "0.2.0") with { Spooled = -1 })).Spool);
    }

    private static (string, string) Words(HostTest? told) => Line(told) is var line ? (line.State, line.Note) : default;

    private static AgentLine Line(HostTest? told) => AgentLine.Of("web01", told, new Version(0, 2, 0), Now, ascii: false);

    private static HostTest Told(AgentStatusResult? agent) => new() { Host = new HostEntry { Name = "web01", Destination = "web01" }, Agent = agent };

    private static AgentStatusResult Status(string version, string? daemon, params string[] alarms) => new(
        version, "system", "/var/lib/croncommander", "/run/s", "c0ffee", 8841, "9f3a" + new string('0', 60), 12, 0, "on", alarms,
        daemon is null ? null : new DaemonStatus(17, daemon, Now.AddHours(-3), 1 << 24));
}
