using CcConsole.Core.Audit;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

public sealed class StreamVerificationTests
{
    /// <summary>Some ten blocks.</summary>
    private static readonly byte[] Chain = PlainChain.Write(8000);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Any_number_of_workers_finds_the_same(int workers)
    {
        var random = new Random(workers);
        for (var i = 0; i < 40; i++)
        {
            var changed = (byte[])Chain.Clone();
            var line = 0;
            if (i > 0)
            {
                var at = random.Next(changed.Length);
                changed[at] ^= (byte)(1 << random.Next(8));
                line = changed.AsSpan(0, at).Count((byte)'\n') + 1;
            }
            using var stream = new MemoryStream(changed);
            var result = ChainVerifier.Verify(stream, workers: workers);
            Assert.Equal(ChainVerifierTests.Verify(changed), result);
            Assert.Equal(line == 0 ? null : line, result.FirstBad);
        }
    }

    [Fact]
    public void A_stream_that_gives_little_at_a_time_is_read_to_its_end()
    {
        using var stream = new Trickle(Chain);
        var result = ChainVerifier.Verify(stream, workers: 3);
        Assert.Equal((Verdict.Unanchored, 8000L, (long)Chain.Length), (result.Verdict, result.Entries, result.VerifiedBytes));
    }

    [Fact]
    public void A_block_out_of_place_is_found_where_it_begins()
    {
        // Whole blocks swapped: each is good in itself.
        var lines = Chain.AsSpan().Count((byte)'\n');
        var (first, second) = (Offset(3000), Offset(6000));
        byte[] swapped = [.. Chain.AsSpan(0, first), .. Chain.AsSpan(second), .. Chain.AsSpan(first, second - first)];
        using var stream = new MemoryStream(swapped);
        var result = ChainVerifier.Verify(stream, workers: 2);
        Assert.Equal((Verdict.Gap, 3001L, (long)lines), (result.Verdict, result.FirstBad, result.Entries));
    }

    [Fact]
    public void An_empty_stream_has_no_head()
    {
        using var stream = new MemoryStream();
        var result = ChainVerifier.Verify(stream);
        Assert.Equal((0L, null, Verdict.Unanchored, null), (result.Entries, result.Head, result.Verdict, result.FirstBad));
    }

    [Fact]
    public void A_stream_that_cannot_be_read_throws_what_it_throws()
    {
        using var early = new Trickle(Chain, failAt: 0);
        Assert.Throws<IOException>(() => ChainVerifier.Verify(early, workers: 2));
        using var late = new Trickle(Chain, failAt: Chain.Length / 2);
        Assert.Throws<IOException>(() => ChainVerifier.Verify(late, workers: 2));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using var stream = new MemoryStream(Chain);
        Assert.Throws<OperationCanceledException>(() => ChainVerifier.Verify(stream, workers: 2, cancellation: cancelled.Token));
    }

    private static int Offset(int line)
    {
        var at = 0;
        for (var i = 0; i < line; i++)
            at += Chain.AsSpan(at).IndexOf((byte)'\n') + 1;
        return at;
    }

    private sealed class Trickle(byte[] bytes, int failAt = int.MaxValue) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) =>
            Position >= failAt ? throw new IOException("gone") : base.Read(buffer[..Math.Min(buffer.Length, 1 + (int)(Position % 4999))]);
    }
}
