using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>What a pull of a host's chain came to.</summary>
public sealed record PullResult
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>The verdict by its name: <c>OK</c>, or what is wrong.</summary>
    public required string Verdict { get; init; }

    /// <summary>How many entries are new in the cache.</summary>
    public long Added { get; init; }

    /// <summary>The head that is remembered now; null when nothing could be verified yet.</summary>
    public ChainHead? Head { get; init; }

    /// <summary>What was found, in words; null when all is well.</summary>
    public string? Message { get; init; }

    /// <summary>What to do next; null when there is nothing to do.</summary>
    public string? Hint { get; init; }

    /// <summary>The evidence, when the chain contradicts what was seen before.</summary>
    public ChainConflict? Conflict { get; init; }

    /// <summary>What this host's chain told of others: another console has seen something else of them than is held here. They are red too.</summary>
    public IReadOnlyList<ChainConflict> Others { get; init; } = [];

    /// <summary>True when the chain is good.</summary>
    public bool IsGood => Verdict == "OK";
}
