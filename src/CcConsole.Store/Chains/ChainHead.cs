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

    /// <summary>Sequence of the first entry held: 0, but of a chain whose start the host had pruned before the first pull.</summary>
    public long First { get; init; }

    /// <summary>Hash of the first entry held: of the genesis entry, where the host still had it at the first pull.</summary>
    public required string GenesisHash { get; init; }

    /// <summary>
    /// Fingerprint of the host's SSH key, pinned with the chain at its first pull over SSH: another key is a finding until a person has
    /// accepted it. Null for this machine.
    /// </summary>
    public string? HostKey { get; init; }

    /// <summary>The entry from which on the chain's signatures were verified; null for a chain in which nothing is signed.</summary>
    public long? SignedSince { get; init; }

    /// <summary>Sequence of the last signed checkpoint held; null when there is none.</summary>
    public long? CheckpointSeq { get; init; }

    /// <summary>When that checkpoint was signed, by the host's clock.</summary>
    public DateTimeOffset? CheckpointAt { get; init; }

    /// <summary>When the host's chain was last held against this copy entry by entry; null when never.</summary>
    public DateTimeOffset? ComparedAt { get; init; }

    /// <summary>What a verification needs to go on behind the last entry: the tree's hashes and the keys in force, as the verifier writes them; null for a chain without signatures.</summary>
    public string? Continuation { get; init; }

    /// <summary>Sequence of the last entry that is about more than the chain itself and who pulled it; -1 while there is none.</summary>
    public long Notable { get; init; } = -1;

    /// <summary>How many entries lie in the archive file, which are no more in the cache: those before this sequence.</summary>
    public long Archived { get; init; }

    /// <summary>Bytes of the archive file.</summary>
    public long ArchivedBytes { get; init; }

    /// <summary>The archive file; null when nothing was moved there.</summary>
    public string? Archive { get; init; }

    /// <summary>Sequence of the first entry that lies in the cache itself.</summary>
    public long Start => Math.Max(First, Archived);

    /// <summary>When the last pull ended that took all that the host had; <see cref="NotEnded"/> while not even the first has.</summary>
    public required DateTimeOffset PulledAt { get; init; }

    /// <summary>When the last entries came, of a pull that may have broken off behind them; null where that is not remembered.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary><see cref="PulledAt"/> of a copy whose first pull has not ended: older than any age that is asked for.</summary>
    public static DateTimeOffset NotEnded => DateTimeOffset.UnixEpoch;

    /// <summary>Whether all that the host had was taken once.</summary>
    public bool HasEnded => PulledAt > NotEnded;

    /// <summary>When the last entry held was seen on the host.</summary>
    public DateTimeOffset LastSeen => SeenAt is { } seen && seen > PulledAt ? seen : PulledAt;

    /// <summary>The verdict of the last pull by its name: <c>OK</c>, <c>ROLLBACK</c>, <c>FORK</c>, <c>REPLACED</c> …</summary>
    public required string Verdict { get; init; }

    /// <summary>When a person put this copy aside for a new one; null while it is in use.</summary>
    public DateTimeOffset? RetiredAt { get; init; }
}
