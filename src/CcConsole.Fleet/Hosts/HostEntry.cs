using System.Text.Json;
using System.Text.Json.Serialization;

namespace CcConsole.Fleet.Hosts;

/// <summary>One host of the fleet, as <c>hosts.json</c> has it.</summary>
public sealed record HostEntry
{
    /// <summary>The destination that means this machine, without SSH.</summary>
    public const string LocalDestination = "local";

    private readonly IReadOnlyList<string> _tags = [];

    /// <summary>Its name in the fleet, unique; what screens and verbs call it.</summary>
    public required string Name { get; init; }

    /// <summary>An alias of ssh_config, <c>host</c>, <c>user@host</c> or <c>user@host:port</c>; <c>local</c> for this machine.</summary>
    public required string Destination { get; init; }

    /// <summary>Words to filter by; <c>prod</c> asks for the host's name before a change.</summary>
    public IReadOnlyList<string> Tags
    {
        get => _tags;
        // A member that the file leaves out is given as null.
        init => _tags = value ?? [];
    }

    /// <summary>Where <c>cc-agent</c> lies on the host; null to look in PATH and the usual places.</summary>
    public string? AgentPath { get; init; }

    /// <summary>The agent's directory; null for its default.</summary>
    public string? AgentDir { get; init; }

    /// <summary>The agent's socket for the lines that are written; null for what the agent says.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Variables set for every command on this machine (<c>local</c> only); null for none.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Members that this version does not know, as they came.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>True for this machine.</summary>
    [JsonIgnore]
    public bool IsLocal => Destination == LocalDestination;

    /// <summary>True when a change asks for the host's name to be typed.</summary>
    [JsonIgnore]
    public bool IsProduction => Tags.Contains("prod", StringComparer.OrdinalIgnoreCase);
}
