namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>A checkpoint that a verification found good.</summary>
/// <param name="Seq">Its own sequence number.</param>
/// <param name="Size">How many entries it signs: all before itself.</param>
/// <param name="Root">The root over them.</param>
/// <param name="Time">When its entry was written, by the host's clock; null where the entry does not say.</param>
public sealed record VerifiedCheckpoint(long Seq, long Size, Hash32 Root, DateTimeOffset? Time);
