using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>What an export of evidence came to.</summary>
public sealed record EvidenceResult
{
    /// <summary>The folder or the archive.</summary>
    public required string Path { get; init; }

    /// <summary>The copy from which it was made.</summary>
    public required ChainHead Head { get; init; }

    /// <summary>How many entries were selected.</summary>
    public required long Selected { get; init; }

    /// <summary>How many of them a signed checkpoint covers.</summary>
    public required long Proven { get; init; }

    /// <summary>How many are only linked, by the lines between, to the remembered head.</summary>
    public required long Linked { get; init; }

    /// <summary>The newest checkpoint, where it was selected itself: one of those that are not proven, though its own signature was verified. Null where it was not.</summary>
    public long? LastCheckpoint { get; init; }

    /// <summary>How many checkpoints are in it.</summary>
    public required int Checkpoints { get; init; }

    /// <summary>Whether every step from the chain's first key on is in it.</summary>
    public required bool WholeRatchet { get; init; }

    /// <summary>The entry with the chain's first key; null when nothing is signed or the start is gone.</summary>
    public long? SignedSince { get; init; }

    /// <summary>SHA-256 of MANIFEST, 64 hexadecimal digits: noted elsewhere, it tells this export from any other.</summary>
    public required string ManifestHash { get; init; }

    /// <summary>What was found wrong with the chain's signatures; null when nothing was.</summary>
    public string? Finding { get; init; }

    /// <summary>Contradictions by the host that no one has resolved.</summary>
    public required IReadOnlyList<ChainConflict> Conflicts { get; init; }

    /// <summary>Whether every selected entry is proven and nothing speaks against the chain.</summary>
    public bool IsWhole => Proven == Selected && Finding is null && Conflicts.Count == 0;
}
