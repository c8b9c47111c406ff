using CcConsole.Core.Protocol;

namespace CcConsole.Fleet.Audit;

/// <summary>Where a chain is pulled from: a host's agent, or the console's own folder.</summary>
internal interface IChainSource
{
    /// <summary>By how much the clock of who writes the chain is ahead of this machine's.</summary>
    TimeSpan ClockAhead => TimeSpan.Zero;

    /// <summary>Opens the chain behind an entry; -1 for all of it.</summary>
    /// <exception cref="Core.ProblemException">It cannot be read.</exception>
    Task<ChainStream> OpenAsync(long after, CancellationToken cancellation);
}

/// <summary>A chain that is being read.</summary>
/// <param name="held">The line that the source has now where the reader holds its last one, with its line feed; null when it has none there.</param>
/// <param name="lines">Pieces of whole lines; only the very last line may be torn.</param>
/// <param name="first">The sequence of the first line that the source still has.</param>
/// <param name="source">What is closed with it.</param>
internal sealed class ChainStream(byte[]? held, IAsyncEnumerable<AuditLines> lines, long first = 0, IAsyncDisposable? source = null) : IAsyncDisposable
{
    public byte[]? Held => held;

    public long First => first;

    public IAsyncEnumerable<AuditLines> Lines => lines;

    public ValueTask DisposeAsync() => source?.DisposeAsync() ?? default;
}
