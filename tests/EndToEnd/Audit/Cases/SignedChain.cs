using System.Buffers;
using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;

namespace EndToEnd.Audit.Cases;

/// <summary>A signed chain, written step by step as the agent writes one, or as one does who holds a key and should not.</summary>
internal sealed class SignedChain : IDisposable
{
    public const long Start = 1_795_190_200_000_000, Second = 1_000_000, Minute = 60 * Second;

    private const string Id = "9f2c0d";

    private readonly List<SigningKey> _keys = [];
    private readonly EntryEncoder _encoder;

    public SignedChain()
    {
        InForce = NewKey();
        _encoder = new EntryEncoder(Id, 0, default);
        Add(output => _encoder.AppendGenesis(output, "web-1", "b007", Start, 0, InForce.Verifier));
    }

    /// <summary>Another chain behind the first entry of one, by one who holds a key of it.</summary>
    public SignedChain(SignedChain genuine, SigningKey key)
    {
        InForce = key;
        Lines.Add(genuine.Lines[0]);
        _encoder = new EntryEncoder(Id, 1, Hash32.Parse(CaseChain.HashOf(Lines[0])));
        Tree.Append(MerkleHash.Leaf(Encoding.ASCII.GetBytes(Lines[0])));
    }

    public List<string> Lines { get; } = [];

    /// <summary>The tree over all lines so far.</summary>
    public CompactRange Tree { get; } = new();

    /// <summary>What signs the next checkpoint.</summary>
    public SigningKey InForce { get; private set; }

    /// <summary>What was announced to follow it; null before.</summary>
    public SigningKey? Announced { get; private set; }

    /// <summary>Microseconds of the monotonic clock, and by how much the wall clock differs from what it should be.</summary>
    public long Mono { get; set; }

    public long WallOff { get; set; }

    /// <summary>The 1-based number of the last line.</summary>
    public long Last => Lines.Count;

    /// <summary>A key of this chain's name.</summary>
    public SigningKey NewKey(string? name = null)
    {
        SigningKey key = SigningKey.Create(name ?? Checkpoint.OfHost(Id));
        _keys.Add(key);
        return key;
    }

    public SignedChain Runs(int count, long apart = Second)
    {
        for (int i = 0; i < count; i++)
        {
            Mono += apart;
            Entry(AuditEvents.JobFinished, new("job_id", $"job-{i % 7}"), new("exit_code", 0));
        }
        return this;
    }

    /// <summary>An entry of any kind.</summary>
    public SignedChain Entry(string name, params AuditMember[] members)
    {
        Add(output => _encoder.Append(output, name, Start + Mono + WallOff, Mono, members));
        return this;
    }

    /// <summary>Announces a key: a new one, unless one is given.</summary>
    public SignedChain Announce(SigningKey? key = null)
    {
        Announced = key ?? NewKey();
        return Entry(AuditEvents.KeyNext, new AuditMember("vkey", Announced.Verifier.Text));
    }

    /// <summary>Signs all lines so far with the key in force, and lets the announced one follow it; each part can be another.</summary>
    public SignedChain Sign(SigningKey? key = null, Hash32? root = null, long? size = null, Func<string, string>? note = null)
    {
        string signed = (key ?? InForce).Sign(new Checkpoint(Checkpoint.OfHost(Id), size ?? Tree.Size, root ?? Tree.Root)).Format();
        Entry(AuditEvents.Checkpoint, new AuditMember("note", note is null ? signed : note(signed)));
        (InForce, Announced) = (Announced ?? InForce, null);
        return this;
    }

    /// <summary>What the agent writes every five minutes.</summary>
    public SignedChain Seal() => Announce().Sign();

    public void Dispose() => _keys.ForEach(key => key.Dispose());

    private void Add(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        Lines.Add(Encoding.ASCII.GetString(output.WrittenSpan[..^1]));
        Tree.Append(MerkleHash.Leaf(output.WrittenSpan[..^1]));
    }
}
