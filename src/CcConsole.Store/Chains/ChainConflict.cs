namespace CcConsole.Store.Chains;

/// <summary>A host's chain that contradicts what the console had seen of it. Both byte strings are kept; a person resolves it.</summary>
/// <param name="Id">Its number in the cache.</param>
/// <param name="Host">The host's name in the fleet.</param>
/// <param name="Chain">The id of the chain that the console holds.</param>
/// <param name="Seq">The first sequence at which the two differ.</param>
/// <param name="Verdict"><c>ROLLBACK</c>, <c>FORK</c>, <c>REPLACED</c> or what a verification of the new lines found.</param>
/// <param name="Message">What was found, in a sentence.</param>
/// <param name="Directory">The folder with the files <c>ours</c>, <c>theirs</c> and <c>conflict.txt</c>.</param>
/// <param name="FoundAt">When.</param>
/// <param name="ResolvedAt">When a person resolved it; null while it is open.</param>
/// <param name="ResolvedBy">Who.</param>
public sealed record ChainConflict(
    long Id, string Host, string Chain, long Seq, string Verdict, string Message, string Directory,
    DateTimeOffset FoundAt, DateTimeOffset? ResolvedAt, string? ResolvedBy)
{
    /// <summary>The verdict on a chain that is whole and that another key of SSH vouches for than before.</summary>
    public const string HostKey = "HOSTKEY";

    /// <summary>Whether entries of the two chains differ; not where only the host's SSH key is another.</summary>
    public bool IsOfEntries => Verdict != HostKey;

    /// <summary>The host in whose chain another console's word contradicts the copy; null of what the host itself gave.</summary>
    public string? Witness { get; init; }
}
