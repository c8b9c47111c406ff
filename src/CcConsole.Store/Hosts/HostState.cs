namespace CcConsole.Store.Hosts;

/// <summary>What a host was when it was last looked at. What a failed attempt could not learn stays as it was.</summary>
public sealed record HostState
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>A word of the writer's own: <c>ok</c>, <c>offline</c> …</summary>
    public required string State { get; init; }

    /// <summary>Why it is not well, in words; null when it is.</summary>
    public string? Cause { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Hint { get; init; }

    /// <summary>When it was last tried.</summary>
    public required DateTimeOffset AttemptedAt { get; init; }

    /// <summary>When it last answered.</summary>
    public DateTimeOffset? ContactedAt { get; init; }

    /// <summary>Since when it has not answered; null when it does.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>How long the last answer took.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>The cron daemon and its version.</summary>
    public string? Daemon { get; init; }

    /// <summary>The dialect of its tables: <c>debian</c>, <c>cronie</c> …</summary>
    public string? Dialect { get; init; }

    /// <summary>Its time zone by its TZ database name.</summary>
    public string? Zone { get; init; }

    /// <summary>The agent's version; null when there is no agent.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>The agent's answer to <c>agent.status</c>, byte for byte.</summary>
    public ReadOnlyMemory<byte>? AgentStatus { get; init; }
}
