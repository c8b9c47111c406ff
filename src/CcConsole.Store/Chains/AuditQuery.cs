using CcConsole.Core.Audit.Search;

namespace CcConsole.Store.Chains;

/// <summary>Which entries of the cached chains; every part that is set must hold.</summary>
public sealed record AuditQuery
{
    /// <summary>Of these hosts, by their names in the fleet; none: of every host that there is a copy of.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Of copies too that a person has put aside after a conflict.</summary>
    public bool WithRetired { get; init; }

    /// <summary>Whose texts say this.</summary>
    public SearchText Text { get; init; } = SearchText.Empty;

    /// <summary>Written at this time or later, by the host's clock.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Written before this time, by the host's clock.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>About the job with this id (<c>job_id</c>).</summary>
    public string? Job { get; init; }

    /// <summary>This event, such as <c>job.finished</c>; with a star at its end, those that begin so: <c>crontab.*</c>.</summary>
    public string? Event { get; init; }

    /// <summary>By this actor, or of a run of this user.</summary>
    public string? Actor { get; init; }

    /// <summary>With this exit code.</summary>
    public long? ExitCode { get; init; }

    /// <summary>Only runs that ended with an exit code other than 0.</summary>
    public bool FailuresOnly { get; init; }

    /// <summary>From this sequence on.</summary>
    public long First { get; init; }

    /// <summary>Up to this sequence, included.</summary>
    public long Last { get; init; } = long.MaxValue;

    /// <summary>At most so many, the newest.</summary>
    public int Limit { get; init; } = int.MaxValue;
}
