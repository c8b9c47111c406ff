using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>An entry of a cached chain as a list shows it. Its texts are the host's: not sanitised.</summary>
public sealed record AuditRow
{
    /// <summary>The host, by its name in the fleet; empty where one host's copy was asked for.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its sequence.</summary>
    public required long Seq { get; init; }

    /// <summary>When, by the host's clock; null when the entry does not say.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>The event: <c>job.finished</c> …; empty when the entry names none.</summary>
    public string Event { get; init; } = "";

    /// <summary>Who: the actor of a change, or the user of a run; empty when the entry names none.</summary>
    public string Actor { get; init; } = "";

    /// <summary>On what: a job or a table; empty when the entry names none.</summary>
    public string Target { get; init; } = "";

    /// <summary>The exit code of the run that it tells of; null when it tells of none.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The change that it tells of, as a unified diff; empty when it tells of none.</summary>
    public string Diff { get; init; } = "";

    /// <summary>What it says, in words, where its members alone say it badly (<c>job.missed</c>); empty for the others.</summary>
    public string Words { get; init; } = "";

    /// <summary>The id of its chain; empty when the entry names none.</summary>
    public string Chain { get; init; } = "";

    /// <summary>Its own hash.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The hash of the entry before it.</summary>
    public string PreviousHash { get; init; } = "";

    /// <summary>The line, byte for byte.</summary>
    public required ReadOnlyMemory<byte> Line { get; init; }

    /// <summary>Reads a line; what it does not hold stays empty.</summary>
    public static AuditRow From(ChainLine line)
    {
        AuditRow row = new() { Seq = line.Seq, Line = line.Bytes };
        try
        {
            using JsonDocument document = JsonDocument.Parse(line.Bytes);
            JsonElement entry = document.RootElement;
            return row with
            {
                Time = entry.TryGetProperty("timestamp", out JsonElement time) && time.ValueKind == JsonValueKind.Number
                    && time.TryGetDouble(out double seconds) && seconds is >= 0 and < 253_402_300_799
                    ? DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(seconds * 1_000_000) * TimeSpan.TicksPerMicrosecond) : null,
                Event = Text(entry, "event"),
                Actor = Text(entry, "actor", "user", "executing_user"),
                // The first entry names the host that the whole chain is of.
                Target = Text(entry, "event") == AuditEvents.Genesis ? "" : Text(entry, "job_id", "table", "host", "console", "socket"),
                ExitCode = entry.TryGetProperty("exit_code", out JsonElement exit) && exit.ValueKind == JsonValueKind.Number && exit.TryGetInt32(out int code) ? code : null,
                Diff = Text(entry, "diff"),
                Words = Text(entry, "event") == AuditEvents.JobMissed ? Missed(entry) : "",
                Chain = Text(entry, "chain"),
                Hash = Text(entry, "hash"),
                PreviousHash = Text(entry, "prev_hash"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A copy that was edited offline, or a name with half a surrogate pair: the line is shown as it is, and a verification says which.
            return row;
        }
    }

    // "missed 2026-03-01T03:15:00Z: the host was down", "missed 12 times from … to …: …".
    private static string Missed(JsonElement entry)
    {
        string due = Text(entry, "due"), last = Text(entry, "last_due"), count = Text(entry, "count"), reason = Text(entry, "reason");
        return $"missed {(last.Length > 0 ? $"{count} times from {due} to {last}" : due)}{(reason.Length > 0 ? $": {reason}" : "")}";
    }

    /// <summary>The whole entry as text, for showing.</summary>
    public string Text() => Encoding.UTF8.GetString(Line.Span);

    private static string Text(JsonElement entry, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (entry.TryGetProperty(name, out JsonElement value))
            {
                try
                {
                    return value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
                }
                catch (InvalidOperationException)
                {
                    // Half a surrogate pair, which has no text: its escape is shown.
                    return value.GetRawText();
                }
            }
        }

        return "";
    }
}
