using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>What an <c>audit.prune</c> entry says of the entries that are gone.</summary>
internal static class PrunedStart
{
    /// <summary>The chain before its first entry that is left, if this entry tells of just that.</summary>
    /// <param name="line">The entry, verified.</param>
    /// <param name="previous">What the first entry that is left names as its predecessor.</param>
    /// <param name="nextSeq">That entry's sequence number.</param>
    public static KnownChain? Read(ReadOnlySpan<byte> line, Hash32 previous, long nextSeq)
    {
        using var entry = EntryValues.Parse(line);
        if (entry?.RootElement is not { } said || said.Text("of"u8) != "audit"
            || said.Whole("last"u8) != nextSeq - 1 || said.Hash("last_hash"u8) != previous || said.Hash("root"u8) is not { } root
            || said.Member("tree"u8) is not { ValueKind: System.Text.Json.JsonValueKind.Array } hashes)
            return null;
        List<Hash32> subtrees = [];
        foreach (var hash in hashes.EnumerateArray())
        {
            if (!Hash32.TryParse(hash.Text(), out var subtree))
                return null;
            subtrees.Add(subtree);
        }
        if (subtrees.Count != System.Numerics.BitOperations.PopCount((ulong)nextSeq))
            return null;
        var tree = CompactRange.From(nextSeq, subtrees);
        if (tree.Root != root)
            return null;
        // An agent names the key in force, if there is one: without it the chain had none, and the first that it names is its first.
        var (key, next) = (Key(said, "vkey"u8), Key(said, "vkey_next"u8));
        return new KnownChain(previous, nextSeq, tree, new RatchetState(key, next, key is null ? null : nextSeq, 0, null), nextSeq);
    }

    private static VerifierKey? Key(System.Text.Json.JsonElement entry, ReadOnlySpan<byte> name) =>
        VerifierKey.TryParse(entry.Text(name), out var key) ? key : null;
}
