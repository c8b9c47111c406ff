namespace CcConsole.Store.Reports;

/// <summary>Which reports; every part that is set must hold.</summary>
public sealed record ReportFilter
{
    /// <summary>Of this host.</summary>
    public string? Host { get; init; }

    /// <summary>Of this job.</summary>
    public string? JobId { get; init; }

    /// <summary>Started at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Started before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only runs with an exit code other than 0.</summary>
    public bool FailuresOnly { get; init; }

    /// <summary>Only those that arrived after the one with this <see cref="StoredReport.Id"/>.</summary>
    public long AfterId { get; init; }

    /// <summary>At most so many, the newest ones.</summary>
    public int Limit { get; init; } = 1000;
}
