using System.Numerics;
using System.Runtime.InteropServices;
using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>
/// The part of the Merkle tree that lies over a block's lines: as many complete subtrees as need be, in order. A block seldom begins where a
/// large subtree does, so at its ends they are small; inside they are cut where a checkpoint wants the root of all before it.
/// </summary>
/// <param name="Subtrees">Their levels and roots.</param>
/// <param name="Cuts">For each checkpoint of the block, how many of them lie before it.</param>
internal sealed record BlockTree(IReadOnlyList<(int Level, Hash32 Root)> Subtrees, IReadOnlyList<int> Cuts);

/// <summary>Computes it. One instance a thread.</summary>
internal sealed unsafe class BlockTreeBuilder
{
    private readonly List<(int Offset, long First, int Count)> _levels = [];
    private Hash32[] _nodes = [];
    private Sha256Message[] _messages = [];

    /// <summary>Where the leaves go: so many from the start on.</summary>
    public Span<Hash32> Leaves(int count)
    {
        // Above the leaves come as many nodes, and at most one more at each level.
        if (_nodes.Length < 2 * count + 64)
            _nodes = GC.AllocateUninitializedArray<Hash32>(2 * count + 64, pinned: true);
        return _nodes.AsSpan(0, count);
    }

    /// <param name="count">How many leaves were written.</param>
    /// <param name="first">Which leaf of the tree the first of them is; null when that is not known: then each leaf is given by itself.</param>
    /// <param name="cuts">Which of the leaves are checkpoints, 0-based, in order.</param>
    public BlockTree Build(int count, long? first, ReadOnlySpan<int> cuts)
    {
        _levels.Clear();
        _levels.Add((0, first ?? 0, count));
        while (first is not null && Above())
        {
        }
        List<(int, Hash32)> subtrees = [];
        var positions = new int[cuts.Length];
        var from = 0;
        for (var i = 0; i < cuts.Length; i++)
        {
            Take(subtrees, _levels[0].First + from, _levels[0].First + cuts[i], first is not null);
            from = cuts[i];
            positions[i] = subtrees.Count;
        }
        Take(subtrees, _levels[0].First + from, _levels[0].First + count, first is not null);
        return new BlockTree(subtrees, positions);
    }

    /// <summary>The next level: those of its nodes whose both children are here.</summary>
    private bool Above()
    {
        var (offset, first, count) = _levels[^1];
        var skip = (int)(first & 1);
        var pairs = (count - skip) / 2;
        if (pairs <= 0)
            return false;
        if (_messages.Length < pairs)
            _messages = new Sha256Message[_nodes.Length / 2];
        var start = Marshal.UnsafeAddrOfPinnedArrayElement(_nodes, offset + skip);
        for (var i = 0; i < pairs; i++)
            _messages[i] = new Sha256Message(start + i * 2 * Hash32.Size, 2 * Hash32.Size, MerkleHash.NodePrefix, -1);
        Sha256Batch.Hash(_messages.AsSpan(0, pairs), _nodes.AsSpan(offset + count, pairs));
        _levels.Add((offset + count, (first + skip) / 2, pairs));
        return true;
    }

    private void Take(List<(int, Hash32)> subtrees, long from, long end, bool joined)
    {
        while (from < end)
        {
            var level = joined ? Math.Min(from == 0 ? 62 : BitOperations.TrailingZeroCount(from), BitOperations.Log2((ulong)(end - from))) : 0;
            var (offset, first, _) = _levels[level];
            subtrees.Add((level, _nodes[offset + (int)((from >> level) - first)]));
            from += 1L << level;
        }
    }
}
