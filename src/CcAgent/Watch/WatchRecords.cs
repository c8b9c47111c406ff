using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Places;
using CcConsole.Core.Audit;
using CcConsole.Core.Reports;

namespace CcAgent.Watch;

/// <summary>What the journals say of what the watch had done before it was written down, read at the start.</summary>
internal sealed class WatchRecords
{
    /// <summary>The tables of which the chain says how they became: the digest after; null for one that was removed.</summary>
    internal Dictionary<string, string?> Tables { get; } = new(StringComparer.Ordinal);

    /// <summary>Up to when the missed runs of a job of a table are in the chain.</summary>
    internal Dictionary<(string Table, string Job), DateTimeOffset> Missed { get; } = [];

    /// <summary>Reads the chain from an entry on.</summary>
    internal static WatchRecords Read(AgentPlaces places, long seq)
    {
        var records = new WatchRecords();
        JournalReading.From(Segments.In(places.Audit), seq, (_, line) =>
        {
            if (line.IndexOf("\"event\": \"crontab."u8) >= 0 || line.IndexOf("\"event\": \"job.missed\""u8) >= 0)
                records.Take(line);
            return true;
        });
        return records;
    }

    /// <summary>Hands over the runs that were reported since a time.</summary>
    internal static void RunsSince(AgentPlaces places, DateTimeOffset since, Action<ExecutionReport, uint> taken)
    {
        var micros = UnixMicros.Of(since);
        var segments = Segments.In(places.Reports);
        var first = segments.Count - 1;
        while (first > 0 && !(JournalReading.FirstReceived(segments[first].Path) < micros))
            first--;
        if (first < 0)
            return;
        JournalReading.From(segments, segments[first].First, (_, line) =>
        {
            if (ReportLine.Received(line) >= micros && ReportLine.Recorded(line) is { } recorded)
                taken(recorded.Report, recorded.Uid);
            return true;
        });
    }

    // A line that is none of the agent's says nothing; what is the matter with it, a verification tells.
    private void Take(ReadOnlySpan<byte> line)
    {
        try
        {
            TakeEntry(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }
    }

    private void TakeEntry(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        string? happened = null, table = null, after = null, job = null, due = null, last = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                continue;
            }

            switch (name)
            {
                case "event":
                    happened = reader.GetString();
                    break;
                case "table":
                    table = reader.GetString();
                    break;
                case "sha256_after":
                    after = reader.GetString();
                    break;
                case "job_id":
                    job = reader.GetString();
                    break;
                case "due":
                    due = reader.GetString();
                    break;
                case "last_due":
                    last = reader.GetString();
                    break;
            }
        }

        if (table is null)
            return;
        if (happened is AuditEvents.CrontabChanged or AuditEvents.CrontabEdited)
            Tables[table] = after;
        else if (happened == AuditEvents.JobMissed && job is not null && MissedEntry.Time(last ?? due) is { } until)
            Missed[(table, job)] = until;
    }
}
