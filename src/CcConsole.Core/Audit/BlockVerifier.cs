using System.Runtime.InteropServices;
using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>
/// The fast check of a run of whole lines: scans each, then hashes them side by side. It says only whether all are good;
/// where one is not, <see cref="ChainState"/> goes over the run again and names it. One instance a thread.
/// </summary>
internal sealed unsafe class BlockVerifier(RememberedHead? remembered)
{
    private readonly EntrySorter _sorter = new();
    private readonly List<MarkedLine> _marks = [];
    private readonly List<ClockSpan> _clocks = [];
    private readonly List<int> _cuts = [];
    private readonly BlockTreeBuilder _tree = new();
    private Sha256Message[] _messages = [];
    private Sha256Message[] _leaves = [];
    private Hash32[] _named = [];
    private Hash32[] _hashes = [];
    private byte[] _sorted = [];
    private int _sortedLength;

    /// <summary>Whether the clocks before such an entry are not to be held against those from it on.</summary>
    public static bool BeginsSpan(EntryMark mark) => mark is EntryMark.Genesis or EntryMark.Started or EntryMark.Healed or EntryMark.Rotated;

    /// <param name="block">Whole lines, each with its line feed.</param>
    /// <param name="leaves">Whether the chain's tree is wanted.</param>
    public BlockSummary Verify(ReadOnlySpan<byte> block, bool leaves)
    {
        if (block.IsEmpty || block[^1] != '\n')
            return default;
        fixed (byte* start = block)
            return Verify(block, start, leaves);
    }

    private BlockSummary Verify(ReadOnlySpan<byte> block, byte* start, bool leaves)
    {
        _sortedLength = 0;
        _marks.Clear();
        _clocks.Clear();
        ClockSpan span = default;
        EntryClock last = default;
        var (count, at) = (0, 0);
        Hash32 first = default;
        long? seqBase = null;
        ReadOnlySpan<byte> chain = default;
        var before = -1;
        while (at < block.Length)
        {
            var line = block[at..];
            if (!EntryScanner.Scan(line, out var found) || found.Hash == 0 || found.Previous == 0)
                return default;
            if (count == _messages.Length)
                Grow(block.Length, at);
            if (found.SeqLength > 0)
            {
                if (!ChainState.TryWhole(line.Slice(found.Seq, found.SeqLength), out var seq))
                    return default;
                seqBase ??= seq - count;
                if (seq - count != seqBase)
                    return default;
            }
            if (found.ChainLength > 0)
            {
                var value = line.Slice(found.Chain, found.ChainLength);
                if (chain.IsEmpty)
                    chain = value;
                else if (!value.SequenceEqual(chain))
                    return default;
            }
            // Both are text of 64 characters; that they are digits shows when the hash is decoded.
            var previous = line.Slice(found.Previous, Hash32.HexLength);
            if (before < 0 ? !Hash32.TryParse(previous, out first) : !previous.SequenceEqual(block.Slice(before, Hash32.HexLength)))
                return default;
            before = at + found.Hash;
            if (!Hash32.TryParse(block.Slice(before, Hash32.HexLength), out _named[count]))
                return default;
            if (found.InOrder)
                _messages[count] = new Sha256Message((nint)(start + at), found.Unhashed, -1, (short)'}');
            else if (!Sort(line[..found.Length], block.Length, out _messages[count]))
                return default;
            if (leaves)
                _leaves[count] = new Sha256Message((nint)(start + at), found.Length, MerkleHash.LeafPrefix, -1);
            var clock = EntryClock.Of(line, found);
            if (EntryMarks.Of(line.Slice(found.Event, found.EventLength)) is not EntryMark.None and var mark)
            {
                _marks.Add(new MarkedLine(mark, count, at, found.Length, clock, last));
                if (BeginsSpan(mark))
                {
                    _clocks.Add(span);
                    span = default;
                }
            }
            span.Add(clock);
            last = clock;
            count++;
            at += found.Length + 1;
        }
        _clocks.Add(span);
        Sha256Batch.Hash(_messages.AsSpan(0, count), _hashes);
        return Summary(count, block.Length, first, seqBase, chain, leaves);
    }

    private BlockSummary Summary(int count, int bytes, Hash32 previous, long? seqBase, ReadOnlySpan<byte> chain, bool leaves)
    {
        var hashes = _hashes.AsSpan(0, count);
        if (!MemoryMarshal.AsBytes(hashes).SequenceEqual(MemoryMarshal.AsBytes(_named.AsSpan(0, count))))
            return default;
        return new BlockSummary
        {
            Good = true,
            Lines = count,
            Bytes = bytes,
            Previous = previous,
            First = hashes[0],
            Head = hashes[^1],
            SeqBase = seqBase,
            Chain = chain.IsEmpty ? null : chain.ToArray(),
            RememberedAt = remembered is null ? 0 : hashes.IndexOf(remembered.Hash) + 1,
            Marks = _marks.Count == 0 ? [] : [.. _marks],
            Clocks = [.. _clocks],
            Tree = leaves ? Tree(count, seqBase) : null,
        };
    }

    private BlockTree Tree(int count, long? first)
    {
        Sha256Batch.Hash(_leaves.AsSpan(0, count), _tree.Leaves(count));
        _cuts.Clear();
        foreach (var marked in _marks)
        {
            if (marked.Mark == EntryMark.Checkpoint)
                _cuts.Add(marked.Line);
        }
        return _tree.Build(count, first < 0 ? null : first, CollectionsMarshal.AsSpan(_cuts));
    }

    /// <summary>Keeps the sorted form of another writer's line until the batch is hashed. It is shorter than the line.</summary>
    private bool Sort(ReadOnlySpan<byte> line, int blockLength, out Sha256Message message)
    {
        message = default;
        if (!_sorter.TrySort(line, out var sorted))
            return false;
        if (_sorted.Length < blockLength)
        {
            // The messages so far point into the old array: only the first line of a block may find it too small.
            if (_sortedLength > 0)
                return false;
            _sorted = GC.AllocateUninitializedArray<byte>(blockLength, pinned: true);
        }
        sorted.CopyTo(_sorted.AsSpan(_sortedLength));
        message = new Sha256Message(Marshal.UnsafeAddrOfPinnedArrayElement(_sorted, _sortedLength), sorted.Length, -1, -1);
        _sortedLength += sorted.Length;
        return true;
    }

    private void Grow(int blockLength, int at)
    {
        // As many as lines of the length seen so far would give, and some.
        var size = Math.Max(256, _messages.Length + (int)((long)_messages.Length * (blockLength - at) / Math.Max(1, at)) + 64);
        Array.Resize(ref _messages, size);
        Array.Resize(ref _leaves, size);
        Array.Resize(ref _named, size);
        Array.Resize(ref _hashes, size);
    }
}
