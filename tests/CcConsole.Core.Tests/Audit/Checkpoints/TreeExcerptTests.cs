using System.Globalization;
using System.Numerics;
using System.Text;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Checkpoints;

public sealed class TreeExcerptTests
{
    private static Hash32 LeafOf(long index) => MerkleHash.Leaf(Encoding.ASCII.GetBytes(index.ToString(CultureInfo.InvariantCulture)));

    private static (TreeExcerpt Excerpt, MerkleTree Tree) Make(IEnumerable<long> leaves, IEnumerable<long> sizes, long start = 0)
    {
        var tree = new MerkleTree();
        var before = new CompactRange();
        for (var i = 0L; i < start; i++)
        {
            tree.Append(LeafOf(i));
            before.Append(LeafOf(i));
        }
        var excerpt = new TreeExcerpt(leaves, sizes, start == 0 ? null : before);
        while (excerpt.Size < excerpt.Needed)
        {
            tree.Append(LeafOf(excerpt.Size));
            excerpt.Append(LeafOf(excerpt.Size));
        }
        return (excerpt, tree);
    }

    /// <summary>What a reader makes of it who has the proven leaves and the nodes alone.</summary>
    private static Hash32 Root(TreeExcerpt excerpt, HashSet<long> leaves, long size)
    {
        var nodes = excerpt.Nodes.ToDictionary(node => (node.Level, node.Index), node => node.Hash);
        Hash32 Node(int level, long index)
        {
            if (nodes.TryGetValue((level, index), out var hash))
                return hash;
            if (level > 0)
                return MerkleHash.Node(Node(level - 1, index * 2), Node(level - 1, index * 2 + 1));
            Assert.Contains(index, leaves);
            return LeafOf(index);
        }
        Hash32? root = null;
        for (var end = size; end > 0;)
        {
            var level = BitOperations.TrailingZeroCount(end);
            var hash = Node(level, (end >> level) - 1);
            root = root is { } right ? MerkleHash.Node(hash, right) : hash;
            end -= 1L << level;
        }
        return root ?? MerkleHash.Empty;
    }

    [Fact]
    public void Every_selection_of_a_small_tree_and_every_pair_of_sizes_gives_the_roots_and_proofs_of_the_whole_tree()
    {
        for (var size = 1L; size <= 9; size++)
        {
            for (var smaller = 0L; smaller <= size; smaller++)
            {
                for (var set = 0; set < 1 << (int)size; set++)
                {
                    HashSet<long> leaves = [.. Enumerable.Range(0, (int)size).Where(i => (set >> i & 1) == 1)];
                    var (excerpt, tree) = Make(leaves, [smaller, size]);

                    Assert.Equal(tree.RootAt(size), Root(excerpt, leaves, size));
                    Assert.Equal(tree.RootAt(smaller), Root(excerpt, leaves, smaller));
                    Assert.Equal(tree.RootAt(smaller), excerpt.RootAt(smaller));
                    foreach (var leaf in leaves)
                        Assert.Equal(tree.Prove(leaf, size).Path, excerpt.Prove(leaf, size).Path);
                }
            }
        }
    }

    [Fact]
    public void No_node_lies_over_a_proven_leaf_or_over_another_node_and_none_holds_the_end_of_a_size_inside()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            var start = random.Next(0, 40);
            long[] sizes = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (long)random.Next(start, 300))];
            HashSet<long> leaves = [.. Enumerable.Range(0, random.Next(0, 30)).Select(_ => (long)random.Next(start, 300)).Where(leaf => leaf < sizes.Max())];
            var (excerpt, tree) = Make(leaves, sizes, start);

            var covered = new HashSet<long>();
            foreach (var node in excerpt.Nodes)
            {
                var (first, end) = (node.Index << node.Level, (node.Index + 1) << node.Level);
                for (var leaf = first; leaf < end; leaf++)
                    Assert.True(covered.Add(leaf) && !leaves.Contains(leaf));
                Assert.DoesNotContain(sizes, size => first < size && size < end);
            }
            Assert.Equal(sizes.Max(), covered.Count + leaves.Count);
            foreach (var size in sizes)
            {
                Assert.Equal(tree.RootAt(size), Root(excerpt, leaves, size));
                foreach (var leaf in leaves.Where(leaf => leaf < size))
                    Assert.True(excerpt.Prove(leaf, size).Verify(LeafOf(leaf), tree.RootAt(size)));
            }
        }
    }

    [Fact]
    public void A_leaf_in_no_tree_and_a_size_of_what_is_gone_are_refused()
    {
        var before = new CompactRange();
        for (var i = 0; i < 5; i++)
            before.Append(LeafOf(i));

        Assert.Throws<ArgumentException>(() => new TreeExcerpt([9], [9]));
        Assert.Throws<ArgumentException>(() => new TreeExcerpt([], []));
        Assert.Throws<ArgumentException>(() => new TreeExcerpt([4], [9], before));
        Assert.Throws<ArgumentException>(() => new TreeExcerpt([6], [4, 9], before));
    }

    [Fact]
    public void Proofs_of_many_leaves_share_their_hashes()
    {
        const int chain = 200_000, every = 10;
        var excerpt = new TreeExcerpt(Enumerable.Range(0, chain / every).Select(i => (long)i * every), [chain]);
        for (var i = 0; i < chain; i++)
            excerpt.Append(LeafOf(i));

        // One by one they would be 18 each.
        Assert.InRange(excerpt.Nodes.Count, 1, chain / every * 4);
    }
}
