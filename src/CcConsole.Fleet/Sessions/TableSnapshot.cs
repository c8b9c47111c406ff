using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;

namespace CcConsole.Fleet.Sessions;

/// <summary>A table as it was read from a host.</summary>
/// <param name="Id">Which.</param>
/// <param name="Exists">Whether there is a table at all; without one the content is empty.</param>
/// <param name="Bytes">Its content, byte for byte.</param>
/// <param name="Dialect">Whose rules it is read by.</param>
/// <param name="ReadAt">When it was read.</param>
public sealed record TableSnapshot(TableId Id, bool Exists, ReadOnlyMemory<byte> Bytes, CronDialect Dialect, DateTimeOffset ReadAt)
{
    /// <summary>SHA-256 of the content, 64 hexadecimal digits.</summary>
    public string Sha256 => Core.Audit.Sha256.Hash(Bytes.Span).ToString();

    /// <summary>The table, parsed.</summary>
    public CrontabDocument Parse() => CrontabDocument.Parse(Bytes.Span, Dialect, Id.IsSystem);
}
