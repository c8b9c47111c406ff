using System.Globalization;
using System.Text.Json;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>
/// The ends of segments that belong to no entry. Each must be attested by an audit.recovered entry at the start of a
/// later segment, with its place, length and digest: anything else was put there by someone else.
/// </summary>
internal static class TornEnds
{
    /// <summary>The torn ends that no entry attests, in words.</summary>
    internal static IReadOnlyList<string> NotAttested(string directory)
    {
        var segments = Segments.In(directory);
        var attested = new HashSet<TornEnd>();
        var torn = new List<TornEnd>();
        for (var i = 0; i < segments.Count; i++)
        {
            var left = i + 1 < segments.Count ? segments[i + 1].First - segments[i].First : long.MaxValue;
            using var lines = new LineSource(segments[i].Path);
            var starting = true;
            long offset = 0;
            for (; left > 0; left--)
            {
                var line = lines.Next();
                if (line.IsEmpty)
                    break;
                offset = lines.Offset;
                starting = starting && Attestation(line) is { } end && (attested.Add(end) || true);
            }

            // The end of the last segment is the chain's own verdict.
            if (i + 1 < segments.Count && TornEnd.In(segments[i], offset) is { } rest)
                torn.Add(rest);
        }

        torn.RemoveAll(attested.Contains);
        return torn.ConvertAll(t => string.Create(
            CultureInfo.InvariantCulture, $"{t.Segment}: {t.Length} bytes from byte {t.Offset} belong to no entry, and no entry attests them"));
    }

    private static TornEnd? Attestation(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            using var entry = JsonDocument.ParseValue(ref reader);
            var root = entry.RootElement;
            return root.GetProperty("event").GetString() == AuditEvents.Recovered
                ? new TornEnd(
                    root.GetProperty("segment").GetString()!, root.GetProperty("offset").GetInt64(), root.GetProperty("length").GetInt64(),
                    root.GetProperty("sha256").GetString()!)
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
