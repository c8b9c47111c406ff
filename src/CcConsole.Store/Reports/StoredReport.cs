namespace CcConsole.Store.Reports;

/// <summary>An execution report as the host recorded it, with the members by which lists are made.</summary>
public sealed record StoredReport
{
    /// <summary>Its number in the cache, growing in the order of arrival; given by it.</summary>
    public long Id { get; init; }

    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>Its number in the host's own journal of reports.</summary>
    public required long Seq { get; init; }

    /// <summary>The job.</summary>
    public required string JobId { get; init; }

    /// <summary>Start of the run.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Its exit code.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Why the run was not begun (<c>overlap</c>); null when it was.</summary>
    public string? Refused { get; init; }

    /// <summary>Whether nobody knows how it ended: its wrapper died before it could report.</summary>
    public bool IsLost { get; init; }

    /// <summary>The line of the host's journal of reports, byte for byte (UTF-8 JSON; the report is its member <c>report</c>).</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }
}
