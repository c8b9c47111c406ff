using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Fleet.Audit;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

public sealed class CopyVerificationTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly FleetControl _control;

    public CopyVerificationTests() => _control = _fleet.Open();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData(false, Verdict.Ok)]
    [InlineData(true, Verdict.BadSig)]
    public void The_signatures_of_a_pruned_copy_are_looked_at(bool forged, Verdict verdict)
    {
        using SigningKey stranger = SigningKey.Create(Checkpoint.OfHost("c0ffee"));
        using SignedChain chain = new SignedChain().Runs(20).Sign().Runs(20).Sign().Prune(30).Sign().Runs(2).Sign(key: forged ? stranger : null);
        chain.Store(_control.Cache, first: 30);
        CopyVerification found = _control.Audit.Verify("web01");
        Assert.Equal((verdict, !forged), (found.Result.Verdict, found.IsGood));
        // Those that are signed behind the first entry that is left.
        Assert.Equal(forged ? 2 : 3, found.Result.Checkpoints);
    }

    [Fact]
    public async Task Oldest_entries_that_are_gone_from_the_cache_are_a_GAP_though_the_host_has_pruned_just_these()
    {
        using SignedChain chain = new SignedChain().Runs(20).Sign().Runs(20).Sign().Prune(30).Sign();
        chain.Store(_control.Cache);
        Assert.True(_control.Audit.Verify("web01").IsGood);
        await (await _fleet.SqlAsync("DELETE FROM chain_line WHERE position & 1099511627775 < 30", "SELECT 1")).DisposeAsync();
        CopyVerification found = _control.Audit.Verify("web01");
        Assert.Equal((Verdict.Gap, 1L, false), (found.Result.Verdict, found.Result.FirstBad, found.IsGood));
        Assert.Contains("30 are gone from this console's cache", found.Result.Message);
    }

    [Fact]
    public async Task Of_a_copy_that_has_grown_only_what_has_come_is_gone_over_and_that_is_said()
    {
        AgentDouble? agent = null;
        _fleet.Wraps["web01"] = inner => agent ??= new AgentDouble(inner);
        _control.Hosts.Add(_fleet.MakeHost("web01"));
        await _control.Hosts.TestAsync(_control.Hosts.Get("web01"));
        agent!.NewChain("c0ffee");
        await _control.Audit.PullAsync("web01");
        CopyVerification before = _control.Audit.Verify("web01");
        // Behind the entry of that pull.
        agent.Append("job.finished", new AuditMember("job_id", "j1"));
        await _control.Audit.PullAsync("web01");

        CopyVerification found = _control.Audit.VerifyAdded(before);

        Assert.Equal((Verdict.Ok, 3L), (found.Result.Verdict, found.Result.Verified));
        Assert.Equal("3 entries are whole and linked, and hold the remembered entry #2; 1 of them was verified before", found.Result.Message);
    }
}
