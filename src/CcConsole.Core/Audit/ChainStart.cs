namespace CcConsole.Core.Audit;

/// <summary>Where a chain is taken up.</summary>
/// <param name="Previous">Hash of the entry before; zeros for a chain's first entry.</param>
/// <param name="NextSeq">Sequence number that comes next.</param>
/// <param name="Anchored">Whether the entry before is known from somewhere else than the chain.</param>
/// <param name="MayBePruned">Whether the first entries may be gone, if a later one tells of that.</param>
/// <param name="Pruned">Whether they are, and it does.</param>
internal sealed record ChainStart(Hash32 Previous, long NextSeq, bool Anchored = false, bool MayBePruned = false, bool Pruned = false);
