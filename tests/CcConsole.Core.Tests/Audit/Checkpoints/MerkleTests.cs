using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CcConsole.Core.Tests.Audit.Checkpoints;

public sealed class MerkleTests
{
    /// <summary>The leaves with which implementations of certificate transparency test themselves.</summary>
    private static readonly string[] Leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    /// <summary>The roots of the trees of the first 0 to 8 of them.</summary>
    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void The_roots_are_those_that_certificate_transparency_publishes()
    {
        var range = new CompactRange();
        var tree = new MerkleTree();
        Assert.Equal(Roots[0], range.Root.ToString());
        for (var i = 0; i < Leaves.Length; i++)
        {
            var leaf = MerkleHash.Leaf(Convert.FromHexString(Leaves[i]));
            range.Append(leaf);
            tree.Append(leaf);
            Assert.Equal(Roots[i + 1], range.Root.ToString());
        }
        for (var size = 0; size <= Leaves.Length; size++)
            Assert.Equal(Roots[size], tree.RootAt(size).ToString());
    }

    [Fact]
    public void A_proof_is_the_one_that_certificate_transparency_publishes()
    {
        var tree = Tree(8, i => Convert.FromHexString(Leaves[i]));
        Assert.Equal(
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
            tree.Prove(5).Path.Select(hash => hash.ToString()));
    }

    [Fact]
    public void A_leaf_of_any_length_is_hashed_behind_its_prefix()
    {
        var random = new Random(6962);
        foreach (var length in Enumerable.Range(0, 300).Append(EntryLimits.MaxLineBytes))
        {
            var line = new byte[length];
            random.NextBytes(line);
            Assert.Equal(Sha256.Hash([0, .. line]), MerkleHash.Leaf(line));
        }
        Assert.Throws<ArgumentException>(() => MerkleHash.Leaf(new byte[EntryLimits.MaxLineBytes + 1]));
    }

    [Fact]
    public void Every_leaf_of_a_tree_of_any_size_has_a_proof_and_no_changed_one_holds()
    {
        var all = Tree(130);
        for (var size = 1; size <= 130; size++)
        {
            var root = Definition(0, size, all);
            Assert.Equal(root, all.RootAt(size));
            for (var index = 0; index < size; index++)
            {
                var (leaf, proof) = (all.Leaf(index), all.Prove(index, size));
                Assert.True(proof.Verify(leaf, root));
                Assert.False(proof.Verify(MerkleHash.Leaf([1, 2, 3]), root));
                Assert.False(proof.Verify(leaf, leaf == root ? MerkleHash.Empty : leaf));
                // Beside another leaf only where that is beside the same hashes, which differ from leaf to leaf.
                Assert.False(InclusionProof.Verify(leaf, index + 1, size, proof.Path, root));
                Assert.False(InclusionProof.Verify(leaf, index - 1, size, proof.Path, root));
                Assert.False(InclusionProof.Verify(leaf, index, size, [.. proof.Path, root], root));
                if (proof.Path.Count > 0)
                    Assert.False(InclusionProof.Verify(leaf, index, size, [.. proof.Path.Skip(1)], root));
            }
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_in_a_proof_refuses_it() => Prop.ForAll(
        (from size in Gen.Choose(2, 400)
         from index in Gen.Choose(0, size - 1)
         from at in Gen.Choose(0, int.MaxValue)
         from bit in Gen.Choose(0, 7)
         select (size, index, at, bit)).ToArbitrary(),
        sample =>
        {
            var tree = Tree(sample.size);
            var proof = tree.Prove(sample.index);
            var bytes = proof.Path.SelectMany(hash => hash.ToArray()).ToArray();
            bytes[sample.at % bytes.Length] ^= (byte)(1 << sample.bit);
            var changed = proof with { Path = [.. bytes.Chunk(Hash32.Size).Select(chunk => new Hash32(chunk))] };
            Assert.True(proof.Verify(tree.Leaf(sample.index), tree.RootAt(sample.size)));
            Assert.False(changed.Verify(tree.Leaf(sample.index), tree.RootAt(sample.size)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_compact_range_goes_on_from_where_another_was()
    {
        var all = Tree(300);
        for (var size = 0; size <= 300; size += 7)
        {
            var first = new CompactRange();
            for (var i = 0; i < size; i++)
                first.Append(all.Leaf(i));
            var second = CompactRange.From(first.Size, first.Hashes);
            for (var i = size; i < 300; i++)
                second.Append(all.Leaf(i));
            Assert.Equal((size, all.RootAt(size)), (first.Size, first.Root));
            Assert.Equal((300, all.RootAt(300)), (second.Size, second.Root));
        }
        Assert.Throws<ArgumentException>(() => CompactRange.From(3, [MerkleHash.Empty]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CompactRange.From(-1, []));
    }

    [Fact]
    public void Whole_subtrees_give_the_tree_that_their_leaves_give()
    {
        var all = Tree(256);
        for (var start = 0; start < 64; start++)
        {
            var range = new CompactRange();
            for (var i = 0; i < start; i++)
                range.Append(all.Leaf(i));
            while (range.Size < 200)
            {
                var level = range.Size == 0 ? 6 : System.Numerics.BitOperations.TrailingZeroCount(range.Size);
                range.Append(Definition((int)range.Size, (int)range.Size + (1 << level), all), level);
            }
            Assert.Equal(Definition(0, (int)range.Size, all), range.Root);
        }
        var odd = new CompactRange();
        odd.Append(all.Leaf(0));
        Assert.Throws<ArgumentException>(() => odd.Append(all.Leaf(1), 1));
    }

    private static MerkleTree Tree(int size) => Tree(size, i => System.Text.Encoding.ASCII.GetBytes($"leaf {i}"));

    private static MerkleTree Tree(int size, Func<int, byte[]> leaf)
    {
        var tree = new MerkleTree();
        for (var i = 0; i < size; i++)
            tree.Append(MerkleHash.Leaf(leaf(i)));
        return tree;
    }

    /// <summary>MTH as RFC 6962 writes it down.</summary>
    private static Hash32 Definition(int first, int end, MerkleTree leaves)
    {
        if (end - first == 1)
            return leaves.Leaf(first);
        var split = 1;
        while (split * 2 < end - first)
            split *= 2;
        return Sha256.Hash([1, .. Definition(first, first + split, leaves).ToArray(), .. Definition(first + split, end, leaves).ToArray()]);
    }
}
