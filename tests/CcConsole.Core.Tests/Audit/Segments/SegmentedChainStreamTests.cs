using System.Buffers;
using System.Globalization;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Segments;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Segments;

public sealed class SegmentedChainStreamTests
{
    private static readonly byte[][] Lines = Split(PlainChain.Write(3000));

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1_000_000)]
    public void Segments_in_any_order_give_the_chain_whatever_is_read_at_a_time(int atOnce)
    {
        using var chain = new SegmentedChainStream([Segment(2000, 2000, 3000), Segment(0, 0, 700), Segment(700, 700, 2000), Segment(3000, 0, 0)]);

        Assert.Equal(Join(0, 3000), Drain(chain, atOnce));
        Assert.Empty(chain.NotAttested);
        Assert.Equal((0, Join(0, 3000).Length), (chain.First, chain.Bytes));
    }

    [Fact]
    public void What_follows_the_lines_of_a_segment_is_a_torn_end_and_named_where_no_entry_attests_it()
    {
        byte[] torn = [.. Lines[10][..40]], whole = [.. Lines[10], .. Lines[11]];
        using (var chain = new SegmentedChainStream([Segment(0, 0, 10, torn), Segment(10, 10, 20)]))
        {
            Assert.Equal(Join(0, 20), Drain(chain, 4096));
            Assert.Equal([new TornEnd($"{0:D20}.jsonl", Join(0, 10).Length, 40, $"{Sha256.Hash(torn)}")], chain.NotAttested);
        }
        // Whole lines too: another segment has taken their place.
        using (var chain = new SegmentedChainStream([Segment(0, 0, 10, whole), Segment(10, 10, 20)]))
        {
            Assert.Equal(Join(0, 20), Drain(chain, 4096));
            Assert.Equal(whole.Length, Assert.Single(chain.NotAttested).Length);
        }
        // Of the newest segment the verification is told.
        using (var chain = new SegmentedChainStream([Segment(0, 0, 10), Segment(10, 10, 20, torn), Segment(20, 0, 0)]))
        {
            Assert.Equal([.. Join(0, 20), .. torn], Drain(chain, 4096));
            Assert.Empty(chain.NotAttested);
        }
    }

    [Fact]
    public void An_attestation_holds_at_a_segments_start_with_the_very_bytes_and_nowhere_else()
    {
        var torn = new byte[600_000];
        foreach (var (at, digest, attested) in new[] { (0, $"{Sha256.Hash(torn)}", true), (1, $"{Sha256.Hash(torn)}", false), (0, new string('0', 64), false) })
        {
            var output = new ArrayBufferWriter<byte>();
            var encoder = new EntryEncoder("9f2c0d", 10, default);
            for (var i = 0; i < at; i++)
                encoder.Append(output, AuditEvents.JobFinished, 1_000_000, 0);
            encoder.Append(output, AuditEvents.Rotate, 1_000_000, 0);
            encoder.Append(
                output, AuditEvents.Recovered, 1_000_000, 0, new("segment", $"{0:D20}.jsonl"), new("offset", Join(0, 10).Length), new("length", torn.Length), new("sha256", digest));
            var second = output.WrittenSpan.ToArray();
            using var chain = new SegmentedChainStream([Segment(0, 0, 10, torn), Segment(Name(10), second)]);

            Assert.Equal([.. Join(0, 10), .. second], Drain(chain, 5000));
            Assert.Equal(attested ? 0 : 1, chain.NotAttested.Count);
        }
    }

    [Fact]
    public void A_first_line_torn_more_than_once_leaves_several_files_of_one_number()
    {
        using var chain = new SegmentedChainStream([Segment(0, 0, 10), Segment(Name(10), Lines[10][..9]), Segment(Name(10, 1), Lines[10][..12]), Segment(Name(10, 2), Join(10, 30))]);

        Assert.Equal(Join(0, 30), Drain(chain, 4096));
        Assert.Equal([(0L, 9L), (0L, 12L)], chain.NotAttested.Select(end => (end.Offset, end.Length)));
    }

    [Fact]
    public void A_line_longer_than_any_entry_goes_through_for_the_verification_to_refuse()
    {
        var garbage = new byte[1_000_000];
        using var last = new SegmentedChainStream([Segment(0, 0, 10, garbage)]);
        Assert.Equal([.. Join(0, 10), .. garbage], Drain(last, 70_000));

        byte[] line = [.. garbage, (byte)'\n'];
        using var first = new SegmentedChainStream([Segment(Name(0), line), Segment(1, 1, 5)]);
        Assert.Equal([.. line, .. Join(1, 5)], Drain(first, 70_000));
    }

    [Fact]
    public void A_directory_without_a_line_is_an_empty_chain()
    {
        using var chain = new SegmentedChainStream([Segment(0, 0, 0)]);
        Assert.Empty(Drain(chain, 10));
        using var none = new SegmentedChainStream([]);
        Assert.Empty(Drain(none, 10));
    }

    [Theory]
    [InlineData("00000000000000000041.jsonl", 41, 0)]
    [InlineData("00000000000000000041-2.jsonl", 41, 2)]
    [InlineData("41.jsonl", -1, 0)]
    [InlineData("00000000000000000041.json", -1, 0)]
    [InlineData("00000000000000000041x.jsonl", -1, 0)]
    [InlineData("0000000000000000004x.jsonl", -1, 0)]
    [InlineData("99999999999999999999.jsonl", -1, 0)]
    [InlineData("00000000000000000041-.jsonl", -1, 0)]
    public void A_segments_name_is_its_first_lines_number(string file, long first, int attempt)
    {
        Assert.Equal(first >= 0, SegmentName.TryParse(file, out var name));
        if (first >= 0)
            Assert.Equal(new SegmentName(file, first, attempt), name);
    }

    private static ChainSegment Segment(long number, int from, int to, byte[]? end = null) => Segment(Name(number), [.. Join(from, to), .. end ?? []]);

    private static ChainSegment Segment(string name, byte[] bytes) =>
        new(SegmentName.TryParse(name, out var parsed) ? parsed : throw new ArgumentException(name), bytes.Length, () => new MemoryStream(bytes));

    private static string Name(long first, int attempt = 0) =>
        first.ToString("D20", CultureInfo.InvariantCulture) + (attempt == 0 ? "" : $"-{attempt}") + SegmentName.Suffix;

    private static byte[] Join(int from, int to) => [.. Lines[from..to].SelectMany(line => line)];

    private static byte[] Drain(SegmentedChainStream chain, int atOnce)
    {
        var all = new MemoryStream();
        var buffer = new byte[atOnce];
        for (int read; (read = chain.Read(buffer)) > 0;)
            all.Write(buffer, 0, read);
        return all.ToArray();
    }

    private static byte[][] Split(byte[] chain)
    {
        List<byte[]> lines = [];
        for (var rest = chain.AsSpan(); !rest.IsEmpty; rest = rest[lines[^1].Length..])
            lines.Add(rest[..(rest.IndexOf((byte)'\n') + 1)].ToArray());
        return [.. lines];
    }
}
