using System.Buffers;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Core.Audit.Findings;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Findings;

public sealed class RangeVerificationTests
{
    private static readonly byte[] Chain = PlainChain.Write(50);
    private static readonly int[] Starts = [.. Enumerable.Range(0, 51).Select(Start)];

    [Theory]
    [InlineData(0, 49)]
    [InlineData(0, 0)]
    [InlineData(49, 49)]
    [InlineData(10, 20)]
    [InlineData(10, 1000)]
    public void A_range_of_a_good_chain_is_whole_and_unanchored(long from, long to)
    {
        var found = Verify(Chain, from, to);

        var last = Math.Min(49, to);
        Assert.Equal((Verdict.Unanchored, last - from + 1, last - from + 1), (found.Result.Verdict, found.Result.Entries, found.Result.Verified));
        Assert.Equal((new ChainRange(from, last), last < 49), (found.Range, found.FollowsAt));
    }

    [Fact]
    public void What_lies_outside_of_the_range_is_not_looked_at_and_what_lies_in_it_is()
    {
        for (var i = 0; i < 50; i++)
        {
            byte[] changed = [.. Chain];
            changed[Starts[i] + 60] ^= 1;
            var found = Verify(changed, 10, 20);
            if (i is >= 10 and <= 20)
                Assert.Equal((Verdict.Hash, i + 1L, i - 10L), (found.Result.Verdict, found.Result.FirstBad, found.Result.Verified));
            else
                Assert.Equal(Verdict.Unanchored, found.Result.Verdict);
        }
    }

    [Fact]
    public void The_links_to_the_neighbours_are_held()
    {
        // Another chain's entries, whole in themselves, in the range and behind it.
        var other = PlainChain.Write(50, chain: "77aa00");
        Assert.Equal(Chain.Length, other.Length);
        var within = Verify([.. Chain[..Starts[10]], .. other[Starts[10]..Starts[21]], .. Chain[Starts[21]..]], 10, 20);
        Assert.Equal((Verdict.Link, 11L), (within.Result.Verdict, within.Result.FirstBad));
        var behind = Verify([.. Chain[..Starts[21]], .. other[Starts[21]..]], 10, 20);
        Assert.Equal((Verdict.Link, 22L), (behind.Result.Verdict, behind.Result.FirstBad));
        Assert.False(behind.FollowsAt);
    }

    [Fact]
    public void A_remembered_entry_anchors_where_it_lies_in_the_range_or_just_before()
    {
        foreach (var (count, verdict) in new[] { (10, Verdict.Ok), (11, Verdict.Ok), (21, Verdict.Ok), (9, Verdict.Unanchored), (22, Verdict.Unanchored) })
        {
            var result = Verify(Chain, 10, 20, new RememberedHead(count, HashOf(count - 1))).Result;
            Assert.Equal((verdict, verdict == Verdict.Ok), (result.Verdict, result.Anchored));
            var other = Verify(Chain, 10, 20, new RememberedHead(count, HashOf(30))).Result;
            Assert.Equal(verdict == Verdict.Ok ? (Verdict.Fork, count) : (Verdict.Unanchored, (long?)null), (other.Verdict, other.FirstBad));
        }
    }

    [Fact]
    public void A_checkpoint_behind_the_range_shows_that_its_lines_are_the_signed_ones()
    {
        using var key = SigningKey.Create(Checkpoint.OfHost("9f2c0d"));
        using var stranger = SigningKey.Create(Checkpoint.OfHost("9f2c0d"));
        var good = Signed(key, key);

        var found = Verify(good, 3, 6);
        Assert.Equal((30L, 30L), (found.Signed?.Seq, found.Signed?.Note.Size));
        // No range that a checkpoint does not cover, no key that the chain does not name, no line that was changed since.
        Assert.Null(Verify(good, 3, 31).Signed);
        Assert.Null(Verify(Signed(key, stranger), 3, 6).Signed);
        byte[] changed = [.. good];
        changed[good.AsSpan().IndexOf("job-"u8) + 4] ^= 1;
        Assert.Null(Verify(changed, 3, 6).Signed);
    }

    [Fact]
    public void A_range_that_is_not_there_is_a_problem_with_a_hint()
    {
        Assert.NotEmpty(Assert.Throws<ProblemException>(() => Verify(Chain, 50, 60)).Hint);
        Assert.NotEmpty(Assert.Throws<ProblemException>(() => Verify([], 0, 60)).Hint);
        Assert.NotEmpty(Assert.Throws<ProblemException>(() => Verify(Chain[Starts[10]..], 5, 20)).Hint);
    }

    [Fact]
    public void Lines_longer_than_any_buffer_are_no_entries()
    {
        Assert.Equal(Verdict.Torn, Verify([.. Chain, .. new byte[1_000_000]], 40, 60).Result.Verdict);
        Assert.Equal(Verdict.NonCanonical, Verify([.. Chain, .. new byte[1_000_000], (byte)'\n', .. Chain], 40, 60).Result.Verdict);
        Assert.Equal(Verdict.Unanchored, Verify([.. Chain, .. new byte[1_000_000]], 10, 20).Result.Verdict);
    }

    private static byte[] Signed(SigningKey named, SigningKey signs)
    {
        var output = new ArrayBufferWriter<byte>();
        var tree = new CompactRange();
        var encoder = new EntryEncoder("9f2c0d", 0, default);
        void Leaf()
        {
            var lines = output.WrittenSpan[..^1];
            tree.Append(MerkleHash.Leaf(lines[(lines.LastIndexOf((byte)'\n') + 1)..]));
        }
        encoder.AppendGenesis(output, "web-1", "b007", 1_795_190_200_000_000, 0, named.Verifier);
        Leaf();
        while (encoder.NextSeq < 30)
        {
            encoder.Append(output, AuditEvents.JobFinished, 1_795_190_200_000_000, encoder.NextSeq, new AuditMember("job_id", $"job-{encoder.NextSeq}"));
            Leaf();
        }
        encoder.Append(output, AuditEvents.Checkpoint, 1_795_190_200_000_000, 30, new AuditMember("note", signs.Sign(new Checkpoint(named.Verifier.Name, 30, tree.Root)).Format()));
        encoder.Append(output, AuditEvents.JobFinished, 1_795_190_200_000_000, 31);
        return output.WrittenSpan.ToArray();
    }

    [Theory]
    [InlineData(3, long.MaxValue, Verdict.Rollback)]
    [InlineData(0, 24, Verdict.Rollback)]
    [InlineData(0, 29, Verdict.Rollback)]
    [InlineData(0, 20, Verdict.Unanchored)]
    public void An_entry_that_was_remembered_and_asked_for_is_missed_where_the_chain_ends_before_it(long from, long to, Verdict verdict)
    {
        var cut = SignedVerificationTests.First(Chain, 15);
        var result = Verify(cut, from, to, new RememberedHead(25, HashOf(24))).Result;
        Assert.Equal(verdict, result.Verdict);
        Assert.Equal(verdict == Verdict.Rollback ? 16 : null, result.FirstBad);
        Assert.Equal(verdict == Verdict.Rollback ? 1 : 2, new VerifyFinding { Result = result, Anchor = new ChainAnchor(AnchorSource.Given, new RememberedHead(25, HashOf(24))) }.ExitCode());
    }

    private static RangeFinding Verify(byte[] chain, long from, long to, RememberedHead? remembered = null)
    {
        using var stream = new MemoryStream(chain);
        return RangeVerification.Verify(stream, new ChainRange(from, to), remembered);
    }

    private static Hash32 HashOf(int seq) => Hash32.Parse(System.Text.Encoding.ASCII.GetString(Chain, Starts[seq + 1] - 67, 64));

    private static int Start(int line)
    {
        var at = 0;
        for (; line > 0; line--)
            at += Chain.AsSpan(at).IndexOf((byte)'\n') + 1;
        return at;
    }
}
