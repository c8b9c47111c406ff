namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>Where a chain's keys stand after an entry.</summary>
/// <param name="InForce">The key that signs the next checkpoint; null in a chain without keys.</param>
/// <param name="Announced">The key that is in force after that; null when none was announced since the last checkpoint.</param>
/// <param name="SignedSince">Sequence number of the entry that named the first key.</param>
/// <param name="Checkpoints">How many checkpoints were good.</param>
/// <param name="Last">The last of them.</param>
/// <param name="SignedAt">When the entry that named the first key was written, by the host's clock; null where that is not known.</param>
internal readonly record struct RatchetState(
    VerifierKey? InForce, VerifierKey? Announced, long? SignedSince, long Checkpoints, VerifiedCheckpoint? Last,
    DateTimeOffset? SignedAt = null);
