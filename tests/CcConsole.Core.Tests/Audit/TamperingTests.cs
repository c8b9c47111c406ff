using System.Buffers;
using System.Globalization;
using System.Text;
using CcConsole.Core.Audit;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>What is done to a chain, and what must be found. The Python verifier is asked wherever it can speak.</summary>
public sealed class TamperingTests
{
    private static readonly byte[] Chain = PlainChain.Write(50);

    [Theory]
    [InlineData(0x01)]
    [InlineData(0x20)]
    [InlineData(0xff)]
    public async Task Every_byte_flipped_is_caught_at_the_line_where_Python_sees_it(byte flip)
    {
        var lines = LineOfEachByte(Chain);
        var expected = (await PythonFlipsAsync(flip)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Chain.Length, expected.Length);
        for (var i = 0; i < Chain.Length; i++)
        {
            var changed = (byte[])Chain.Clone();
            changed[i] ^= flip;
            var result = ChainVerifierTests.Verify(changed);
            Assert.False(result.Verdict.IsGood(), $"byte {i} of line {lines[i]}");
            Assert.Equal(lines[i], result.FirstBad);
            // Python reads E9 in an escape as it reads e9: it sees nothing there, we do.
            if (expected[i] == "0")
                Assert.Equal(Verdict.NonCanonical, result.Verdict);
            else
                Assert.Equal(long.Parse(expected[i], CultureInfo.InvariantCulture), result.FirstBad);
            Assert.Equal(lines[i] - 1, result.Verified);
        }
    }

    [Fact]
    public void A_tail_torn_anywhere_is_torn_and_what_lies_before_stays_verified()
    {
        var lastStart = Chain.AsSpan(0, Chain.Length - 1).LastIndexOf((byte)'\n') + 1;
        for (var end = lastStart + 1; end < Chain.Length - 1; end++)
        {
            var result = ChainVerifierTests.Verify(Chain.AsSpan(0, end));
            Assert.Equal((Verdict.Torn, 50L, 50L, 49L, (long)lastStart), (result.Verdict, result.FirstBad, result.Entries, result.Verified, result.VerifiedBytes));
            Assert.Equal(Verdict.Torn, ChainVerifierTests.Verify([.. Chain.AsSpan(0, end), (byte)'\n']).Verdict);
        }
        // Whole but for its line feed: nothing of it is missing, Python says so too.
        var unterminated = ChainVerifierTests.Verify(Chain.AsSpan(0, Chain.Length - 1));
        Assert.Equal((Verdict.Unanchored, 50L), (unterminated.Verdict, unterminated.Verified));
        Assert.Equal(lastStart, unterminated.VerifiedBytes);
    }

    [Theory]
    [InlineData("\0\0\0\0", Verdict.Torn)]
    [InlineData("garbage", Verdict.Torn)]
    [InlineData("garbage\n", Verdict.NonCanonical)]
    [InlineData("\n", Verdict.NonCanonical)]
    [InlineData("{\"a\": 1}\n", Verdict.Hash)]
    [InlineData("{\"a\": 1", Verdict.Torn)]
    [InlineData("{}\n", Verdict.Hash)]
    [InlineData("[]\n", Verdict.NonCanonical)]
    [InlineData("7\n", Verdict.NonCanonical)]
    [InlineData("\u00ef\u00bb\u00bf{}\n", Verdict.NonCanonical)]
    public void A_tail_that_is_no_entry_is_found_at_its_line(string tail, Verdict verdict)
    {
        byte[] bytes = [.. Chain, .. Encoding.Latin1.GetBytes(tail)];
        var result = ChainVerifierTests.Verify(bytes);
        Assert.Equal((verdict, 51L, 50L, 51L), (result.Verdict, result.FirstBad, result.Verified, result.Entries));
    }

    [Fact]
    public void A_megabyte_of_zeros_is_one_torn_line()
    {
        var verifier = ChainVerifier.Start();
        verifier.Append(Chain);
        for (var i = 0; i < 100; i++)
            verifier.Append(new byte[10_000]);
        Assert.Equal((Verdict.Torn, 51L), (verifier.Finish().Verdict, 51L));
        using var stream = new MemoryStream([.. Chain, .. new byte[1_000_000]]);
        Assert.Equal(Verdict.Torn, ChainVerifier.Verify(stream).Verdict);
    }

    [Theory]
    [InlineData("\"a\": NaN")]
    [InlineData("\"a\": -Infinity")]
    [InlineData("\"a\": 1, \"a\": 1")]
    [InlineData("\"a\": {\"b\": 1, \"b\": 2}")]
    [InlineData("\"a\":1")]
    [InlineData("\"a\": 1 ")]
    [InlineData("\"a\" : 1")]
    [InlineData("\"a\": 1.50")]
    [InlineData("\"a\": 1e2")]
    [InlineData("\"a\": 1E5")]
    [InlineData("\"a\": -0")]
    [InlineData("\"a\": 01")]
    [InlineData("\"a\": 1.")]
    [InlineData("\"a\": 1e999")]
    [InlineData("\"a\": 0.00001")]
    [InlineData("\"a\": 10000000000000000.0")]
    [InlineData("\"a\": 8589934592.0000001")]
    [InlineData("\"a\": \"\\/\"")]
    [InlineData("\"a\": \"\\u0041\"")]
    [InlineData("\"a\": \"\\u000a\"")]
    [InlineData("\"a\": \"\\u00E9\"")]
    [InlineData("\"\\u0061\": 1")]
    [InlineData("\"a\": \"\u007f\"")]
    [InlineData("\"a\": \"\u00e9\"")]
    [InlineData("\"a\": tru")]
    [InlineData("\"a\": [1,2]")]
    public void A_spelling_that_is_not_the_writers_is_refused_even_with_a_right_hash(string member)
    {
        var body = $$"""{{{member}}, "prev_hash": "{{new string('0', 64)}}"}""";
        var bytes = Encoding.Latin1.GetBytes(body);
        var line = Encoding.Latin1.GetBytes($"{body[..^1]}, \"hash\": \"{Sha256.Hash(bytes)}\"}}\n");
        var result = ChainVerifierTests.Verify(line);
        Assert.Equal((Verdict.NonCanonical, 1L), (result.Verdict, result.FirstBad));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Nesting_is_allowed_to_level_64(int depth, bool good)
    {
        var result = ChainVerifierTests.Verify(Seal($"\"a\": {new string('[', depth - 1)}{new string(']', depth - 1)}"));
        Assert.Equal(good ? Verdict.Unanchored : Verdict.NonCanonical, result.Verdict);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_line_is_allowed_64_KiB(int more, bool good)
    {
        var empty = Seal("\"a\": \"\"").Length - 1;
        var line = Seal($"\"a\": \"{new string('x', EntryLimits.MaxLineBytes - empty + more)}\"");
        Assert.Equal(EntryLimits.MaxLineBytes + more, line.Length - 1);
        var verdict = good ? Verdict.Unanchored : Verdict.NonCanonical;
        Assert.Equal(verdict, ChainVerifierTests.Verify(line).Verdict);
        var verifier = ChainVerifier.Start();
        foreach (var piece in line.Chunk(1000))
            verifier.Append(piece);
        Assert.Equal(verdict, verifier.Finish().Verdict);
    }

    [Fact]
    public void Sequence_numbers_name_a_gap_a_repetition_and_another_chain()
    {
        static Verdict Of(params string[] parts) => ChainVerifierTests.Verify(Encoding.ASCII.GetBytes(string.Concat(parts))).Verdict;
        var lines = Encoding.ASCII.GetString(Chain).Split('\n').Select(l => l + "\n").ToArray();
        Assert.Equal(Verdict.Gap, Of(lines[0], lines[2]));
        Assert.Equal(Verdict.Gap, Of(lines[1]));
        Assert.Equal(Verdict.Duplicate, Of(lines[0], lines[1], lines[1]));
        Assert.Equal(Verdict.Duplicate, Of(lines[0], lines[1], lines[0]));

        var output = new ArrayBufferWriter<byte>();
        var head = Hash32.Parse(lines[0].AsSpan(lines[0].Length - 67, 64));
        new EntryEncoder("another", 1, head).Append(output, "x", 1_000_000, 0);
        Assert.Equal(Verdict.Link, Of(lines[0], Encoding.ASCII.GetString(output.WrittenSpan)));
    }

    internal static byte[] Seal(string members)
    {
        var body = $$"""{{{members}}, "prev_hash": "{{new string('0', 64)}}"}""";
        return Encoding.ASCII.GetBytes($"{body[..^1]}, \"hash\": \"{Sha256.Hash(Encoding.ASCII.GetBytes(body))}\"}}\n");
    }

    private static int[] LineOfEachByte(byte[] bytes)
    {
        var (lines, line) = (new int[bytes.Length], 1);
        for (var i = 0; i < bytes.Length; i++)
        {
            lines[i] = line;
            line += bytes[i] == '\n' ? 1 : 0;
        }
        return lines;
    }

    /// <summary>For each byte, the 1-based line at which the Python verifier stops when that byte is flipped.</summary>
    private static async Task<string> PythonFlipsAsync(byte flip)
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "chain");
        await File.WriteAllBytesAsync(path, Chain);
        // Lines before the changed one are as they were: they are verified once.
        return await PythonVerifier.RunAsync(
            $$"""
            import bisect, hashlib, io, json, sys
            data = open(sys.stdin.read().strip(), "rb").read()
            def check(line, prev, n):
                e = json.loads(line); h = e.pop("hash")
                assert e["prev_hash"] == prev and e.get("seq", n) == n
                assert hashlib.sha256(json.dumps(e, sort_keys=True).encode()).hexdigest() == h
                return h
            starts, prev, n = [], "0" * 64, 0
            for line in io.BytesIO(data):
                starts.append((sum(len(x) for x in data.splitlines(True)[:n]), prev))
                prev = check(line, prev, n); n += 1
            offsets = [start for start, _ in starts]
            for i in range(len(data)):
                k = bisect.bisect_right(offsets, i) - 1
                changed = bytearray(data); changed[i] ^= {{flip}}
                start, prev = starts[k]; at = k
                try:
                    for line in io.BytesIO(bytes(changed[start:])):
                        prev = check(line, prev, at); at += 1
                    print(0)
                except Exception:
                    print(at + 1)
            """, path);
    }
}
