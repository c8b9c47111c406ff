namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>That a leaf is in a tree (RFC 6962, 2.1.1): the hashes beside its way to the root. Made by <see cref="MerkleTree.Prove"/>.</summary>
/// <param name="Index">The leaf: the entry's sequence number.</param>
/// <param name="Size">How many leaves the tree has.</param>
/// <param name="Path">The hashes, the leaf's neighbour first.</param>
public sealed record InclusionProof(long Index, long Size, IReadOnlyList<Hash32> Path)
{
    /// <summary>Whether the proof leads from the leaf to the root.</summary>
    /// <param name="leaf">The entry's <see cref="MerkleHash.Leaf"/>.</param>
    /// <param name="root">The root that a checkpoint of <see cref="Size"/> leaves signs.</param>
    public bool Verify(Hash32 leaf, Hash32 root) => Verify(leaf, Index, Size, Path, root);

    /// <inheritdoc cref="Verify(Hash32, Hash32)"/>
    /// <param name="leaf">The entry's <see cref="MerkleHash.Leaf"/>.</param>
    /// <param name="index">The entry's sequence number.</param>
    /// <param name="size">How many leaves the tree has.</param>
    /// <param name="path">The hashes, the leaf's neighbour first.</param>
    /// <param name="root">The root.</param>
    public static bool Verify(Hash32 leaf, long index, long size, IReadOnlyList<Hash32> path, Hash32 root)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (index < 0 || index >= size)
            return false;
        // RFC 9162, 2.1.3.2: the last node of a level without a neighbour is its own parent.
        var (node, last, hash) = (index, size - 1, leaf);
        foreach (var beside in path)
        {
            if (last == 0)
                return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = MerkleHash.Node(beside, hash);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                hash = MerkleHash.Node(hash, beside);
            }
            node >>= 1;
            last >>= 1;
        }
        return last == 0 && hash == root;
    }
}
