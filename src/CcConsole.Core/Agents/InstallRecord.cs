using System.Text.Json;
using System.Text.Json.Serialization;

namespace CcConsole.Core.Agents;

/// <summary>What an installation made on a host, kept there as <c>install.json</c>: what is taken away again, and nothing else.</summary>
public sealed record InstallRecord
{
    /// <summary>The kinds of <see cref="Service"/>.</summary>
    public const string Systemd = "systemd", User = "user", OpenRc = "openrc", Direct = "direct";

    /// <summary>The form of this record: 1.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Where the executable lies.</summary>
    public required string Agent { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>SHA-256 of the executable.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What starts the daemon: <c>systemd</c>, <c>user</c> (systemd --user), <c>openrc</c>, <c>direct</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The service's file; null for none.</summary>
    public string? Unit { get; init; }

    /// <summary>The entry put into the user's table; null for none.</summary>
    public string? TableEntry { get; init; }

    /// <summary>Whether the user had a table before.</summary>
    public bool HadTable { get; init; }

    /// <summary>The group that was made; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>The folders that were made, the outermost first.</summary>
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>When, by the console's clock.</summary>
    public required DateTimeOffset InstalledAt { get; init; }

    /// <summary>Who and from where.</summary>
    public required string InstalledBy { get; init; }

    /// <summary>As the file has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, InstallRecordJson.Default.InstallRecord) + "\n";

    /// <summary>Reads the file.</summary>
    /// <exception cref="ProblemException">It is not such a record.</exception>
    public static InstallRecord Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, InstallRecordJson.Default.InstallRecord) is { Format: 1 } record
                ? record
                : throw new ProblemException("the record of the agent's installation is of another form", "Use the console that installed it, or a newer one");
        }
        catch (JsonException e)
        {
            throw new ProblemException($"the record of the agent's installation cannot be read: {e.Message}", "Look at install.json on the host");
        }
    }
}

/// <summary>The JSON form.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(InstallRecord))]
internal sealed partial class InstallRecordJson : JsonSerializerContext;
