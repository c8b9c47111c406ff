using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>What was moved from a copy into its archive.</summary>
/// <param name="Head">The head with the archive's place.</param>
/// <param name="Count">How many entries were moved now.</param>
/// <param name="Remembered">What the archive is to be held against when it is verified on its own: <c>COUNT:HASH</c> of its last entry; empty when there is no archive.</param>
public sealed record Archived(ChainHead Head, long Count, string Remembered);
