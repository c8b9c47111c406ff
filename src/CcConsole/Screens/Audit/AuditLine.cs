using System.Globalization;
using CcConsole.Fleet.Audit;

namespace CcConsole.Screens;

/// <summary>An entry of a chain as the list shows it.</summary>
internal sealed record AuditLine
{
    /// <summary>What it is known by.</summary>
    public required AuditKey Key { get; init; }

    /// <summary>The entry.</summary>
    public required AuditRow Row { get; init; }

    /// <summary>Its sequence.</summary>
    public required string Number { get; init; }

    /// <summary>When, by the host's clock, in the zone of the console.</summary>
    public required string Time { get; init; }

    /// <summary>On what, and what it says of it.</summary>
    public required string Target { get; init; }

    /// <summary>The exit code of a run.</summary>
    public required string Exit { get; init; }

    /// <summary>The start of its hash.</summary>
    public required string Hash { get; init; }

    /// <summary>Why it is not there though the copy should hold it; null when it is.</summary>
    public string? Missing { get; init; }

    /// <summary>Makes the texts of an entry.</summary>
    public static AuditLine Of(string host, AuditRow row, TimeZoneInfo zone) => new()
    {
        Key = new AuditKey(host, row.Seq),
        Row = row,
        Number = NumberOf(row.Seq),
        Time = row.Time is { } time ? TimeZoneInfo.ConvertTime(time, zone).ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "",
        Target = row.Words.Length > 0 ? $"{row.Target} {row.Words}".TrimStart() : row.Target,
        Exit = row.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "",
        Hash = row.Hash.Length > 8 ? row.Hash[..8] : row.Hash,
    };

    /// <summary>An entry that the copy lacks, or that cannot be read.</summary>
    public static AuditLine OfMissing(string host, long seq, string why) => new()
    {
        Key = new AuditKey(host, seq),
        Row = new AuditRow { Seq = seq, Line = default },
        Number = NumberOf(seq),
        Time = "",
        Target = why,
        Exit = "",
        Hash = "",
        Missing = why,
    };

    private static string NumberOf(long seq) => string.Create(CultureInfo.InvariantCulture, $"#{seq}");
}

/// <summary>What an entry is known by in a list: its host and its sequence.</summary>
/// <param name="Host">The host's name in the fleet.</param>
/// <param name="Seq">The sequence.</param>
internal sealed record AuditKey(string Host, long Seq);
