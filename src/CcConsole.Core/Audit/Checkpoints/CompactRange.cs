using System.Numerics;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// A Merkle tree of RFC 6962 from its first leaf on, of which only the roots of its complete subtrees are kept: one for each bit
/// that is set in its size, so at most 63 hashes however long the chain. A leaf is appended in constant time on average.
/// Not safe for use by several threads at once.
/// </summary>
public sealed class CompactRange
{
    // The largest subtree first.
    private readonly List<Hash32> _hashes = [];

    /// <summary>A tree without leaves.</summary>
    public CompactRange()
    {
    }

    private CompactRange(long size, IReadOnlyList<Hash32> hashes)
    {
        Size = size;
        _hashes.AddRange(hashes);
    }

    /// <summary>The tree that another instance had come to.</summary>
    /// <param name="size">Its <see cref="Size"/>.</param>
    /// <param name="hashes">Its <see cref="Hashes"/>.</param>
    /// <exception cref="ArgumentException">Not as many hashes as the size has bits that are set.</exception>
    public static CompactRange From(long size, IReadOnlyList<Hash32> hashes)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return hashes.Count == BitOperations.PopCount((ulong)size)
            ? new CompactRange(size, hashes)
            : throw new ArgumentException($"a tree of {size} leaves has {BitOperations.PopCount((ulong)size)} complete subtrees, not {hashes.Count}", nameof(hashes));
    }

    /// <summary>How many leaves the tree has.</summary>
    public long Size { get; private set; }

    /// <summary>The roots of the complete subtrees, the largest first.</summary>
    public IReadOnlyList<Hash32> Hashes => _hashes;

    /// <summary>The tree's root: what a checkpoint signs.</summary>
    public Hash32 Root
    {
        get
        {
            if (_hashes.Count == 0)
                return MerkleHash.Empty;
            var root = _hashes[^1];
            for (var i = _hashes.Count - 2; i >= 0; i--)
                root = MerkleHash.Node(_hashes[i], root);
            return root;
        }
    }

    /// <summary>Appends a leaf.</summary>
    /// <param name="leaf">Its <see cref="MerkleHash.Leaf"/>.</param>
    public void Append(Hash32 leaf) => Append(leaf, 0);

    /// <summary>A tree of the same leaves, which then goes its own way.</summary>
    public CompactRange Copy() => new(Size, _hashes);

    /// <summary>Appends a complete subtree of 2^<paramref name="level"/> leaves, of which the size must be a multiple.</summary>
    internal void Append(Hash32 subtree, int level)
    {
        var leaves = 1L << level;
        if ((Size & (leaves - 1)) != 0)
            throw new ArgumentException("the subtree does not begin where a subtree of its size can", nameof(level));
        for (; (Size & leaves) != 0 && leaves > 0; leaves <<= 1)
        {
            subtree = MerkleHash.Node(_hashes[^1], subtree);
            _hashes.RemoveAt(_hashes.Count - 1);
        }
        _hashes.Add(subtree);
        Size += 1L << level;
    }
}
