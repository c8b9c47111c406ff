using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Reports;

namespace CcAgent.Daemon;

/// <summary>
/// The second form of a report on the socket, as the published agent of the same protocol has it:
/// {"eventId":UUID,"payload":REPORT}, answered by {"accepted":…}. The first form is the report itself.
/// </summary>
internal static class ReportEnvelope
{
    /// <summary>
    /// The report in it, with the event as its run, so that one that is sent again is recorded once; null for an object that is
    /// no envelope.
    /// </summary>
    internal static ReadOnlyMemory<byte>? Open(ReadOnlyMemory<byte> json)
    {
        string? id = null;
        var payload = default(ReadOnlyMemory<byte>);
        var hasRun = false;
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = ReportLimits.MaxDepth });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isId = reader.ValueTextEquals("eventId"u8);
                var isPayload = reader.ValueTextEquals("payload"u8);
                if (!isId && !isPayload)
                    return null;
                reader.Read();
                if (isId && id is null && reader.TokenType == JsonTokenType.String)
                {
                    id = reader.GetString();
                }
                else if (isPayload && payload.IsEmpty && reader.TokenType == JsonTokenType.StartObject)
                {
                    var start = (int)reader.TokenStartIndex;
                    while (reader.Read() && reader.CurrentDepth > 1)
                        hasRun |= reader.CurrentDepth == 2 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("runId"u8);
                    payload = json[start..(int)reader.BytesConsumed];
                }
                else
                {
                    return null;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        if (payload.IsEmpty || !Guid.TryParseExact(id, "D", out var guid))
            return null;
        return hasRun ? payload : (byte[])[.. payload.Span[..^1], .. Encoding.ASCII.GetBytes($",\"runId\":\"{guid:N}\"}}")];
    }

    /// <summary>A report put into an envelope. Its event follows from the report, so that it is the same when it is sent again.</summary>
    internal static byte[] Put(ReadOnlySpan<byte> report)
    {
        return [.. Encoding.ASCII.GetBytes($"{{\"eventId\":\"{Guid.ParseExact(Sha256.Hash(report).ToString()[..32], "N"):D}\",\"payload\":"), .. report, .. "}"u8];
    }
}
