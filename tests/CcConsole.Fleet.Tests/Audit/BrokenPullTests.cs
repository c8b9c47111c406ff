using System.Runtime.CompilerServices;
using CcConsole.Core;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Audit;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>First pulls of a host that has let go of its oldest entries, which break off: the next one goes on where they ended.</summary>
public sealed class BrokenPullTests : IAsyncDisposable
{
    // #30 to #51; #45 tells of those before, behind a checkpoint (#44) whose key only it can vouch for.
    private const int First = 30, Prune = 45;
    private readonly TestFleet _fleet = new();
    private readonly FleetControl _control;

    public BrokenPullTests() => _control = _fleet.Open();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData(31)]
    [InlineData(44)]
    [InlineData(Prune)]
    [InlineData(Prune + 1)]
    [InlineData(50)]
    [InlineData(31, 33, 44, 45, 48)]
    public async Task A_pruned_host_is_as_honest_after_its_first_pull_broke_off(params int[] breaks)
    {
        using SignedChain chain = Pruned();
        await BreakAsync(chain, breaks);
        PullResult whole = await PullAsync(chain);
        Assert.True(whole.IsGood, whole.Message);
        Assert.Equal((chain.Lines.Count - 1L, 51L), (whole.Head!.Seq, whole.Head.CheckpointSeq));
        Assert.True(_control.Audit.Verify("web01").IsGood);
        // And what comes then is held against the keys.
        chain.Runs(3).Sign();
        Assert.Equal(56, (await PullAsync(chain)).Head!.CheckpointSeq);
    }

    [Theory]
    [InlineData(44)]
    [InlineData(50)]
    public async Task What_a_strangers_key_has_signed_is_found_all_the_same(int breaks)
    {
        using SigningKey stranger = SigningKey.Create(Checkpoint.OfHost("c0ffee"));
        using SignedChain chain = Pruned(stranger);
        await BreakAsync(chain, breaks);
        Assert.Equal("BADSIG", (await PullAsync(chain)).Verdict);
    }

    [Fact]
    public async Task That_no_entry_tells_of_those_that_are_gone_is_a_GAP_all_the_same()
    {
        using SignedChain chain = new SignedChain().Runs(40).Sign().Runs(3);
        await BreakAsync(chain, 35);
        Assert.Equal("GAP", (await PullAsync(chain)).Verdict);
    }

    [Fact]
    public async Task A_copy_that_was_edited_meanwhile_is_not_the_hosts_doing()
    {
        using SignedChain chain = Pruned();
        await BreakAsync(chain, 40);
        await (await _fleet.SqlAsync("UPDATE chain_line SET line = CAST(replace(CAST(line AS TEXT), 'alice', 'malic') AS BLOB) WHERE position & 1099511627775 = 35", "SELECT 1")).DisposeAsync();
        PullResult found = await PullAsync(chain);
        Assert.False(found.IsGood);
        Assert.Contains("of the copy here", found.Message);
    }

    private static SignedChain Pruned(SigningKey? last = null) => new SignedChain().Runs(20).Sign().Runs(20).Sign().Prune(First).Sign().Runs(2).Sign(key: last);

    private async Task BreakAsync(SignedChain chain, params int[] breaks)
    {
        foreach (int at in breaks)
        {
            await Assert.ThrowsAsync<ProblemException>(() => PullAsync(chain, at));
            Assert.Equal((at - 1L, false), (_control.Audit.Head("web01").Seq, _control.Audit.Head("web01").HasEnded));
        }
    }

    private Task<PullResult> PullAsync(SignedChain chain, int breaks = int.MaxValue)
    {
        FleetOptions options = new() { StateDirectory = "", ConfigDirectory = "", Shells = _ => throw new NotSupportedException(), Actor = "alice", Origin = "laptop", Time = new Then() };
        return new AuditPull(_control.Cache, options, new Host(chain, breaks), "web01", "SHA256:abc", deep: false, (_, _) => { }).RunAsync(CancellationToken.None);
    }

    /// <summary>While the agent runs that has signed the chain.</summary>
    private sealed class Then : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(1_795_190_100);
    }

    /// <summary>A host that gives one entry in each message, and whose connection is lost before one of them.</summary>
    private sealed class Host(SignedChain chain, int breaks) : IChainSource
    {
        public Task<ChainStream> OpenAsync(long after, CancellationToken cancellation) =>
            Task.FromResult(new ChainStream(after < First ? null : Line((int)after), LinesAsync((int)Math.Max(after + 1, First), cancellation), First));

        private byte[] Line(int seq) => [.. chain.Lines[seq], (byte)'\n'];

        private async IAsyncEnumerable<AuditLines> LinesAsync(int first, [EnumeratorCancellation] CancellationToken cancellation)
        {
            for (int seq = first; seq < chain.Lines.Count; seq++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (seq == breaks)
                {
                    throw new ProblemException("the connection was lost");
                }

                yield return new AuditLines(0, seq, 1, Line(seq));
            }

            await Task.CompletedTask;
        }
    }
}
