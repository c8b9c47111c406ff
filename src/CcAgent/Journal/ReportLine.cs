using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Reports;

namespace CcAgent.Journal;

/// <summary>
/// A line of the report journal: {"seq":…,"received":…,"uid":…,"report":{…}}, the report as it came but for line breaks
/// between its members, which become spaces.
/// </summary>
internal static class ReportLine
{
    /// <summary>Writes the line with its LF.</summary>
    internal static void Write(IBufferWriter<byte> output, long seq, long receivedMicros, uint uid, ReadOnlySpan<byte> report)
    {
        var line = output.GetSpan(report.Length + 128);
        var at = 0;
        Put(line, ref at, "{\"seq\":"u8, seq);
        Put(line, ref at, ",\"received\":"u8, receivedMicros);
        Put(line, ref at, ",\"uid\":"u8, uid);
        ReadOnlySpan<byte> name = ",\"report\":"u8;
        name.CopyTo(line[at..]);
        at += name.Length;
        report.CopyTo(line[at..]);
        // A line break cannot stand inside a string of JSON.
        line.Slice(at, report.Length).Replace((byte)'\n', (byte)' ');
        line.Slice(at, report.Length).Replace((byte)'\r', (byte)' ');
        at += report.Length;
        line[at++] = (byte)'}';
        line[at++] = (byte)'\n';
        output.Advance(at);
    }

    /// <summary>Whether a line (with its LF) is whole and has the given sequence number.</summary>
    internal static bool Is(ReadOnlySpan<byte> line, long seq)
    {
        Span<byte> start = stackalloc byte[32];
        var at = 0;
        Put(start, ref at, "{\"seq\":"u8, seq);
        start[at++] = (byte)',';
        return line.StartsWith(start[..at]) && line.EndsWith("}}\n"u8);
    }

    /// <summary>When the report was recorded, in microseconds since 1970; null for what is no such line.</summary>
    internal static long? Received(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> name = "\"received\":"u8;
        var at = line[..Math.Min(line.Length, 96)].IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(line[(at + name.Length)..], out long micros, out _) ? micros : null;
    }

    /// <summary>What the line says; null for what is no such line.</summary>
    internal static RecordedReport? Recorded(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ReportJson.Default.RecordedReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The report's run id, prefixed with its sender; null when it has none, and for what is no such line.</summary>
    internal static string? RunKey(ReadOnlySpan<byte> line)
    {
        try
        {
            return Key(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string? Key(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = ReportLimits.MaxDepth + 1 });
        uint uid = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
                continue;
            if (reader.CurrentDepth == 1 && reader.ValueTextEquals("uid"u8))
            {
                reader.Read();
                uid = reader.GetUInt32();
            }
            else if (reader.CurrentDepth == 2 && reader.ValueTextEquals("runId"u8))
            {
                reader.Read();
                return reader.TokenType == JsonTokenType.String ? RunKey(uid, reader.GetString()!) : null;
            }
            else if (reader.CurrentDepth == 2)
            {
                reader.Read();
                reader.Skip();
            }
        }

        return null;
    }

    /// <summary>
    /// A report of a run, told from another one of the same run: a job that knows its run's id, which is no secret of the
    /// user's, must not keep the wrapper's report out by one of its own that comes first.
    /// </summary>
    internal static string ContentKey(string runKey, ReadOnlySpan<byte> report)
    {
        if (report.ContainsAny((byte)'\n', (byte)'\r'))
        {
            var line = report.ToArray();
            line.AsSpan().Replace((byte)'\n', (byte)' ');
            line.AsSpan().Replace((byte)'\r', (byte)' ');
            return ContentKey(runKey, line);
        }

        return string.Concat(runKey, "\n", Sha256.Hash(report).ToString().AsSpan(0, 32));
    }

    /// <summary>The report within a line (with its LF).</summary>
    internal static ReadOnlySpan<byte> Report(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> name = ",\"report\":"u8;
        var at = line.IndexOf(name);
        return at < 0 ? default : line[(at + name.Length)..^2];
    }

    /// <summary>Nobody's report can stand in for another's: the sender belongs to the key.</summary>
    internal static string RunKey(uint uid, string runId) => uid.ToString(System.Globalization.CultureInfo.InvariantCulture) + ":" + runId;

    private static void Put(Span<byte> line, ref int at, ReadOnlySpan<byte> text, long number)
    {
        text.CopyTo(line[at..]);
        at += text.Length;
        Utf8Formatter.TryFormat(number, line[at..], out var written);
        at += written;
    }
}
