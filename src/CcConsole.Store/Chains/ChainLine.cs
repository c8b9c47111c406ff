namespace CcConsole.Store.Chains;

/// <summary>One entry of a chain as the host wrote it.</summary>
/// <param name="Seq">Its sequence, from 0.</param>
/// <param name="Bytes">The line without its line feed.</param>
public readonly record struct ChainLine(long Seq, ReadOnlyMemory<byte> Bytes);
