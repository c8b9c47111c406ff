using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Core.Jobs;
using CcConsole.Store.Reports;

namespace CcConsole.Fleet.Jobs;

/// <summary>A job of the fleet as a list shows it.</summary>
public sealed record JobRow
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>The table that it is in.</summary>
    public required TableId Table { get; init; }

    /// <summary>The user that cron runs it as.</summary>
    public string RunsAs => Job.User ?? Table.Name;

    /// <summary>The line, as Core reads it.</summary>
    public required Job Job { get; init; }

    /// <summary>What cron gives the command as standard input, after its first bare %; null for nothing.</summary>
    public string? Input { get; init; }

    /// <summary>How it is.</summary>
    public required Status Status { get; init; }

    /// <summary>Why, where the status needs a word more; null otherwise.</summary>
    public string? Cause { get; init; }

    /// <summary>Why the daemon does not start it though it is an active entry (its file is ignored, its user does not exist …); null when it does.</summary>
    public string? Ignored { get; init; }

    /// <summary>The schedule in words; its own text where it cannot be phrased.</summary>
    public required string Meaning { get; init; }

    /// <summary>The next run, in the zone of the entry (the host's, unless CRON_TZ says another); null when paused, at reboot only, never, or in a zone that is not known.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>What variables of the table make of its times (CRON_TZ, RANDOM_DELAY), in words; empty where there are none.</summary>
    public IReadOnlyList<string> TimingNotes { get; init; } = [];

    /// <summary>True when the line is not as it was when its table was last seen here: someone else wrote or changed it.</summary>
    public bool IsDrifted { get; init; }

    /// <summary>What the linter says of the line, in its order.</summary>
    public IReadOnlyList<LintFinding> Findings { get; init; } = [];

    /// <summary>The last run that was reported; null when none was.</summary>
    public RunSummary? LastRun { get; init; }

    /// <summary>The last runs, at most 12, newest first.</summary>
    public IReadOnlyList<RunSummary> Runs { get; init; } = [];

    /// <summary>When the table that it stands in was read.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>True when that is longer ago than twice the poll interval.</summary>
    public bool IsStale { get; init; }
}
