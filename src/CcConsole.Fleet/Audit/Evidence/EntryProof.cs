using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>What proves one entry of a copy, verified now.</summary>
public sealed record EntryProof
{
    /// <summary>The entry.</summary>
    public required AuditRow Row { get; init; }

    /// <summary>The copy.</summary>
    public required ChainHead Head { get; init; }

    /// <summary>The finding over the line itself: its hash, and its link where the line before is held.</summary>
    public required VerifyResult Line { get; init; }

    /// <summary>The first signed checkpoint after it; null when no usable one covers it.</summary>
    public CheckpointProof? Checkpoint { get; init; }

    /// <summary>Why the chain's signatures cannot be used from some checkpoint on; null when nothing is wrong with them.</summary>
    public string? Finding { get; init; }

    /// <summary>Whether anything in the copy is signed.</summary>
    public required bool IsSigned { get; init; }

    /// <summary>Whether it is itself the newest checkpoint: its signature over the entries before it was verified now; itself only the next one signs.</summary>
    public bool IsLastCheckpoint { get; init; }

    /// <summary>Whether the entry is what it says and nothing was found wrong; it may still be linked only.</summary>
    public bool IsGood => Line.Verdict.IsGood() && Finding is null;
}

/// <summary>A checkpoint that covers an entry.</summary>
/// <param name="Row">Its entry.</param>
/// <param name="Size">How many entries it signs.</param>
/// <param name="Root">The root that it signs.</param>
/// <param name="Key">The key that signed it.</param>
/// <param name="Announced">The entry that announced the key; 0 for the genesis entry.</param>
/// <param name="WholeRatchet">Whether the copy leads from the chain's first key to this one.</param>
/// <param name="Leaf">The entry's leaf in the tree.</param>
/// <param name="Path">The way from the leaf to the root.</param>
public sealed record CheckpointProof(
    AuditRow Row, long Size, Hash32 Root, VerifierKey Key, long Announced, bool WholeRatchet, Hash32 Leaf, InclusionProof Path);
