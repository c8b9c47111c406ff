using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Findings;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Findings;

/// <summary>How findings speak of one entry, and of more.</summary>
public sealed class EntryCountTests
{
    private static readonly byte[] Chain = PlainChain.Write(3);
    private static readonly int[] Ends = [.. Enumerable.Range(0, Chain.Length).Where(i => Chain[i] == (byte)'\n').Select(i => i + 1)];

    [Theory]
    [InlineData(1, "1 entry is whole and linked; nothing remembered was given to hold it against; nothing in it is signed")]
    [InlineData(2, "2 entries are whole and linked; nothing remembered was given to hold them against; nothing in it is signed")]
    public void Of_a_chain_that_nothing_is_remembered_of(int entries, string words) =>
        Assert.Equal(words, ChainVerifierTests.Verify(Chain.AsSpan(0, Ends[entries - 1])).Message);

    [Theory]
    [InlineData(1, "1 entry is whole and linked, and holds the remembered entry #0; nothing in it is signed")]
    [InlineData(2, "2 entries are whole and linked, and hold the remembered entry #0; nothing in it is signed")]
    public void Of_a_chain_that_holds_what_is_remembered(int entries, string words) =>
        Assert.Equal(words, ChainVerifierTests.Verify(Chain.AsSpan(0, Ends[entries - 1]), new RememberedHead(1, HeadOf(1))).Message);

    [Theory]
    [InlineData(1, 2, "1 whole entry is here, 2 were remembered")]
    [InlineData(2, 3, "2 whole entries are here, 3 were remembered")]
    [InlineData(0, 1, "0 whole entries are here, 1 was remembered")]
    public void Of_a_chain_that_was_cut(int left, int remembered, string words) =>
        Assert.Equal(words, ChainVerifierTests.Verify(Chain.AsSpan(0, left == 0 ? 0 : Ends[left - 1]), new RememberedHead(remembered, HeadOf(remembered))).Message);

    [Theory]
    [InlineData(2, "1 entry is whole and follows the known one")]
    [InlineData(3, "2 entries are whole and follow the known one")]
    public void Of_what_has_come_since(int entries, string words)
    {
        var verifier = ChainVerifier.Start(HeadOf(1), 1);
        verifier.Append(Chain.AsSpan(Ends[0]..Ends[entries - 1]));
        Assert.StartsWith(words, verifier.Finish().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, null, "1 entry is whole and linked; nothing remembered was given to hold it against")]
    [InlineData(0, 1, null, "2 entries are whole and linked; nothing remembered was given to hold them against")]
    [InlineData(1, 1, 1, "1 entry is whole and linked, and holds or follows the remembered entry #0")]
    [InlineData(1, 2, 1, "2 entries are whole and linked, and hold or follow the remembered entry #0")]
    public void Of_a_range(long from, long to, int? remembered, string words)
    {
        using var chain = new MemoryStream(Chain);
        Assert.Equal(words, RangeVerification.Verify(chain, new ChainRange(from, to), remembered is { } count ? new RememberedHead(count, HeadOf(count)) : null).Result.Message);
    }

    [Fact]
    public void In_the_line_of_the_verdict()
    {
        var result = ChainVerifierTests.Verify(Chain.AsSpan(0, Ends[0]));
        Assert.Equal($"✓ web01: UNANCHORED, 1 entry: {result.Message}", new VerifyFinding { Result = result }.Lines("web01", brief: true, text => text).First());
    }

    private static Hash32 HeadOf(int entries) => ChainVerifierTests.Verify(Chain.AsSpan(0, Ends[entries - 1])).Head!.Value;
}
