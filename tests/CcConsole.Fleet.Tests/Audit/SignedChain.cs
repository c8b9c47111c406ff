using System.Buffers;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Fleet.Audit;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>A chain with ratcheted checkpoints, written as an agent does, and put into a cache as if it had been pulled.</summary>
internal sealed class SignedChain : IDisposable
{
    private readonly EntryEncoder _encoder;
    private readonly CompactRange _tree = new();
    private readonly string _name;
    private SigningKey? _key;

    public SignedChain(string id = "c0ffee", bool signed = true, bool keyInGenesis = true)
    {
        _encoder = new EntryEncoder(id, 0, default);
        _name = Checkpoint.OfHost(id);
        _key = signed ? SigningKey.Create(_name) : null;
        ArrayBufferWriter<byte> line = new();
        _encoder.AppendGenesis(line, "web01", "boot", Now, 1, keyInGenesis ? _key?.Verifier : null);
        Take(line);
        if (signed && !keyInGenesis)
        {
            Add("job.finished", new AuditMember("job_id", "before"));
            Add(AuditEvents.KeyNext, new AuditMember("vkey", _key!.Verifier.Text));
        }
    }

    /// <summary>The lines without their line feeds.</summary>
    public List<byte[]> Lines { get; } = [];

    /// <summary>What the host's clock says, in microseconds, while it is wrong; null while it is right.</summary>
    public long? Clock { get; set; }

    private long Now => Clock ?? 1_795_190_000_000_000 + (_encoder.NextSeq * 1_000_000);

    public SignedChain Add(string name, params AuditMember[] members)
    {
        ArrayBufferWriter<byte> line = new();
        _encoder.Append(line, name, Now, 1, members);
        Take(line);
        return this;
    }

    /// <summary>So many runs.</summary>
    public SignedChain Runs(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Add("job.finished", new AuditMember("job_id", $"job{_encoder.NextSeq % 10}"), new AuditMember("exit_code", i % 3), new AuditMember("user", "alice"));
        }

        return this;
    }

    /// <summary>One step of the ratchet.</summary>
    /// <param name="root">Signed in place of the right root.</param>
    /// <param name="key">Signs in place of the key in force.</param>
    /// <param name="forged">Whether the signature is none, though it names the right key.</param>
    public SignedChain Sign(Hash32? root = null, SigningKey? key = null, bool forged = false)
    {
        SigningKey next = SigningKey.Create(_name);
        Add(AuditEvents.KeyNext, new AuditMember("vkey", next.Verifier.Text));
        string note = (key ?? _key!).Sign(new Checkpoint(_name, _tree.Size, root ?? _tree.Root)).Format();
        if (forged)
        {
            int at = note.LastIndexOf(' ') + 1;
            byte[] signature = Convert.FromBase64String(note[at..].TrimEnd('\n'));
            signature[^1] ^= 1;
            note = $"{note[..at]}{Convert.ToBase64String(signature)}\n";
        }

        Add(AuditEvents.Checkpoint, new AuditMember("note", note));
        _key!.Dispose();
        _key = next;
        return this;
    }

    /// <summary>Notes that the entries before one are gone, as an agent does before it removes them.</summary>
    public SignedChain Prune(int first)
    {
        CompactRange before = new();
        Lines.Take(first).ToList().ForEach(line => before.Append(MerkleHash.Leaf(line)));
        // Of the keys that were named before it, those of the checkpoints before it are spent.
        List<string> keys = [.. Lines.Take(first).Select(line => JsonDocument.Parse(line).RootElement).Where(entry => entry.TryGetProperty("vkey", out _)).Select(entry => entry.GetProperty("vkey").GetString()!)];
        int spent = Lines.Take(first).Count(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString() == AuditEvents.Checkpoint);
        return Add(AuditEvents.Prune, new AuditMember("of", "audit"), new AuditMember("first", 0), new AuditMember("last", first - 1),
            new AuditMember("last_hash", AuditRow.From(new ChainLine(first - 1, Lines[first - 1])).Hash), new AuditMember("root", before.Root.ToString()),
            new AuditMember("tree", before.Hashes.Select(hash => hash.ToString()).ToList()), new AuditMember("vkey", keys.ElementAtOrDefault(spent)),
            new AuditMember("vkey_next", keys.ElementAtOrDefault(spent + 1)));
    }

    /// <summary>Puts the chain into a cache.</summary>
    /// <param name="cache">Where.</param>
    /// <param name="host">As which host's.</param>
    /// <param name="first">From this entry on.</param>
    public ChainHead Store(CacheDatabase cache, string host = "web01", int first = 0)
    {
        List<ChainLine> lines = [.. Lines.Skip(first).Select((line, i) => new ChainLine(first + i, line))];
        return cache.Chains.Append(new ChainHead
        {
            Host = host,
            Chain = _encoder.ChainId,
            First = first,
            Seq = lines[^1].Seq,
            Offset = lines.Sum(line => line.Bytes.Length + 1L),
            Hash = _encoder.Head.ToString(),
            GenesisHash = AuditRow.From(lines[0]).Hash,
            HostKey = "SHA256:abc",
            PulledAt = DateTimeOffset.UnixEpoch.AddSeconds(1_795_200_000),
            Verdict = "OK",
        }, lines, null);
    }

    public void Dispose() => _key?.Dispose();

    private void Take(ArrayBufferWriter<byte> line)
    {
        Lines.Add(line.WrittenSpan[..^1].ToArray());
        _tree.Append(MerkleHash.Leaf(Lines[^1]));
    }
}
