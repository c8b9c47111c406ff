namespace CcConsole.Core.Crontab;

/// <summary>What a failed write left on the host.</summary>
public enum TableAfter
{
    /// <summary>The table is as it was: nothing was written.</summary>
    Unchanged,

    /// <summary>Something else than the new table had been written; the old one was put back and read back.</summary>
    Restored,

    /// <summary>The connection ended, or the table could not be read any more: it is the old one or the new one. Settle the write to know which.</summary>
    Unknown,

    /// <summary>The table is neither, and could not be put back.</summary>
    Different,
}

/// <summary>What came of writing a table.</summary>
public abstract record TableWrite
{
    private TableWrite()
    {
    }

    /// <summary>The new table is in place, and was read back.</summary>
    public sealed record Written : TableWrite;

    /// <summary>The table was not what was expected: someone else changed it. Nothing was written.</summary>
    /// <param name="Current">The table as it is now; null when there is none.</param>
    public sealed record Changed(byte[]? Current) : TableWrite;

    /// <summary>Not written.</summary>
    /// <param name="Problem">What happened, in words.</param>
    /// <param name="Hint">What to do next.</param>
    /// <param name="After">What is on the host now.</param>
    public sealed record Failed(string Problem, string Hint, TableAfter After) : TableWrite
    {
        /// <summary>What was found in place of the new table, before the old one was put back: another editor may have written it. Null for nothing.</summary>
        public byte[]? Displaced { get; init; }
    }
}
