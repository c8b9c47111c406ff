using System.Buffers;
using System.Text;
using CcConsole.Core.Audit;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

public sealed class EntryEncoderTests
{
    private const long Start = 1_795_190_201_619_942;

    [Fact]
    public void A_line_is_spelled_as_the_format_says()
    {
        var output = new ArrayBufferWriter<byte>();
        var encoder = new EntryEncoder("9f2c", 41, Hash32.Parse(new string('a', 64)));

        var hash = encoder.Append(output, AuditEvents.JobFinished, Start, 81, new("exit_code", 0), new("job_id", "backup"));

        var body = $$"""{"chain": "9f2c", "event": "job.finished", "exit_code": 0, "job_id": "backup", "mono_us": 81, "prev_hash": "{{new string('a', 64)}}", "seq": 41, "timestamp": 1795190201.619942, "v": 1}""";
        Assert.Equal(Sha256.Hash(Encoding.ASCII.GetBytes(body)), hash);
        Assert.Equal($"{body[..^1]}, \"hash\": \"{hash}\"}}\n", Encoding.ASCII.GetString(output.WrittenSpan));
        Assert.Equal(42, encoder.NextSeq);
        Assert.Equal(hash, encoder.Head);
    }

    [Theory]
    [InlineData(1_000_000, "1.0")]
    [InlineData(0, "0.0")]
    [InlineData(100, "0.0001")]
    [InlineData(1_795_190_201_500_000, "1795190201.5")]
    [InlineData(1_795_190_201_000_001, "1795190201.000001")]
    [InlineData(8_589_934_591_999_999, "8589934591.999999")]
    public void A_timestamp_has_no_trailing_zeros_but_one_digit(long micros, string spelled)
    {
        var output = new ArrayBufferWriter<byte>();
        new EntryEncoder("c", 0, default).Append(output, "x", micros, 0);
        Assert.Contains($"\"timestamp\": {spelled}, ", Encoding.ASCII.GetString(output.WrittenSpan), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(99)]
    [InlineData(EntryEncoder.TimestampLimitMicros)]
    public void A_timestamp_that_python_would_spell_otherwise_is_refused(long micros) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EntryEncoder("c", 0, default).Append(new ArrayBufferWriter<byte>(), "x", micros, 0));

    [Theory]
    [InlineData("hash")]
    [InlineData("seq")]
    [InlineData("prev_hash")]
    [InlineData("event")]
    [InlineData("Upper")]
    [InlineData("with space")]
    [InlineData("quote\"")]
    [InlineData("é")]
    [InlineData("")]
    public void A_name_that_is_not_a_members_own_is_refused(string name)
    {
        var output = new ArrayBufferWriter<byte>();
        var encoder = new EntryEncoder("c", 0, default);
        Assert.Throws<ProblemException>(() => encoder.Append(output, "x", Start, 0, new AuditMember(name, 1)));
        Assert.Throws<ProblemException>(() => encoder.Append(output, "x", Start, 0, new("a", 1), new("a", 2)));
        Assert.Equal((0, 0L, default), (output.WrittenCount, encoder.NextSeq, encoder.Head));
    }

    [Fact]
    public void The_longest_line_is_written_and_one_byte_more_is_refused()
    {
        static int Length(int text)
        {
            var output = new ArrayBufferWriter<byte>();
            new EntryEncoder("c", 0, default).Append(output, "x", Start, 0, new AuditMember("t", new string('a', text)));
            return output.WrittenCount;
        }

        var room = EntryLimits.MaxLineBytes + 1 - Length(0);
        Assert.Equal(EntryLimits.MaxLineBytes + 1, Length(room));
        Assert.Throws<ProblemException>(() => Length(room + 1));
        Assert.Throws<ProblemException>(() => Length(1 << 20));
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void Nesting_is_bounded(int levels, bool fits)
    {
        var member = new AuditMember("x", 1);
        for (var i = 0; i < levels; i++)
            member = AuditMember.Object("x", [member]);
        var encoder = new EntryEncoder("c", 0, default);
        var thrown = Record.Exception(() => encoder.Append(new ArrayBufferWriter<byte>(), "x", Start, 0, member));
        Assert.Equal(fits, thrown is null);
        Assert.True(thrown is null or ProblemException);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_go_under_another_name()
    {
        var output = new ArrayBufferWriter<byte>();
        new EntryEncoder("c", 0, default).Append(
            output, "x", Start, 0, AuditMember.Bytes("command", "naïve"u8), AuditMember.Bytes("workdir", [0x2f, 0xff]));
        var line = Encoding.ASCII.GetString(output.WrittenSpan);
        Assert.Contains("\"command\": \"na\\u00efve\"", line, StringComparison.Ordinal);
        Assert.Contains("\"workdir_b64\": \"L/8=\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_allocates_nothing()
    {
        var output = new ArrayBufferWriter<byte>(1 << 20);
        var encoder = new EntryEncoder("chain", 0, default);
        void Append() => encoder.Append(output, AuditEvents.JobFinished, Start, 81, new("job_id", "backup"), new("command", "a \"b\" é\n"), new("exit_code", 3), new("oom", false));
        Append();
        Assert.Equal(0, Measured.Allocation(() =>
        {
            for (var i = 0; i < 100; i++)
                Append();
        }));
    }

    [Fact]
    public async Task Python_verifies_what_the_encoder_writes_and_writes_it_the_same()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "chain.jsonl");
        await File.WriteAllBytesAsync(path, AwkwardChain.Write(400, seed: 7).WrittenMemory);

        var answer = await PythonVerifier.VerifyAsync([path]);
        Assert.StartsWith("OK 401 ", Assert.Single(answer), StringComparison.Ordinal);

        // The spelling itself, hash last.
        var rewritten = await PythonVerifier.RunAsync(
            """
            import json, sys
            for line in open(sys.stdin.read().strip(), "rb"):
                e = json.loads(line); h = e.pop("hash")
                sys.stdout.write(json.dumps(e, sort_keys=True)[:-1] + ', "hash": "' + h + '"}\n')
            """, path);
        Assert.Equal(await File.ReadAllTextAsync(path), rewritten);
    }
}
