namespace CcConsole.Fleet.Runs;

/// <summary>A run that is going on. Its texts come from the host, made plain.</summary>
public sealed record FleetRun
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>The run, as in its report.</summary>
    public required string RunId { get; init; }

    /// <summary>Its job.</summary>
    public required string JobId { get; init; }

    /// <summary>What it runs; only its start when it is long.</summary>
    public required string Command { get; init; }

    /// <summary>When it began, by the host's clock.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The user it runs as.</summary>
    public required string User { get; init; }

    /// <summary>The job's process on the host.</summary>
    public required int Pid { get; init; }

    /// <summary>Which attempt of a job that is retried this is, from 1; null for one that is not.</summary>
    public int? Attempt { get; init; }
}

/// <summary>What is running on a host now, or why that is not known.</summary>
public sealed record HostRuns
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>Oldest first; none when it is not known.</summary>
    public IReadOnlyList<FleetRun> Runs { get; init; } = [];

    /// <summary>How many more there are than the host tells.</summary>
    public int More { get; init; }

    /// <summary>Why the host's runs are not known, in words; null when they are.</summary>
    public string? Problem { get; init; }

    /// <summary>What to do next; null when there is nothing to do.</summary>
    public string? Hint { get; init; }
}

/// <summary>What became of stopping a run.</summary>
public sealed record RunStopped
{
    /// <summary>The run that was stopped.</summary>
    public required FleetRun Run { get; init; }

    /// <summary>The last signal that it was sent: <c>TERM</c>, <c>INT</c> or <c>KILL</c>.</summary>
    public required string Signal { get; init; }

    /// <summary>Whether it has ended.</summary>
    public required bool HasEnded { get; init; }

    /// <summary>Whether the host's audit chain says who stopped it.</summary>
    public required bool IsRecorded { get; init; }

    /// <summary>What a person would not expect, in words.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
