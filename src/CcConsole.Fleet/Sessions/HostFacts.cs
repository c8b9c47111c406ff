using CcConsole.Core.Cron;

namespace CcConsole.Fleet.Sessions;

/// <summary>What is known of a host while it is connected.</summary>
public sealed record HostFacts
{
    /// <summary>The user that commands run as there.</summary>
    public required string User { get; init; }

    /// <summary>Whose rules its tables are read by.</summary>
    public required CronDialect Dialect { get; init; }

    /// <summary>The cron daemon in words: <c>cron (debian)</c>, <c>cronie 1.7.2</c>, <c>none running</c>.</summary>
    public required string Daemon { get; init; }

    /// <summary>The host's time zone.</summary>
    public required TimeZoneInfo Zone { get; init; }

    /// <summary>Why <see cref="Zone"/> is UTC though the host may be elsewhere; null when the zone is known.</summary>
    public string? ZoneNote { get; init; }

    /// <summary>The agent's version; null when the host has no agent.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>Where the agent lies on the host; null without an agent.</summary>
    public string? AgentPath { get; init; }

    /// <summary>The agent's socket, as lines of the table name it; null without an agent.</summary>
    public string? SocketPath { get; init; }

    /// <summary>What the host limits this key's sessions to: <c>read-only</c>, <c>edit</c>; null for no limit.</summary>
    public string? Policy { get; init; }

    /// <summary>Whether the host has an agent that answers.</summary>
    public bool HasAgent => AgentVersion is not null;
}
