using CcConsole.Core.Audit;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>A checkpoint of a chain that can prove the entries before it.</summary>
/// <param name="Seq">Its own entry, which is also how many entries it signs.</param>
/// <param name="Root">The root that it signs.</param>
/// <param name="Key">The entry that announced its key; 0 for the key in the genesis entry.</param>
internal readonly record struct SignedCheckpoint(long Seq, Hash32 Root, long Key);
