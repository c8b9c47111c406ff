using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CcConsole.Core.Reports;

/// <summary>
/// Writes reports that keep under <see cref="ReportLimits.MaxReportBytes"/> whatever the output holds: the tails are
/// trimmed further, each to half of the room or to what the other leaves, and a marker tells how much is missing.
/// </summary>
public static class ReportWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = ReportTextEncoder.Instance };

    /// <summary>Writes the report as one line of JSON with a final newline.</summary>
    /// <param name="output">Receives the line.</param>
    /// <param name="report">Everything but the output streams: its Stdout and Stderr are not read.</param>
    /// <param name="stdout">The tail of standard output; bytes that are not UTF-8 become U+FFFD.</param>
    /// <param name="stderr">The tail of standard error.</param>
    public static void Write(IBufferWriter<byte> output, ExecutionReport report, OutputTail stdout, OutputTail stderr)
    {
        byte[] outTail = stdout.ToArray(), errTail = stderr.ToArray();
        int outKept = outTail.Length, errKept = errTail.Length;
        var command = CutCommand(report.Command);
        var draft = new ArrayBufferWriter<byte>(2048 + outKept + errKept + command.Length);
        WriteMembers(draft, report, command, Text(outTail, outKept, stdout.Total), Text(errTail, errKept, stderr.Total));
        var budget = 0;
        while (draft.WrittenCount > Most)
        {
            int outCost = ReportText.Cost(outTail), errCost = ReportText.Cost(errTail);
            // What both may take of the line; the second time and later, less by what was still too much.
            budget = budget == 0 ? Most - Rest(draft.WrittenCount, outCost, errCost) : budget - (draft.WrittenCount - Most);
            var half = budget / 2;
            outKept = ReportText.Fitting(outTail, Math.Max(half, budget - errCost));
            errKept = ReportText.Fitting(errTail, Math.Max(half, budget - outCost));
            draft.ResetWrittenCount();
            WriteMembers(draft, report, command, Text(outTail, outKept, stdout.Total), Text(errTail, errKept, stderr.Total));
        }

        output.Write(draft.WrittenSpan);
        output.Write("\n"u8);
    }

    // The final newline, and the markers of both streams, which may come to it yet.
    private const int Most = ReportLimits.MaxReportBytes - 2, Markers = 160;

    private static int Rest(int written, int outCost, int errCost) => Math.Max(0, written - outCost - errCost) + Markers;

    private static void WriteMembers(
        ArrayBufferWriter<byte> draft, ExecutionReport report, string command, string stdout, string stderr)
    {
        using var json = new Utf8JsonWriter(draft, Options);
        json.WriteStartObject();
        json.WriteString("jobId"u8, report.JobId);
        json.WriteString("command"u8, command);
        json.WriteNumber("exitCode"u8, report.ExitCode);
        json.WriteString("stdout"u8, stdout);
        json.WriteString("stderr"u8, stderr);
        json.WriteString("startTime"u8, Rfc3339(report.StartTime));
        json.WriteNumber("durationMs"u8, report.DurationMs);
        json.WriteNumber("executingUid"u8, report.ExecutingUid);
        json.WriteString("executingUser"u8, report.ExecutingUser);
        WriteText(json, "warning"u8, report.Warning);
        WriteNumber(json, "signal"u8, report.Signal);
        if (report.TimedOut is { } timedOut)
            json.WriteBoolean("timedOut"u8, timedOut);
        WriteText(json, "refused"u8, report.Refused);
        if (report.Lost is { } lost)
            json.WriteBoolean("lost"u8, lost);
        WriteText(json, "sandbox"u8, report.Sandbox);
        WriteText(json, "runId"u8, report.RunId);
        WriteNumber(json, "attempt"u8, report.Attempt);
        WriteNumber(json, "stdoutBytes"u8, report.StdoutBytes);
        WriteNumber(json, "stderrBytes"u8, report.StderrBytes);
        WriteText(json, "stdoutSha256"u8, report.StdoutSha256);
        WriteText(json, "stderrSha256"u8, report.StderrSha256);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }

    /// <summary>Milliseconds and an offset: what every reader of RFC 3339 accepts.</summary>
    internal static string Rfc3339(DateTimeOffset time) => time.Offset == TimeSpan.Zero
        ? time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);

    private static string Text(byte[] tail, int kept, long total)
    {
        var from = tail.Length - kept;
        // Not in the middle of a character: at most three continuation bytes follow a lead byte.
        if (from > 0 || total > tail.Length)
        {
            for (var skipped = 0; skipped < 3 && from < tail.Length && (tail[from] & 0xC0) == 0x80; skipped++)
                from++;
        }

        var text = Encoding.UTF8.GetString(tail, from, tail.Length - from);
        var missing = total - (tail.Length - from);
        return missing == 0 ? text : CutMarker(missing) + text;
    }

    /// <summary>The line at the start of an output whose first bytes are not in the report.</summary>
    internal static string CutMarker(long missing) =>
        string.Create(CultureInfo.InvariantCulture, $"[… {missing} bytes before this are not in the report]\n");

    private static string CutCommand(string command)
    {
        if (command.Length <= ReportLimits.MaxCommandBytes / 6)
            return command;
        var bytes = Encoding.UTF8.GetBytes(command);
        if (bytes.Length <= ReportLimits.MaxCommandBytes)
            return command;
        var end = ReportLimits.MaxCommandBytes;
        while ((bytes[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(bytes, 0, end)
            + string.Create(CultureInfo.InvariantCulture, $" [… {bytes.Length - end} more bytes]");
    }
}
