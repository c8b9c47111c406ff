namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// The hashes of RFC 6962, section 2.1. Leaves and nodes begin with another byte each, so that no node passes for a leaf.
/// The leaves of a chain's tree are its lines, byte for byte, without their line feeds.
/// </summary>
public static class MerkleHash
{
    internal const byte LeafPrefix = 0;
    internal const byte NodePrefix = 1;

    /// <summary>Bytes that a node's hash covers: the prefix and two hashes.</summary>
    internal const int NodeBytes = 1 + 2 * Hash32.Size;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static Hash32 Empty { get; } = Sha256.Hash([]);

    /// <summary>SHA-256(0x00 || <paramref name="line"/>). Allocates nothing.</summary>
    /// <param name="line">The line without its line feed, at most <see cref="EntryLimits.MaxLineBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">A longer line.</exception>
    public static Hash32 Leaf(ReadOnlySpan<byte> line)
    {
        if (line.Length > EntryLimits.MaxLineBytes)
            throw new ArgumentException("longer than a line of a chain may be", nameof(line));
        return Sha256.Hash(LeafPrefix, line);
    }

    /// <summary>SHA-256(0x01 || <paramref name="left"/> || <paramref name="right"/>). Allocates nothing.</summary>
    public static Hash32 Node(Hash32 left, Hash32 right)
    {
        Span<byte> message = stackalloc byte[NodeBytes];
        message[0] = NodePrefix;
        left.CopyTo(message[1..]);
        right.CopyTo(message[(1 + Hash32.Size)..]);
        return Sha256.Hash(message);
    }
}
