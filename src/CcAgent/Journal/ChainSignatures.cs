using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Journal;

/// <summary>
/// What the chain's entries come to for who signs it: the tree over their lines, which key is in force, and where the last checkpoint
/// is. It believes what the entries say, as their writer; whether the signatures are good is a verifier's question.
/// </summary>
internal sealed class ChainSignatures
{
    private ChainSignatures(CompactRange tree) => Tree = tree;

    /// <summary>Of a chain that is yet to be begun.</summary>
    internal ChainSignatures()
        : this(new CompactRange())
    {
    }

    /// <summary>The tree over all lines so far.</summary>
    internal CompactRange Tree { get; }

    /// <summary>The public half of the key that signs the next checkpoint, as the chain names it; null before it has named one.</summary>
    internal string? InForce { get; private set; }

    /// <summary>The key that was announced since the last checkpoint.</summary>
    internal string? Announced { get; private set; }

    /// <summary>The sequence number of the last checkpoint; -1 when there is none.</summary>
    internal long Checkpoint { get; private set; } = -1;

    /// <summary>When the last checkpoint was, or the first key was named, in microseconds since 1970; 0 when neither has been.</summary>
    internal long SignedMicros { get; private set; }

    /// <summary>How many entries there are since the last checkpoint, or since the chain's beginning.</summary>
    internal long Since => Tree.Size - 1 - Checkpoint;

    /// <summary>Takes the next line in, without its LF.</summary>
    internal void Add(ReadOnlySpan<byte> line)
    {
        // In a text the quotation marks would be escaped.
        if (line.IndexOf("\"event\": \"audit."u8) >= 0 && RatchetStatement.TryRead(line, out var said))
            Take(said, Tree.Size);
        // A longer line is none of ours, and what comes after it no chain any more; that is a verifier's finding, not the end of its writer.
        Tree.Append(MerkleHash.Leaf(line[..Math.Min(line.Length, EntryLimits.MaxLineBytes)]));
    }

    /// <summary>Reads the chain up to an entry, from the kept tree on where the chain's own checkpoint agrees with it, else from its first line.</summary>
    /// <param name="segments">The chain's segments.</param>
    /// <param name="kept">A tree that was kept; null for none.</param>
    /// <param name="end">The sequence number of the first entry that is not to be read.</param>
    internal static ChainSignatures Read(IReadOnlyList<Segment> segments, CompactRange? kept, long end) =>
        (kept is null ? null : ReadOn(segments, kept, end)) ?? ReadAll(segments, end);

    /// <summary>The tree over the first entries of a chain.</summary>
    /// <param name="segments">The chain's segments.</param>
    /// <param name="size">How many entries.</param>
    internal static CompactRange TreeAt(IReadOnlyList<Segment> segments, long size) => ReadAll(segments, size).Tree;

    // The entry before a checkpoint is its announcement, since this agent writes both at once.
    private static ChainSignatures? ReadOn(IReadOnlyList<Segment> segments, CompactRange kept, long end)
    {
        var read = new ChainSignatures(kept) { InForce = "" };
        var (size, root, agrees) = (kept.Size, kept.Root, false);
        JournalReading.From(segments, size - 1, (seq, line) =>
        {
            line = line[..^1];
            RatchetStatement said = default;
            if (seq < size && !(RatchetStatement.TryRead(line, out said) && said is { Event: AuditEvents.KeyNext, Key: not null }))
                return false;
            if (seq == size && !(RatchetStatement.TryRead(line, out said) && (agrees = said.Signs(size, root))))
                return false;
            if (seq < size)
                read.Take(said, seq);
            else if (seq < end)
                read.Add(line);
            return seq < end;
        });
        return agrees && size < end ? read : null;
    }

    private static ChainSignatures ReadAll(IReadOnlyList<Segment> segments, long end)
    {
        var first = segments.Count == 0 ? 0 : segments[0].First;
        var read = first > 0 ? Pruned(segments, first) : new ChainSignatures();
        JournalReading.From(segments, first, (seq, line) =>
        {
            if (seq < end)
                read.Add(line[..^1]);
            return seq < end;
        });
        return read;
    }

    // What was let go lives on in the entry that tells of it, which is one of the newest of those that tell of any.
    private static ChainSignatures Pruned(IReadOnlyList<Segment> segments, long first)
    {
        ChainSignatures? read = null;
        for (var i = segments.Count - 1; i >= 0 && read is null; i--)
        {
            var end = i + 1 < segments.Count ? segments[i + 1].First : long.MaxValue;
            JournalReading.From([segments[i]], segments[i].First, (seq, line) => seq < end && !Tells(line));
        }

        return read ?? new ChainSignatures();

        bool Tells(ReadOnlySpan<byte> line)
        {
            if (line.IndexOf("\"event\": \"audit.prune\""u8) >= 0 && RatchetStatement.PrunedTree(line[..^1], first, out var key, out var next) is { } tree)
                read = new ChainSignatures(tree) { InForce = key, Announced = next };
            return read is not null;
        }
    }

    private void Take(in RatchetStatement said, long seq)
    {
        switch (said.Event)
        {
            case AuditEvents.Genesis or AuditEvents.KeyNext when said.Key is not null && InForce is null:
                (InForce, SignedMicros) = (said.Key, said.Micros);
                break;
            case AuditEvents.KeyNext:
                Announced = said.Key;
                break;
            case AuditEvents.Checkpoint:
                (InForce, Announced) = (Announced ?? InForce, null);
                (Checkpoint, SignedMicros) = (seq, said.Micros);
                break;
        }
    }
}
