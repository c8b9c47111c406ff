using System.Buffers;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Checkpoints;

/// <summary>A chain under construction by an agent that signs: each step may be done wrongly.</summary>
internal sealed class SignedChain : IDisposable
{
    public const string Id = "9f2c0d";

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly EntryEncoder _encoder;
    private readonly List<SigningKey> _keys = [];

    /// <param name="signed">Whether the first entry names a key.</param>
    /// <param name="start">Where it goes on; null for the first entry.</param>
    public SignedChain(bool signed = true, KnownChain? start = null)
    {
        _encoder = new EntryEncoder(Id, start?.NextSeq ?? 0, start?.Previous ?? default);
        if (start is not null)
            return;
        if (signed)
            Current = NewKey();
        Added(() => _encoder.AppendGenesis(_output, "web-1", "b007", Wall, Mono, Current?.Verifier));
    }

    public static string Name => Checkpoint.OfHost(Id);

    public CompactRange Tree { get; } = new();

    public SigningKey? Current { get; set; }

    public SigningKey? Next { get; set; }

    public long Mono { get; set; } = 5_000_000;

    public long WallAhead { get; set; } = 1_795_190_200_000_000;

    public long Wall => WallAhead + Mono;

    public int Lines { get; private set; }

    public long Seq => _encoder.NextSeq;

    public Hash32 Head => _encoder.Head;

    public byte[] Bytes => _output.WrittenSpan.ToArray();

    public SigningKey NewKey(string? name = null)
    {
        _keys.Add(SigningKey.Create(name ?? Name));
        return _keys[^1];
    }

    public void Jobs(int count)
    {
        for (var i = 0; i < count; i++)
            Add(AuditEvents.JobFinished, new("job_id", $"job-{Lines % 7}"), new("command", new string('x', (int)(_encoder.NextSeq * 37 % 501))));
    }

    public void Add(string name, params AuditMember[] members)
    {
        Mono += 100_000;
        Added(() => _encoder.Append(_output, name, Wall, Mono, members));
    }

    public void Announce(SigningKey? next = null)
    {
        Next = next ?? NewKey();
        Add(AuditEvents.KeyNext, new AuditMember("vkey", Next.Verifier.Text));
    }

    public void Seal(Checkpoint? checkpoint = null, SigningKey? key = null)
    {
        Note((key ?? Current)!.Sign(checkpoint ?? new Checkpoint(Name, _encoder.NextSeq, Tree.Root)).Format());
        (Current, Next) = (Next ?? Current, null);
    }

    public void Note(string note) => Add(AuditEvents.Checkpoint, new AuditMember("note", note));

    public void Start(string boot) => Add(AuditEvents.AgentStarted, new AuditMember("boot_id", boot));

    /// <summary>Rounds of entries, an announcement and a checkpoint.</summary>
    public SignedChain Rounds(int rounds, int entries)
    {
        for (var i = 0; i < rounds; i++)
        {
            Jobs(entries);
            Announce();
            Seal();
        }
        return this;
    }

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    private void Added(Action append)
    {
        var before = _output.WrittenCount;
        append();
        Tree.Append(MerkleHash.Leaf(_output.WrittenSpan[before..^1]));
        Lines++;
    }

    /// <summary>The finding, which must be the same however the chain is cut and by how many it is verified.</summary>
    public static VerifyResult Verify(byte[] chain, RememberedHead? remembered = null, bool mayBePruned = false)
    {
        var verifier = ChainVerifier.Start(remembered, mayBePruned);
        for (var at = 0; at < chain.Length; at += 70_001)
            verifier.Append(chain.AsSpan(at, Math.Min(70_001, chain.Length - at)));
        var result = verifier.Finish();
        for (var workers = 1; workers <= 3; workers++)
        {
            using var stream = new MemoryStream(chain);
            Same(result, ChainVerifier.Verify(stream, remembered, workers));
            using var pipe = new Pipe(chain);
            Same(result, ChainVerifier.Verify(pipe, remembered, workers));
        }
        return result;
    }

    private static void Same(VerifyResult expected, VerifyResult actual)
    {
        Assert.Equal(expected.Warnings, actual.Warnings);
        Assert.Equal(expected with { Warnings = [] }, actual with { Warnings = [] });
    }

    /// <summary>A stream that is read once.</summary>
    public sealed class Pipe(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var read = base.Read(buffer.Length > 90_000 ? buffer[..90_000] : buffer);
            return read;
        }
    }
}
