namespace CcConsole.Core.Protocol;

/// <summary>Asks for the lines of the host's audit chain.</summary>
/// <param name="After">The sequence number of the last entry that the console holds; -1 when it holds none.</param>
/// <param name="Follow">Whether to go on with new entries as they come; else the stream ends.</param>
/// <param name="Credit">How many messages may be sent at first, 0 to 1,000,000.</param>
public sealed record AuditPullParams(long After = -1, bool Follow = false, int Credit = 16);

/// <summary>A pull was opened.</summary>
/// <param name="Stream">Its id.</param>
/// <param name="Last">The sequence number of the last entry that was there; -1 when there was none.</param>
/// <param name="Held">
/// The line at <see cref="AuditPullParams.After"/> as the host has it now, with its LF, to be compared with the console's
/// last one; null when nothing is held, or when the host has no such line any more: let go, if its number is below
/// <see cref="First"/>, else a rollback.
/// </param>
/// <param name="First">
/// The sequence number of the first line that the host still has; 0 where none was let go. Lines are sent from there on at the
/// earliest: a console that holds the one before it compares that one's hash with what the first line names as its
/// predecessor, and one that holds less misses those in between.
/// </param>
/// <param name="Now">The host's clock; null from an agent of before.</param>
public sealed record AuditPullResult(long Stream, long Last, byte[]? Held = null, long First = 0, DateTimeOffset? Now = null);

/// <summary>Some lines of the chain.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="First">The sequence number that the first of them should have, by its place.</param>
/// <param name="Count">How many lines.</param>
/// <param name="Bytes">Whole lines, each with its LF, exactly as they lie in the file (base64 on the wire).</param>
public sealed record AuditLines(long Stream, long First, int Count, byte[] Bytes);

/// <summary>Asks for an entry in the host's chain about what the console did.</summary>
/// <param name="Event">"console.pulled" or "witness.head"; the agent itself asks for "crontab.edited", "job.stopped" and "access.refused".</param>
/// <param name="Actor">Who: the person at the console.</param>
/// <param name="Origin">From where: the console's machine.</param>
public sealed record AuditAppendParams(string Event, string Actor, string Origin)
{
    /// <summary>witness.head: what the console calls the host whose chain it has seen.</summary>
    public string? Host { get; init; }

    /// <summary>witness.head: that chain's id.</summary>
    public string? Chain { get; init; }

    /// <summary>console.pulled: the last sequence number that the console now holds; witness.head: the one that it holds of the other chain.</summary>
    public long? Seq { get; init; }

    /// <summary>console.pulled, witness.head: the hash of that entry, 64 hexadecimal digits.</summary>
    public string? Hash { get; init; }

    /// <summary>crontab.edited: which table, such as a path or "crontab of web".</summary>
    public string? Table { get; init; }

    /// <summary>crontab.edited: SHA-256 of the table before, 64 hexadecimal digits; null when there was none.</summary>
    public string? Before { get; init; }

    /// <summary>crontab.edited: SHA-256 of the table after; null when it was removed.</summary>
    public string? After { get; init; }

    /// <summary>crontab.edited: the unified diff; what does not fit into an entry is cut, with a marker.</summary>
    public string? Diff { get; init; }

    /// <summary>crontab.edited: what this edit is known by, so that it is recorded once. The console leaves it out.</summary>
    public string? Edit { get; init; }

    /// <summary>crontab.edited: why it was not its own session that had it recorded, in words; null when it was.</summary>
    public string? Settled { get; init; }

    /// <summary>job.stopped: the run.</summary>
    public string? Run { get; init; }

    /// <summary>job.stopped: its job.</summary>
    public string? JobId { get; init; }

    /// <summary>job.stopped: the signal that it is sent.</summary>
    public string? Signal { get; init; }

    /// <summary>Why, in the person's words.</summary>
    public string? Reason { get; init; }

    /// <summary>access.refused: what was asked for.</summary>
    public string? Method { get; init; }

    /// <summary>access.refused: the session's policy.</summary>
    public string? Policy { get; init; }
}

/// <summary>The entry is durable.</summary>
/// <param name="Seq">Its sequence number.</param>
/// <param name="Hash">Its hash.</param>
public sealed record AuditAppendResult(long Seq, string Hash);
