using System.Globalization;
using System.Text.Json;

namespace CcConsole.Core.Audit.Segments;

/// <summary>
/// Bytes at the end of a segment that belong to no entry, as a crash leaves them. An <c>audit.recovered</c> entry at the start of a later
/// segment attests them; others were put there by someone else.
/// </summary>
/// <param name="Segment">The segment's file name.</param>
/// <param name="Offset">Where they begin.</param>
/// <param name="Length">How many.</param>
/// <param name="Digest">Their SHA-256.</param>
public sealed record TornEnd(string Segment, long Offset, long Length, string Digest)
{
    /// <summary>That nothing attests them, in a sentence without a final full stop. The name is digits alone.</summary>
    public string NotAttested => string.Create(
        CultureInfo.InvariantCulture, $"{Segment}: {Length} bytes from byte {Offset} belong to no entry, and no entry attests them");

    /// <summary>Whether a line may stand before an attestation at a segment's start, and what it attests, if anything.</summary>
    internal static bool Opens(ReadOnlySpan<byte> line, out TornEnd? attested)
    {
        attested = null;
        try
        {
            var reader = new Utf8JsonReader(line);
            using var entry = JsonDocument.ParseValue(ref reader);
            var root = entry.RootElement;
            var opening = root.GetProperty("event").GetString();
            if (opening == AuditEvents.Recovered)
            {
                attested = new TornEnd(
                    root.GetProperty("segment").GetString()!, root.GetProperty("offset").GetInt64(), root.GetProperty("length").GetInt64(),
                    root.GetProperty("sha256").GetString()!);
            }
            return opening is AuditEvents.Recovered or AuditEvents.Rotate or AuditEvents.Genesis;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // Not such an entry; whether it is an entry at all is the verification's question.
            return false;
        }
    }
}
