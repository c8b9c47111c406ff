using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CcConsole.Core.Protocol;

/// <summary>Writes and reads messages of JSON-RPC 2.0, one a line.</summary>
public static class RpcCodec
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // The line goes to a pipe, never into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = RpcLimits.MaxDepth,
    };

    /// <summary>Reads one line. A message that is not one has <see cref="RpcKind.Invalid"/>; null when it is not JSON.</summary>
    public static RpcMessage? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ProtocolJson.Default.RpcMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads parameters or a result. False with the reason in words when they do not fit.</summary>
    public static bool TryRead<T>(JsonElement? element, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value, out string problem)
        where T : class
    {
        value = null;
        problem = "";
        try
        {
            if (element is { } given && given.Deserialize(type) is { } read)
            {
                value = read;
                return true;
            }

            problem = "they are missing";
        }
        catch (JsonException e)
        {
            problem = e.Path is { Length: > 1 } path ? $"{path} is missing, of the wrong type or out of range" : "a member is missing or of the wrong type";
        }

        return false;
    }

    /// <summary>Writes a request.</summary>
    public static void WriteRequest<T>(
        IBufferWriter<byte> output, long id, string method, T parameters, JsonTypeInfo<T> type) =>
        Write(output, id, method, "params", parameters, type);

    /// <summary>Writes a notification.</summary>
    public static void WriteNotification<T>(
        IBufferWriter<byte> output, string method, T parameters, JsonTypeInfo<T> type) =>
        Write(output, null, method, "params", parameters, type);

    /// <summary>Writes the answer to a request that succeeded.</summary>
    public static void WriteResult<T>(IBufferWriter<byte> output, long id, T result, JsonTypeInfo<T> type) =>
        Write(output, id, null, "result", result, type);

    /// <summary>Writes the answer to a request that failed; <paramref name="id"/> is null when it could not be read.</summary>
    public static void WriteError(IBufferWriter<byte> output, long? id, RpcError error)
    {
        using (var json = new Utf8JsonWriter(output, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            if (id is { } number)
                json.WriteNumber("id"u8, number);
            else
                json.WriteNull("id"u8);
            json.WritePropertyName("error"u8);
            JsonSerializer.Serialize(json, error, ProtocolJson.Default.RpcError);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>
    /// Writes a <see cref="StreamMethods.ReportEntry"/> notification around a line of the report journal, whose bytes are
    /// passed on as they are.
    /// </summary>
    /// <param name="output">Receives the line.</param>
    /// <param name="stream">The stream's id.</param>
    /// <param name="recorded">The JSON object of a <see cref="Reports.RecordedReport"/>, without a newline.</param>
    public static void WriteReportEntry(IBufferWriter<byte> output, long stream, ReadOnlySpan<byte> recorded)
    {
        using (var json = new Utf8JsonWriter(output, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WriteString("method"u8, StreamMethods.ReportEntry);
            json.WriteStartObject("params"u8);
            json.WriteNumber("stream"u8, stream);
            json.WritePropertyName("entry"u8);
            json.WriteRawValue(recorded, skipInputValidation: true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void Write<T>(
        IBufferWriter<byte> output, long? id, string? method, string member, T value, JsonTypeInfo<T> type)
    {
        using (var json = new Utf8JsonWriter(output, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            if (id is { } number)
                json.WriteNumber("id"u8, number);
            if (method is not null)
                json.WriteString("method"u8, method);
            json.WritePropertyName(member);
            JsonSerializer.Serialize(json, value, type);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
