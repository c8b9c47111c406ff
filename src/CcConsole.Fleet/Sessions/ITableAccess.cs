using CcConsole.Core.Crontab;
using CcConsole.Fleet.Changes;

namespace CcConsole.Fleet.Sessions;

/// <summary>How tables are read and written on a host: by its agent, or by scripts where it has none.</summary>
internal interface ITableAccess
{
    /// <summary>Reads a table. A read that fails is never an empty table.</summary>
    /// <param name="table">Which; null for the session's own user's.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<TableSnapshot> ReadAsync(TableId? table, CancellationToken cancellation);

    /// <summary>Writes a plan's table if it still is what was read, and reads it back.</summary>
    /// <param name="plan">The change.</param>
    /// <param name="token">What <see cref="SettleAsync"/> calls this write by.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<TableWriteResult> WriteAsync(ChangePlan plan, string token, CancellationToken cancellation);

    /// <summary>Reads a table after a write whose end was not heard: it has ended then, or will never begin.</summary>
    /// <param name="table">Which; null for the session's own user's.</param>
    /// <param name="token">The write's token.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<TableSnapshot> SettleAsync(TableId? table, string token, CancellationToken cancellation);
}

/// <summary>What became of a write.</summary>
internal enum TableWriteOutcome
{
    /// <summary>Written and read back equal.</summary>
    Written,

    /// <summary>The table was not as expected; nothing was written.</summary>
    Conflict,

    /// <summary>The host refused it; nothing was changed.</summary>
    Rejected,

    /// <summary>The write failed, and what the table is now has to be read.</summary>
    Failed,
}

/// <summary>The end of a write.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Current">The table as it is now; null when it could not be read back.</param>
/// <param name="Message">What the host said; may be empty.</param>
/// <param name="AuditSeq">The entry in the host's chain; null when there is none.</param>
/// <param name="Displaced">What was found in place of the new table and had to give way to the old one; null for nothing.</param>
internal sealed record TableWriteResult(TableWriteOutcome Outcome, ReadOnlyMemory<byte>? Current, string Message, long? AuditSeq = null, ReadOnlyMemory<byte>? Displaced = null);
