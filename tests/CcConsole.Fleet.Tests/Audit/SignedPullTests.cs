using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>Pulls of a chain that the real agent signs: each goes on with the tree and the keys where the one before ended.</summary>
public sealed class SignedPullTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly RealAgent _agent;
    private readonly FleetControl _control;

    public SignedPullTests()
    {
        _agent = new RealAgent(Path.Combine(_fleet.Home("web01"), "agent"));
        _control = _fleet.Open();
        _control.Hosts.Add(_agent.On(HostEntry()));
    }

    public async ValueTask DisposeAsync()
    {
        // It writes into the fleet's folder.
        _agent.Dispose();
        await _fleet.DisposeAsync();
    }

    private Fleet.Hosts.HostEntry HostEntry() => _fleet.MakeHost("web01", "# mine\n");

    private async Task<ChainHead> PullAsync()
    {
        // An orderly end is signed.
        _agent.Stop();
        _agent.Start();
        await _control.Hosts.TestAsync(_control.Hosts.Get("web01"));
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.True(result.IsGood, result.Message);
        return result.Head!;
    }

    [Fact]
    public async Task The_head_remembers_the_last_signature_and_a_continuation_is_held_against_the_keys()
    {
        ChainHead first = await PullAsync();
        Assert.Equal(0, first.SignedSince);
        Assert.InRange(first.CheckpointSeq!.Value, 1, first.Seq);
        Assert.NotNull(first.CheckpointAt);
        ChainHead second = await PullAsync();
        Assert.True(second.CheckpointSeq > first.Seq, $"{second.CheckpointSeq} {first.Seq}");
        AuditState state = _control.Audit.State("web01");
        Assert.Contains($"signed to #{second.CheckpointSeq}", state.Words);
        Assert.InRange(state.CheckpointAge!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Assert.True(_control.Audit.Verify("web01").IsGood);
    }

    [Fact]
    public async Task A_host_that_shows_no_new_signature_while_its_agent_runs_is_OVERDUE()
    {
        (FleetControl console, AtTime here, AgentDouble host) = await SilentAsync();
        here.Now = host.Now += TimeSpan.FromMinutes(20);
        Assert.Equal("OVERDUE", (await console.Audit.PullAsync("web02")).Verdict);
        Assert.True(console.Audit.State("web02").IsOverdue);
        Assert.Equal(Core.Audit.Verdict.Overdue, (await console.Audit.VerifyLiveAsync("web02", null, CancellationToken.None)).Result.Verdict);
    }

    [Fact]
    public async Task Another_chain_that_begins_behind_what_was_seen_holds_nothing_of_it()
    {
        (FleetControl console, _, AgentDouble host) = await SilentAsync();
        using SignedChain other = new SignedChain("other").Runs(60).Prune(50).Sign();
        host.Chain.Clear();
        host.Chain.AddRange(other.Lines.Skip(50).Select(line => (byte[])[.. line, (byte)'\n']));
        LiveFinding found = await console.Audit.VerifyLiveAsync("web02", null, CancellationToken.None);
        Assert.False(found.Result.Anchored, found.Result.Message);
        Assert.Contains("GAP", found.Conflict?.Verdict ?? "nothing was pulled", StringComparison.Ordinal);
        Assert.False(console.Audit.State("web02").IsGood);
    }

    [Fact]
    public async Task A_clock_that_is_set_while_the_session_is_open_is_looked_at_anew_with_each_pull()
    {
        // It is the console's that is set forward: nothing is overdue.
        (FleetControl console, AtTime here, AgentDouble host) = await SilentAsync();
        here.Now += TimeSpan.FromMinutes(20);
        PullResult result = await console.Audit.PullAsync("web02");
        Assert.True(result.IsGood, result.Message);
        Assert.Contains("the host's clock is 20 minutes behind", result.Message);
        Assert.Equal(Core.Audit.Verdict.Clock, (await console.Audit.VerifyLiveAsync("web02", null, CancellationToken.None)).Result.Verdict);

        // And the host's is right again: it has signed nothing for 20 minutes.
        host.Now = here.Now;
        Assert.Equal(Core.Audit.Verdict.Overdue, (await console.Audit.VerifyLiveAsync("web02", null, CancellationToken.None)).Result.Verdict);
        Assert.Equal("OVERDUE", (await console.Audit.PullAsync("web02")).Verdict);
    }

    [Fact]
    public async Task A_host_that_says_an_old_time_is_not_excused_for_ever()
    {
        (FleetControl console, AtTime here, _) = await SilentAsync();
        here.Now += TimeSpan.FromHours(13);
        PullResult result = await console.Audit.PullAsync("web02");
        Assert.Equal("OVERDUE", result.Verdict);
        Assert.Contains("that the host's clock is 780 minutes behind excuses no more than 12 hours", result.Message);
    }

    /// <summary>A host whose agent has signed once, and has been pulled from; from now on it is silent.</summary>
    private async Task<(FleetControl Console, AtTime Here, AgentDouble Host)> SilentAsync()
    {
        DateTimeOffset begun = DateTimeOffset.UnixEpoch.AddSeconds(1_795_190_010);
        AtTime here = new() { Now = begun };
        AgentDouble? host = null;
        using SignedChain chain = new SignedChain("cweb02").Runs(6).Sign();
        _fleet.Wraps["web02"] = inner => host ??= new AgentDouble(inner) { Now = begun };
        FleetControl console = _fleet.Open(readOnly: true, options => options with { Time = here });
        _control.Hosts.Add(_fleet.MakeHost("web02"));
        await console.Hosts.TestAsync(console.Hosts.Get("web02"));
        host!.Chain.AddRange(chain.Lines.Select(line => (byte[])[.. line, (byte)'\n']));
        PullResult result = await console.Audit.PullAsync("web02");
        Assert.True(result is { IsGood: true, Message: null }, result.Message);
        return (console, here, host);
    }

    private sealed class AtTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Fact]
    public async Task A_host_whose_clock_is_behind_is_not_overdue_for_that_and_is_told_so()
    {
        await PullAsync();
        FleetControl later = _fleet.Open(change: options => options with { Time = new Later { By = TimeSpan.FromMinutes(20) } });
        await later.Hosts.TestAsync(later.Hosts.Get("web01"));
        PullResult result = await later.Audit.PullAsync("web01");
        Assert.True(result.IsGood, result.Message);
        Assert.Contains("the host's clock is 20 minutes behind", result.Message);
        Assert.False(later.Audit.State("web01").IsOverdue);
        Assert.Equal(Core.Audit.Verdict.Clock, (await later.Audit.VerifyLiveAsync("web01", null, CancellationToken.None)).Result.Verdict);
    }

    private sealed class Later : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
    }

    [Fact]
    public async Task A_cache_of_before_finds_tree_and_keys_anew_and_one_that_was_edited_is_found()
    {
        ChainHead first = await PullAsync();
        await (await _fleet.SqlAsync("UPDATE chain_copy SET continuation = NULL, signed_since = NULL, checkpoint_seq = NULL", "SELECT 1")).DisposeAsync();
        ChainHead second = await PullAsync();
        Assert.True(second.CheckpointSeq > first.Seq);
        Assert.Equal(0, second.SignedSince);

        await (await _fleet.SqlAsync("UPDATE chain_copy SET continuation = NULL; UPDATE chain_line SET line = CAST(replace(CAST(line AS TEXT), 'agent.started', 'agent.startad') AS BLOB) WHERE position & 1099511627775 < 3", "SELECT 1")).DisposeAsync();
        _agent.Stop();
        _agent.Start();
        await _control.Hosts.TestAsync(_control.Hosts.Get("web01"));
        PullResult found = await _control.Audit.PullAsync("web01");
        Assert.Equal("HASH", found.Verdict);
        Assert.Contains("of the copy here", found.Message);
    }

    [Fact]
    public async Task A_chain_that_was_overdue_stays_so_until_something_is_signed_again()
    {
        await PullAsync();
        await (await _fleet.SqlAsync("UPDATE chain_copy SET verdict = 'OVERDUE'", "SELECT 1")).DisposeAsync();
        PullResult again = await _control.Audit.PullAsync("web01");
        Assert.Equal("OVERDUE", again.Verdict);
        Assert.Contains($"signed nothing since #{again.Head!.CheckpointSeq}", again.Message);
        Assert.Equal("OVERDUE", (await _control.Audit.PullAsync("web01", deep: true)).Verdict);
        Assert.True(_control.Audit.State("web01").IsOverdue);
        await PullAsync();
        Assert.False(_control.Audit.State("web01").IsOverdue);
    }
}
