using System.Text.Json;
using System.Text.Json.Serialization;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Discovery;

namespace CcConsole.Fleet.Inventory;

/// <summary>What the cache keeps of a look through a host: all but the tables' bytes, which it keeps one by one.</summary>
internal sealed record KeptFindings
{
    /// <summary>The user that looked.</summary>
    public string Login { get; init; } = "";

    public IReadOnlyList<FoundScheduler> Schedulers { get; init; } = [];

    /// <summary>The tables that have something against them, by name.</summary>
    public IReadOnlyList<KeptTable> Tables { get; init; } = [];

    public IReadOnlyList<FolderScript> Scripts { get; init; } = [];

    public IReadOnlyList<AnacronJob> AnacronJobs { get; init; } = [];

    public IReadOnlyList<SystemdTimer> Timers { get; init; } = [];

    public IReadOnlyList<DiscoveryGap> Gaps { get; init; } = [];

    public static KeptFindings Of(HostSchedules found) => new()
    {
        Login = found.Cron.User,
        Schedulers = found.Schedulers,
        Tables = [.. found.Tables.Where(table => table.Ignored is not null || table.Lines.Count > 0).Select(table => new KeptTable(table.Id.Name, Hash(table.Bytes), table.Ignored, table.Lines))],
        Scripts = found.Scripts,
        AnacronJobs = found.AnacronJobs,
        Timers = found.Timers,
        Gaps = found.Gaps,
    };

    /// <summary>What was against a table, provided that it still is what it was when the host was looked through; null when nothing was.</summary>
    public KeptTable? Against(TableId table, ReadOnlyMemory<byte> bytes) =>
        Tables.FirstOrDefault(kept => kept.Name == table.Name) is { } found && found.Sha256 == Hash(bytes) ? found : null;

    private static string Hash(ReadOnlyMemory<byte> bytes) => Core.Audit.Sha256.Hash(bytes.Span).ToString();
}

/// <summary>What the daemon has against a table.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Sha256">Of the bytes that it was found with.</param>
/// <param name="Ignored">Why the whole of it is ignored; null when it is read.</param>
/// <param name="Lines">Entries that never start, with the reason.</param>
internal sealed record KeptTable(string Name, string Sha256, string? Ignored, IReadOnlyList<IgnoredLine> Lines);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(KeptFindings))]
internal sealed partial class InventoryJson : JsonSerializerContext
{
    /// <summary>Findings that an older console wrote in another form are as good as none: the next look makes new ones.</summary>
    public static KeptFindings? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            // A list that is not there is given as null.
            return JsonSerializer.Deserialize(json.Span, Default.KeptFindings) is
            { Login: not null, Schedulers: not null, Tables: not null, Scripts: not null, AnacronJobs: not null, Timers: not null, Gaps: not null } found ? found : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
