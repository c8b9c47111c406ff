using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Audit.Evidence;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>Entries of a host in whose texts stands half a surrogate pair: whole in Python's spelling, and no text here.</summary>
public sealed class HalfSurrogateTests : IAsyncDisposable
{
    private const string Half = "\ud800";
    private readonly TestFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    /// <summary>A chain that says of its first two entries that they were pruned.</summary>
    private static SignedChain Pruned(string of = "audit", string? tree = Half)
    {
        SignedChain chain = new SignedChain(signed: false).Runs(3);
        string root = MerkleHash.Node(MerkleHash.Leaf(chain.Lines[0]), MerkleHash.Leaf(chain.Lines[1])).ToString();
        return chain.Add(AuditEvents.Prune, new AuditMember("of", of), new AuditMember("last", 1), new AuditMember("last_hash", AuditRow.From(new ChainLine(1, chain.Lines[1])).Hash),
            new AuditMember("root", root), new AuditMember("tree", (IReadOnlyList<string>)[tree ?? root]));
    }

    private static byte[] Bytes(IEnumerable<byte[]> lines) => [.. lines.SelectMany(line => line.Append((byte)'\n'))];

    [Theory]
    [InlineData(false, false, Verdict.Unanchored, Verdict.Hash)]
    [InlineData(false, true, Verdict.Gap, Verdict.Gap)]
    [InlineData(true, false, Verdict.Gap, Verdict.Gap)]
    public void What_a_chain_says_so_of_its_pruned_entries_is_not_said(bool inOf, bool inTree, Verdict verdict, Verdict behindABadLine)
    {
        // An attribute cannot hold half a pair.
        using SignedChain chain = Pruned(inOf ? Half : "audit", inTree ? Half : null);
        Assert.Equal(verdict, ChainVerifier.Verify(new MemoryStream(Bytes(chain.Lines.Skip(2)))).Verdict);
        List<byte[]> bad = [.. chain.Lines.Skip(2)];
        bad.Insert(1, "{}"u8.ToArray());
        Assert.Equal(behindABadLine, ChainVerifier.Verify(new MemoryStream(Bytes(bad))).Verdict);
    }

    [Fact]
    public void No_proof_begins_at_a_tree_that_is_none()
    {
        using SignedChain chain = Pruned();
        Assert.Null(ChainSurvey.Of(chain.Lines.Select((line, i) => new ChainLine(i, line)).Skip(2), CancellationToken.None).Start);
    }

    [Fact]
    public async Task A_comparison_with_a_host_that_says_so_of_what_it_pruned_finds_the_gap()
    {
        FleetControl control = _fleet.Open();
        using SignedChain chain = Pruned(Half);
        ChainHead head = chain.Store(control.Cache);
        using CopyComparison comparison = new(control.Cache, new Source(new AuditLines(0, 2, chain.Lines.Count - 2, Bytes(chain.Lines.Skip(2)))), new PullEvidence(control.Cache, "web01"), head);
        PullResult? found = await comparison.RunAsync(CancellationToken.None);
        Assert.Equal("GAP", found?.Verdict);
        Assert.Contains("no longer has the entries #0 to #1", found!.Message);
    }

    private sealed class Source(AuditLines lines) : IChainSource
    {
        public Task<ChainStream> OpenAsync(long after, CancellationToken cancellation) => Task.FromResult(new ChainStream(null, LinesAsync(), lines.First));

        private async IAsyncEnumerable<AuditLines> LinesAsync()
        {
            yield return lines;
            await Task.CompletedTask;
        }
    }
}
