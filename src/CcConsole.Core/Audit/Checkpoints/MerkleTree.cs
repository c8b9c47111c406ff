using System.Numerics;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// A Merkle tree of RFC 6962 with all its complete subtrees, from which proofs are made: for any entry, in the tree of any size that
/// it ever had. Takes 64 bytes a leaf. Not safe for use by several threads at once.
/// </summary>
public sealed class MerkleTree
{
    // _levels[l][i] is the root over the leaves [i << l, (i + 1) << l).
    private readonly List<List<Hash32>> _levels = [[]];

    /// <summary>How many leaves the tree has.</summary>
    public long Size => _levels[0].Count;

    /// <summary>Appends a leaf.</summary>
    /// <param name="leaf">Its <see cref="MerkleHash.Leaf"/>.</param>
    public void Append(Hash32 leaf)
    {
        _levels[0].Add(leaf);
        for (var level = 0; _levels[level].Count % 2 == 0; level++)
        {
            if (level + 1 == _levels.Count)
                _levels.Add([]);
            var below = _levels[level];
            _levels[level + 1].Add(MerkleHash.Node(below[^2], below[^1]));
        }
    }

    /// <summary>The leaf of an entry.</summary>
    /// <param name="index">The entry's sequence number.</param>
    public Hash32 Leaf(long index) => _levels[0][checked((int)index)];

    /// <summary>The root of the tree when it had so many leaves.</summary>
    /// <param name="size">At most <see cref="Size"/>.</param>
    public Hash32 RootAt(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        return size == 0 ? MerkleHash.Empty : Root(0, size);
    }

    /// <summary>The proof that a leaf is in the tree of a size.</summary>
    /// <param name="index">The leaf: under <paramref name="size"/>.</param>
    /// <param name="size">The tree's size, at most <see cref="Size"/>; by default all of it.</param>
    public InclusionProof Prove(long index, long? size = null)
    {
        var leaves = size ?? Size;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leaves, Size, nameof(size));
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves);
        List<Hash32> path = [];
        var (first, end) = (0L, leaves);
        // PATH of RFC 6962, 2.1.1, from the root down: the half that does not hold the leaf goes into the proof.
        while (end - first > 1)
        {
            var middle = first + Split(end - first);
            if (index < middle)
            {
                path.Add(Root(middle, end));
                end = middle;
            }
            else
            {
                path.Add(Root(first, middle));
                first = middle;
            }
        }
        path.Reverse();
        return new InclusionProof(index, leaves, path);
    }

    /// <summary>The root over the leaves [first, end), where first is a multiple of the power of two that holds them.</summary>
    private Hash32 Root(long first, long end)
    {
        var count = end - first;
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.Log2((ulong)count);
            return _levels[level][(int)(first >> level)];
        }
        var middle = first + Split(count);
        return MerkleHash.Node(Root(first, middle), Root(middle, end));
    }

    /// <summary>The largest power of two that is smaller than <paramref name="count"/>, which is at least 2.</summary>
    private static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
