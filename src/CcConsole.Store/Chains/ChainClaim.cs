namespace CcConsole.Store.Chains;

/// <summary>What a console says that an entry of a chain was, as an entry of a host's chain records it. All texts are the host's: not sanitised.</summary>
/// <param name="Chain">The chain that it is about.</param>
/// <param name="Seq">The entry of that chain.</param>
/// <param name="Hash">Its hash, 64 hexadecimal digits.</param>
/// <param name="Console">Who says so: <c>alice@laptop</c>.</param>
/// <param name="Host">What that console calls the chain's host.</param>
/// <param name="AtHost">The host in whose chain it is said, by its name in this fleet.</param>
/// <param name="AtSeq">The entry there.</param>
/// <param name="SaidAt">When, by that host's clock; null when the entry does not say.</param>
/// <param name="Line">That entry, byte for byte.</param>
public sealed record ChainClaim(
    string Chain, long Seq, string Hash, string Console, string Host, string AtHost, long AtSeq, DateTimeOffset? SaidAt, ReadOnlyMemory<byte> Line)
{
    /// <summary>Its number in the cache; given by it.</summary>
    public long Id { get; init; }
}
