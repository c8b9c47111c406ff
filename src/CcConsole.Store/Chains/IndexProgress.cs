namespace CcConsole.Store.Chains;

/// <summary>How far entries are taken into the index.</summary>
/// <param name="Done">Entries taken in so far.</param>
/// <param name="Of">Entries that were missing when it began.</param>
public readonly record struct IndexProgress(long Done, long Of);
