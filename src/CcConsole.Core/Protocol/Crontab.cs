namespace CcConsole.Core.Protocol;

/// <summary>Asks for a table.</summary>
/// <param name="Table">A user's name or a path (<see cref="Crontab.TableId"/>); null for the session's own user's.</param>
public sealed record CrontabReadParams(string? Table = null);

/// <summary>A table.</summary>
/// <param name="Table">Which: a user's name or a path.</param>
/// <param name="Exists">Whether there is a table; without one the content is empty.</param>
/// <param name="Content">Its bytes (base64 on the wire).</param>
/// <param name="Sha256">SHA-256 of the content, 64 hexadecimal digits.</param>
/// <param name="Dialect">One of the names of <see cref="Cron.CronDialects"/>.</param>
/// <param name="Cron">Which cron the host has; null from an agent that does not say.</param>
public sealed record CrontabReadResult(string Table, bool Exists, byte[] Content, string Sha256, string Dialect, CronFacts? Cron = null);

/// <summary>Which cron a host has.</summary>
/// <param name="Implementation">"debian", "cronie", "busybox" or "unknown".</param>
/// <param name="Version">Its version in its own words; empty when it tells none.</param>
/// <param name="Running">Whether its daemon runs; null when that is not known.</param>
public sealed record CronFacts(string Implementation, string Version, bool? Running = null);

/// <summary>
/// Replaces a table if it still is what was read. Where the agent's daemon keeps a chain, the change is an entry in
/// it: when the daemon does not answer, nothing is written (<see cref="RpcErrorCode.AuditUnavailable"/>); when the entry cannot
/// be written after the table was, the table is put back.
/// </summary>
/// <param name="Content">The new table's bytes (base64 on the wire).</param>
/// <param name="Actor">Who: the person at the console.</param>
/// <param name="Origin">From where: the console's machine.</param>
/// <param name="ExpectedSha256">SHA-256 of the table as it was read; null when there was none.</param>
/// <param name="Table">Which; null for the session's own user's.</param>
/// <param name="Reason">Why, in the person's words; may be empty.</param>
/// <param name="Token">What <see cref="CrontabSettleParams"/> calls this write by: 1 to 64 hexadecimal digits, never used before.</param>
/// <param name="Remove">Whether there is to be no table afterwards; the content is then empty.</param>
public sealed record CrontabWriteParams(
    byte[] Content, string Actor, string Origin, string? ExpectedSha256 = null, string? Table = null, string Reason = "", string? Token = null, bool Remove = false);

/// <summary>Asks for a table after a write whose end was not heard: when the write is under way its end is waited for, and when it has not begun it never will.</summary>
/// <param name="Token">The write's token.</param>
/// <param name="Table">Which; null for the session's own user's.</param>
public sealed record CrontabSettleParams(string Token, string? Table = null);

/// <summary>What became of a write.</summary>
/// <param name="Outcome">One of <see cref="CrontabWriteOutcome"/>.</param>
/// <param name="Current">The table as it is now: as written, or as someone else has changed it.</param>
/// <param name="Sha256">SHA-256 of <paramref name="Current"/>.</param>
/// <param name="Exists">Whether there is a table now.</param>
/// <param name="Message">What cron said, or why it was not written; may be empty.</param>
/// <param name="AuditSeq">The sequence number of the entry in the host's chain; null when nothing was written.</param>
/// <param name="Displaced">What was found in place of the new table (another editor may have written it), before the old one was put back; null for nothing.</param>
public sealed record CrontabWriteResult(
    string Outcome, byte[] Current, string Sha256, bool Exists, string Message, long? AuditSeq = null, byte[]? Displaced = null);

/// <summary>The outcomes of a write.</summary>
public static class CrontabWriteOutcome
{
    /// <summary>Written, read back equal, audited.</summary>
    public const string Written = "written";

    /// <summary>The table was not as expected; nothing was written.</summary>
    public const string Conflict = "conflict";

    /// <summary>Cron refused the table; nothing was changed.</summary>
    public const string Rejected = "rejected";

    /// <summary>It failed, and the table is neither known to be the old one nor the new one.</summary>
    public const string Failed = "failed";
}
