namespace CcConsole.Core.Audit.Segments;

/// <summary>One file of a chain, wherever it is kept.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">How long it is.</param>
/// <param name="Open">Gives its bytes from the start; the stream is disposed after use.</param>
/// <param name="Limit">How much of it is read, where what follows does not count; null for all.</param>
public sealed record ChainSegment(SegmentName Name, long Bytes, Func<Stream> Open, long? Limit = null);
