using System.Globalization;
using CcConsole.Fleet.Audit;

namespace CcConsole.Screens;

/// <summary>An entry of a chain as the list shows it.</summary>
internal sealed record AuditLine
{
    /// <summary>The entry.</summary>
    public required AuditRow Row { get; init; }

    /// <summary>Its sequence.</summary>
    public required string Number { get; init; }

    /// <summary>When, by the host's clock, in the zone of the console.</summary>
    public required string Time { get; init; }

    /// <summary>The start of its hash.</summary>
    public required string Hash { get; init; }

    /// <summary>Makes the texts of an entry.</summary>
    public static AuditLine Of(AuditRow row, TimeZoneInfo zone) => new()
    {
        Row = row,
        Number = string.Create(CultureInfo.InvariantCulture, $"#{row.Seq}"),
        Time = row.Time is { } time ? TimeZoneInfo.ConvertTime(time, zone).ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "",
        Hash = row.Hash.Length > 8 ? row.Hash[..8] : row.Hash,
    };
}
