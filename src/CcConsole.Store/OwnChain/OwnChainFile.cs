using System.Buffers;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Store.Access;

namespace CcConsole.Store.OwnChain;

/// <summary>
/// The console's own audit chain: what this console did, in the format of the hosts' chains and signed by the same ratchet. Several consoles
/// of one person write to it, each under a lock (flock). Nothing that is written is ever changed; what a crash left is attested by an
/// entry. Safe for use by several threads.
/// </summary>
public sealed class OwnChainFile
{
    private const string Folder = "audit", StateFolder = "audit-state";
    // A verifier asks for a signature every quarter of an hour of one run; of a console that wrote nothing for a while another run begins.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);
    private const int RoomBytes = 2 * EntryLimits.MaxLineBytes;
    private readonly string _log, _state, _machine;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _unsigned;
    private long? _written;

    /// <param name="stateDirectory">The console's folder of state, in which the chain has its own.</param>
    /// <param name="machine">This machine's name, for the first entry.</param>
    /// <param name="time">The clock.</param>
    public OwnChainFile(string stateDirectory, string machine, TimeProvider time) =>
        (_log, _state, _machine, _time) = (Path.Combine(stateDirectory, Folder), Path.Combine(stateDirectory, StateFolder), machine, time);

    /// <summary>Bytes after which another segment is begun.</summary>
    internal int SegmentBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The folder of the chain's files.</summary>
    public string Directory => _log;

    /// <summary>Makes sure that an entry can be written: there is room, and the chain can be continued.</summary>
    /// <exception cref="ProblemException">It cannot.</exception>
    public void Demand() => Locked(tail =>
    {
        string room = Path.Combine(_state, $"room.{Guid.NewGuid():N}");
        try
        {
            using FileStream file = PrivatePath.CreateFile(room);
            file.Write(new byte[RoomBytes]);
            file.Flush(flushToDisk: true);
            using FileStream log = OpenToAppend(tail.Segment.Path);
        }
        finally
        {
            File.Delete(room);
        }

        return 0;
    });

    /// <summary>Appends an entry, on disk when this returns.</summary>
    /// <param name="name">One of <see cref="AuditEvents"/>.</param>
    /// <param name="members">What it says.</param>
    /// <returns>Its sequence.</returns>
    /// <exception cref="ProblemException">It could not be written.</exception>
    public long Append(string name, params AuditMember[] members) => Locked(tail =>
    {
        long seq = Write(Opened(tail), (encoder, output) => Encode(encoder, output, name, members)).Head.Seq;
        Interlocked.Increment(ref _unsigned);
        return seq;
    });

    /// <summary>Signs the chain as it is; does nothing when this process has written nothing since the last time.</summary>
    /// <returns>Whether there was something to sign.</returns>
    /// <exception cref="ProblemException">It could not be signed: the next console that writes does so.</exception>
    public bool Sign()
    {
        if (Interlocked.Exchange(ref _unsigned, 0) is > 0 and var unsigned)
        {
            try
            {
                Locked(tail =>
                {
                    Sign(Opened(tail));
                    return 0;
                });
                return true;
            }
            catch
            {
                Interlocked.Add(ref _unsigned, unsigned);
                throw;
            }
        }

        return false;
    }

    /// <summary>The chain byte for byte, torn ends left out: as a verifier of the format reads it. Empty before it has begun.</summary>
    public Stream OpenRead(long after = -1) => new Chains.ChainCopyStream(Lines(after));

    /// <summary>The newest file and its length: other than before when something was written. Nothing and 0 before the chain has begun.</summary>
    public (string File, long Length) End() => OwnSegment.In(_log) is [.., var last] ? (last.Name, last.Bytes) : ("", 0);

    /// <summary>The lines behind an entry.</summary>
    public IEnumerable<Chains.ChainLine> Lines(long after = -1) => Lines(OwnSegment.In(_log), after, 0, null);

    /// <param name="segments">The segments to read, in their order.</param>
    /// <param name="after">The entry behind which to begin.</param>
    /// <param name="offset">Where to begin in the first segment.</param>
    /// <param name="seqThere">The sequence of the line there; null for the segment's first.</param>
    private static IEnumerable<Chains.ChainLine> Lines(List<OwnSegment> segments, long after, long offset, long? seqThere)
    {
        // A file that was begun and not written says nothing: what is torn before it stays so.
        segments = [.. segments.Where(segment => segment.Bytes > 0)];
        for (int i = 0; i < segments.Count; i++, offset = 0, seqThere = null)
        {
            long seq = seqThere ?? segments[i].First, next = i + 1 < segments.Count ? segments[i + 1].First : long.MaxValue;
            if (next - 1 <= after)
            {
                continue;
            }

            foreach ((ReadOnlyMemory<byte> line, _) in segments[i].Lines(offset))
            {
                if (seq >= next)
                {
                    break;
                }

                if (seq > after)
                {
                    yield return new Chains.ChainLine(seq, line[..^1]);
                }

                seq++;
            }
        }
    }

    private T Locked<T>(Func<OwnTail, T> write)
    {
        try
        {
            lock (_gate)
            {
                PrivatePath.EnsureDirectory(_log);
                PrivatePath.EnsureDirectory(_state);
                using FileLock held = FileLock.Take(Path.Combine(_state, "lock"));
                return write(Heal(OwnTail.Find(_log, OwnHead.Read(HeadPath))));
            }
        }
        catch (ProblemException e)
        {
            throw new ProblemException($"This console's own audit chain cannot be written: {e.Message}", e.Hint, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"This console's own audit chain cannot be written: {e.Message}", $"Check the owner and mode of {_log} and {_state}, and the free space.", e);
        }
    }

    /// <summary>The first that a process writes, or after a pause, says which process and boot it is: the monotonic clock is counted from there.</summary>
    private OwnTail Opened(OwnTail tail) => _written is { } last && _time.GetElapsedTime(last) < Pause ? tail
        : Write(tail, (encoder, output) => Encode(encoder, output, AuditEvents.AuditOpened, new("boot_id", BootId()), new("pid", Environment.ProcessId)));

    private string HeadPath => Path.Combine(_state, "head");

    private string TreePath => Path.Combine(_state, "tree");

    private OwnTail Heal(OwnTail? tail)
    {
        if (tail is null)
        {
            return Begin();
        }

        if (tail.Torn.Count == 0 && tail.Alarm is null)
        {
            return tail;
        }

        OwnTail next = tail with { Segment = OwnSegment.Begin(_log, tail.Head.Seq + 1), Torn = [], Alarm = null };
        return Write(next, (encoder, output) =>
        {
            foreach (OwnTorn torn in tail.Torn)
            {
                Encode(encoder, output, AuditEvents.Recovered, new("segment", torn.Segment), new("offset", torn.Offset), new("length", torn.Length), new("sha256", torn.Digest.ToString()));
            }

            if (tail.Alarm is { } alarm)
            {
                Encode(encoder, output, AuditEvents.Shrunk, new("reason", alarm), new("expected_seq", tail.Head.Seq), new("expected_hash", tail.Head.Hash.ToString()));
            }
        });
    }

    private OwnTail Begin()
    {
        string chain = Guid.NewGuid().ToString("N");
        VerifierKey first = new OwnKeys(_state, chain).Begin();
        OwnTail empty = new(new OwnHead(chain, -1, default, "", 0, 0), OwnSegment.Begin(_log, 0), [], null);
        return Write(empty, (encoder, output) => encoder.AppendGenesis(output, _machine, BootId(), NowMicros, MonoMicros, first));
    }

    private OwnTail Write(OwnTail tail, Action<EntryEncoder, ArrayBufferWriter<byte>> add)
    {
        EntryEncoder encoder = new(tail.Head.Chain, tail.Head.Seq + 1, tail.Head.Hash);
        ArrayBufferWriter<byte> output = new();
        OwnSegment segment = tail.Segment;
        bool begins = !File.Exists(segment.Path);
        if (!begins && segment.Bytes >= SegmentBytes)
        {
            Encode(encoder, output, AuditEvents.Rotate, new("segment", segment.Name), new("entries", tail.Head.Seq + 1 - segment.First), new("bytes", segment.Bytes));
            (segment, begins) = (OwnSegment.Begin(_log, tail.Head.Seq + 1), true);
        }

        add(encoder, output);
        long end;
        // Whoever reads the chain just now may read it.
        using (FileStream file = begins ? PrivatePath.CreateFile(segment.Path, FileShare.Read) : OpenToAppend(segment.Path))
        {
            file.Write(output.WrittenSpan);
            file.Flush(flushToDisk: true);
            end = file.Length;
        }

        if (begins)
        {
            Descriptor.SyncDirectory(_log);
        }

        long start = end - output.WrittenCount + output.WrittenSpan[..^1].LastIndexOf((byte)'\n') + 1;
        OwnHead head = new(encoder.ChainId, encoder.NextSeq - 1, encoder.Head, segment.Name, start, end);
        head.Write(HeadPath);
        _written = _time.GetTimestamp();
        return new OwnTail(head, segment, [], null);
    }

    // Announce, sign, turn: a crash before the signature announces again, one behind it is finished at the next time.
    private void Sign(OwnTail tail)
    {
        OwnKeys keys = new(_state, tail.Head.Chain);
        (CompactRange tree, string announced, IEnumerable<Chains.ChainLine> rest) = Known(tail.Head.Chain);
        string signed = "";
        foreach (Chains.ChainLine line in rest)
        {
            tree.Append(MerkleHash.Leaf(line.Bytes.Span));
            if (line.Bytes.Span.IndexOf("\"vkey\": "u8) >= 0 && Member(line, "event") == AuditEvents.KeyNext)
            {
                announced = Member(line, "vkey");
            }
            else if (line.Bytes.Span.IndexOf("\"event\": \"audit.checkpoint\""u8) >= 0)
            {
                signed = announced;
            }
        }

        if (signed.Length > 0)
        {
            keys.Settle(signed);
        }

        using SigningKey key = keys.InForce();
        using SigningKey next = keys.ToAnnounce();
        OwnTail signature = Write(tail, (encoder, output) =>
        {
            Encode(encoder, output, AuditEvents.KeyNext, new AuditMember("vkey", next.Verifier.Text));
            // With the announcement, what begins a new segment.
            for (ReadOnlySpan<byte> lines = output.WrittenSpan; !lines.IsEmpty; lines = lines[(lines.IndexOf((byte)'\n') + 1)..])
            {
                tree.Append(MerkleHash.Leaf(lines[..lines.IndexOf((byte)'\n')]));
            }

            string note = key.Sign(new Checkpoint(Checkpoint.OfConsole(tail.Head.Chain), tree.Size, tree.Root)).Format();
            Encode(encoder, output, AuditEvents.Checkpoint, new AuditMember("note", note));
        });
        keys.Turn();
        new OwnTree(tail.Head.Chain, tree, next.Verifier.Text, signature.Head.Segment, signature.Head.Start).Write(TreePath);
    }

    /// <summary>The tree at the last checkpoint, the key announced there, and the lines from it on; without one, nothing and all lines.</summary>
    private (CompactRange Tree, string Announced, IEnumerable<Chains.ChainLine> Lines) Known(string chain)
    {
        List<OwnSegment> segments = OwnSegment.In(_log);
        if (OwnTree.Read(TreePath, chain) is { } known && segments.FindIndex(segment => segment.Name == known.Segment) is >= 0 and var at
            && segments[at].Bytes > known.Start)
        {
            IEnumerable<Chains.ChainLine> rest = Lines(segments[at..], -1, known.Start, known.Tree.Size);
            if (rest.FirstOrDefault() is { Bytes.IsEmpty: false } line && Signs(line, known))
            {
                return (known.Tree, known.Announced, rest);
            }
        }

        return (new CompactRange(), "", Lines());
    }

    private static bool Signs(Chains.ChainLine line, OwnTree known)
    {
        try
        {
            return Member(line, "event") == AuditEvents.Checkpoint && SignedNote.TryParse(Member(line, "note"), out SignedNote? note)
                && Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint) && checkpoint.Origin == Checkpoint.OfConsole(known.Chain)
                && checkpoint.Size == known.Tree.Size && checkpoint.Root == known.Tree.Root;
        }
        catch (JsonException)
        {
            // Another place in the file than it was.
            return false;
        }
    }

    private static string Member(Chains.ChainLine line, string name)
    {
        using JsonDocument entry = JsonDocument.Parse(line.Bytes);
        return entry.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
    }

    private void Encode(EntryEncoder encoder, IBufferWriter<byte> output, string name, params ReadOnlySpan<AuditMember> members) =>
        encoder.Append(output, name, NowMicros, MonoMicros, members);

    private static FileStream OpenToAppend(string path)
    {
        PrivatePath.CheckFile(path);
        return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    private long NowMicros => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private long MonoMicros => (long)(_time.GetTimestamp() * (1_000_000.0 / _time.TimestampFrequency));

    private static string BootId()
    {
        const string linux = "/proc/sys/kernel/random/boot_id";
        return File.Exists(linux) ? File.ReadAllText(linux).Trim() : "";
    }
}
