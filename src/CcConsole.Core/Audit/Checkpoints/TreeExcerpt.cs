using System.Collections.Frozen;
using System.Numerics;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// Inclusion proofs of many leaves in the trees of several sizes, made in one pass and in memory that grows with what is proven, not with
/// the chain. Every subtree that holds no proven leaf, and inside of which no size ends, is one hash; proofs share them. Since all roots
/// follow from the same hashes, that each tree is a continuation of the smaller ones is proven with it.
/// </summary>
/// <remarks>
/// A reader computes the root of a size from the proven leaves and <see cref="Nodes"/>, and must refuse a node that lies over a proven
/// leaf: it would stand for the leaf without holding it. Not safe for use by several threads at once.
/// </remarks>
public sealed class TreeExcerpt
{
    private readonly long[] _leaves, _sizes;
    private readonly List<TreeNode> _nodes = [];
    private readonly List<(TreeNode Node, bool Opened)> _right = [];
    private readonly Dictionary<long, Hash32> _proven = [];
    private readonly Dictionary<long, Hash32> _roots = [];
    private int _nextLeaf;
    private FrozenDictionary<(int, long), Hash32>? _known;

    /// <param name="leaves">What is to be proven: sequence numbers, each in a tree of <paramref name="sizes"/>, in any order.</param>
    /// <param name="sizes">Sizes of trees; at least one.</param>
    /// <param name="start">The tree before the first leaf that is appended, of a chain whose first entries are gone; null for none.</param>
    /// <exception cref="ArgumentException">A leaf or a size lies before <paramref name="start"/>, or a leaf in no tree.</exception>
    public TreeExcerpt(IEnumerable<long> leaves, IEnumerable<long> sizes, CompactRange? start = null)
    {
        _leaves = [.. leaves.Distinct().Order()];
        _sizes = [.. sizes.Distinct().Order()];
        Size = start?.Size ?? 0;
        if (_sizes.Length == 0 || _sizes[0] < Size || (_leaves.Length > 0 && (_leaves[0] < Size || _leaves[^1] >= _sizes[^1])))
            throw new ArgumentException("what is to be proven lies outside of the trees", nameof(leaves));
        var first = 0L;
        foreach (var hash in start?.Hashes ?? [])
        {
            var level = BitOperations.Log2((ulong)(Size - first));
            _right.Add((new TreeNode(level, first >> level, hash), false));
            first += 1L << level;
        }
        TakeRoot();
    }

    /// <summary>How many leaves the tree has so far.</summary>
    public long Size { get; private set; }

    /// <summary>How many leaves it takes: the largest of its sizes.</summary>
    public long Needed => _sizes[^1];

    /// <summary>The hashes that are not computed from the proven leaves, those of earlier entries first. Complete when <see cref="Size"/> is <see cref="Needed"/>.</summary>
    public IReadOnlyList<TreeNode> Nodes => Size == Needed ? _nodes : throw new InvalidOperationException($"{Size} of {Needed} leaves are there");

    /// <summary>Appends the next leaf.</summary>
    /// <exception cref="InvalidOperationException">There are <see cref="Needed"/> already.</exception>
    public void Append(Hash32 leaf)
    {
        if (Size == Needed)
            throw new InvalidOperationException("the tree has all the leaves that it takes");
        var proven = _nextLeaf < _leaves.Length && _leaves[_nextLeaf] == Size;
        if (proven)
        {
            _nextLeaf++;
            _proven.Add(Size, leaf);
        }
        _right.Add((new TreeNode(0, Size, leaf), proven));
        Size++;
        while (_right.Count > 1 && _right[^2].Node.Level == _right[^1].Node.Level)
            Join(_right[^2], _right[^1]);
        TakeRoot();
    }

    /// <summary>The root of one of the sizes.</summary>
    public Hash32 RootAt(long size) => _roots[size];

    /// <summary>The proof of a single leaf, as RFC 6962 has it.</summary>
    /// <param name="leaf">One of the proven leaves.</param>
    /// <param name="size">One of the sizes.</param>
    public InclusionProof Prove(long leaf, long size)
    {
        if (!_proven.ContainsKey(leaf) || leaf >= size || !_roots.ContainsKey(size))
            throw new ArgumentException("neither the leaf nor the size is one of those given at the start", nameof(leaf));
        List<Hash32> path = [];
        for (var (first, end) = (0L, size); end - first > 1;)
        {
            var middle = first + (1L << BitOperations.Log2((ulong)(end - first - 1)));
            path.Add(leaf < middle ? Hash(middle, end) : Hash(first, middle));
            (first, end) = leaf < middle ? (first, middle) : (middle, end);
        }
        path.Reverse();
        return new InclusionProof(leaf, size, path);
    }

    private void Join((TreeNode Node, bool Opened) left, (TreeNode Node, bool Opened) right)
    {
        var (level, index) = (left.Node.Level + 1, left.Node.Index >> 1);
        var opened = left.Opened || right.Opened || EndsInside(index << level, (index + 1) << level);
        if (opened)
        {
            Give(left);
            Give(right);
        }
        _right.RemoveRange(_right.Count - 2, 2);
        _right.Add((new TreeNode(level, index, MerkleHash.Node(left.Node.Hash, right.Node.Hash)), opened));
    }

    private void Give((TreeNode Node, bool Opened) subtree)
    {
        if (!subtree.Opened)
            _nodes.Add(subtree.Node);
    }

    private bool EndsInside(long first, long end)
    {
        var at = Array.BinarySearch(_sizes, first + 1);
        at = at < 0 ? ~at : at;
        return at < _sizes.Length && _sizes[at] < end;
    }

    private void TakeRoot()
    {
        if (Array.BinarySearch(_sizes, Size) < 0)
            return;
        var root = _right.Count == 0 ? MerkleHash.Empty : _right[^1].Node.Hash;
        for (var i = _right.Count - 2; i >= 0; i--)
            root = MerkleHash.Node(_right[i].Node.Hash, root);
        _roots[Size] = root;
        if (Size == Needed)
            _right.ForEach(Give);
    }

    /// <summary>The root over the leaves [first, end) of a tree, from what a reader of the excerpt has.</summary>
    private Hash32 Hash(long first, long end)
    {
        var count = end - first;
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.Log2((ulong)count);
            _known ??= Nodes.ToFrozenDictionary(node => (node.Level, node.Index), node => node.Hash);
            if (_known.TryGetValue((level, first >> level), out var hash) || (count == 1 && _proven.TryGetValue(first, out hash)))
                return hash;
        }
        var middle = first + (1L << BitOperations.Log2((ulong)(count - 1)));
        return MerkleHash.Node(Hash(first, middle), Hash(middle, end));
    }
}
