using CcConsole.Core.Audit;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

public sealed class RememberedTests
{
    private static readonly byte[] Chain = PlainChain.Write(1500);

    [Fact]
    public void What_was_remembered_anchors_the_chain_wherever_it_lies()
    {
        foreach (var count in new[] { 1, 2, 700, 1499, 1500 })
        {
            var known = new RememberedHead(count, ChainVerifierTests.Verify(First(Chain, count)).Head!.Value, HeadOf(1));
            Assert.Equal(Verdict.Ok, ChainVerifierTests.Verify(Chain, known).Verdict);
            using var stream = new MemoryStream(Chain);
            Assert.Equal(Verdict.Ok, ChainVerifier.Verify(stream, known).Verdict);

            var result = ChainVerifierTests.Verify(First(Chain, count - 1), known);
            Assert.Equal((Verdict.Rollback, (long)count), (result.Verdict, result.FirstBad));

            var misplaced = ChainVerifierTests.Verify(Chain, known with { Count = count == 1500 ? 1499 : count + 1 });
            Assert.Equal(Verdict.Fork, misplaced.Verdict);
        }
    }

    [Fact]
    public void A_chain_written_anew_is_replaced_where_its_first_entry_is_known_and_forked_where_it_is_not()
    {
        var other = PlainChain.Write(1500, chain: "0000");
        Assert.Equal(Verdict.Replaced, ChainVerifierTests.Verify(other, new RememberedHead(1000, HeadOf(1000), HeadOf(1))).Verdict);
        var forked = ChainVerifierTests.Verify(other, new RememberedHead(1000, HeadOf(1000)));
        Assert.Equal((Verdict.Fork, 1000L), (forked.Verdict, forked.FirstBad));
    }

    [Fact]
    public void An_entry_torn_that_was_whole_before_is_a_rollback()
    {
        var torn = Chain.AsSpan(0, Chain.Length - 40);
        Assert.Equal(Verdict.Rollback, ChainVerifierTests.Verify(torn, new RememberedHead(1500, HeadOf(1500))).Verdict);
        Assert.Equal(Verdict.Torn, ChainVerifierTests.Verify(torn, new RememberedHead(1499, HeadOf(1499))).Verdict);
    }

    [Fact]
    public void A_continuation_is_verified_from_the_known_entry()
    {
        var before = First(Chain, 600);
        var continuation = Chain.AsSpan(before.Length);

        var verifier = ChainVerifier.Start(HeadOf(600), 600);
        for (var rest = continuation; !rest.IsEmpty; rest = rest[Math.Min(777, rest.Length)..])
            Assert.True(verifier.Append(rest[..Math.Min(777, rest.Length)]));
        Assert.Equal((HeadOf(1500), 1500L, (long)continuation.Length), (verifier.Head, verifier.NextSeq, verifier.VerifiedBytes));
        Assert.Equal(Verdict.Ok, verifier.Finish().Verdict);

        var skipping = ChainVerifier.Start(HeadOf(599), 599);
        Assert.False(skipping.Append(continuation));
        Assert.Equal((Verdict.Gap, 1L), (skipping.Finish().Verdict, skipping.Finish().FirstBad));
    }

    [Theory]
    [InlineData("")]
    [InlineData("15")]
    [InlineData(":f95f4f7c382d405c80fa8e99c70a9077c1ba197090833250e670796044fca319")]
    [InlineData("0:f95f4f7c382d405c80fa8e99c70a9077c1ba197090833250e670796044fca319")]
    [InlineData("15:f95f")]
    [InlineData("-1:f95f4f7c382d405c80fa8e99c70a9077c1ba197090833250e670796044fca319")]
    public void A_remembered_head_that_cannot_be_read_is_a_problem_with_a_hint(string text) =>
        Assert.NotEmpty(Assert.Throws<ProblemException>(() => RememberedHead.Parse(text)).Hint);

    [Theory]
    [InlineData(Verdict.Ok, 0, 0)]
    [InlineData(Verdict.Unanchored, 0, 2)]
    [InlineData(Verdict.Torn, 2, 2)]
    [InlineData(Verdict.Hash, 1, 1)]
    [InlineData(Verdict.Rollback, 1, 1)]
    public void A_verdict_gives_its_exit_code(Verdict verdict, int code, int withAnchor)
    {
        Assert.Equal(code, verdict.ExitCode());
        Assert.Equal(withAnchor, verdict.ExitCode(anchorRequired: true));
    }

    private static Hash32 HeadOf(int count) => ChainVerifierTests.Verify(First(Chain, count)).Head!.Value;

    private static byte[] First(byte[] chain, int lines)
    {
        var end = 0;
        for (var i = 0; i < lines; i++)
            end += chain.AsSpan(end).IndexOf((byte)'\n') + 1;
        return chain[..end];
    }
}
