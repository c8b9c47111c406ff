namespace CcConsole.Store.Chains;

/// <summary>What the console remembers of a host's chain after its last good pull.</summary>
public sealed record ChainHead
{
    /// <summary>The copy in the cache; given by it.</summary>
    public long Copy { get; init; }

    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>The chain's random id, from its genesis entry.</summary>
    public required string Chain { get; init; }

    /// <summary>Sequence of the last entry held, from 0.</summary>
    public required long Seq { get; init; }

    /// <summary>Bytes of all lines held, each with its line feed: where the next entry begins in the host's chain.</summary>
    public required long Offset { get; init; }

    /// <summary>Hash of the last entry held, 64 hexadecimal digits.</summary>
    public required string Hash { get; init; }

    /// <summary>Hash of the entry with sequence 0.</summary>
    public required string GenesisHash { get; init; }

    /// <summary>Fingerprint of the host's SSH key at the last pull; null for this machine.</summary>
    public string? HostKey { get; init; }

    /// <summary>When the last pull ended.</summary>
    public required DateTimeOffset PulledAt { get; init; }

    /// <summary>The verdict of the last pull by its name: <c>OK</c>, <c>ROLLBACK</c>, <c>FORK</c>, <c>REPLACED</c> …</summary>
    public required string Verdict { get; init; }

    /// <summary>When a person put this copy aside for a new one; null while it is in use.</summary>
    public DateTimeOffset? RetiredAt { get; init; }
}
