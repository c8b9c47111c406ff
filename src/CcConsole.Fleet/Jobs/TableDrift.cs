using CcConsole.Core.Crontab;
using CcConsole.Fleet.Changes;

namespace CcConsole.Fleet.Jobs;

/// <summary>A table that was changed by other means since it was last seen here.</summary>
/// <param name="Table">Which.</param>
/// <param name="Seen">Its bytes as they were seen.</param>
/// <param name="Now">Its bytes as they were last read.</param>
public sealed record TableDrift(TableId Table, ReadOnlyMemory<byte> Seen, ReadOnlyMemory<byte> Now)
{
    /// <summary>The difference line by line, for showing.</summary>
    public TableDiff Diff => TableDiff.Between(Seen.Span, Now.Span);
}
