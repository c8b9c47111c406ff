using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit.Findings;

/// <summary>A part of a chain, by sequence numbers.</summary>
/// <param name="From">The first.</param>
/// <param name="To">The last, included; <see cref="long.MaxValue"/> for the chain's end.</param>
public sealed record ChainRange(long From, long To);

/// <summary>What a verification of a range found.</summary>
/// <param name="Result">
/// The finding. Entries and verified entries are those of the range; the line of a finding counts from the first line that there is.
/// </param>
/// <param name="First">Sequence number of the first line that there is.</param>
/// <param name="Range">What was verified, cut to what there is.</param>
/// <param name="FollowsAt">Whether the entry after the range was there, and names the last one's hash.</param>
/// <param name="Signed">The first checkpoint after the range whose root is that of the lines and whose signature is good; null when there is none.</param>
public sealed record RangeFinding(VerifyResult Result, long First, ChainRange Range, bool FollowsAt, RangeCheckpoint? Signed);

/// <summary>A checkpoint over a range: its root is that of all lines before it, its signature good by a key that the chain announces.</summary>
/// <param name="Seq">Its entry.</param>
/// <param name="Note">What it signs.</param>
public sealed record RangeCheckpoint(long Seq, Checkpoint Note);
