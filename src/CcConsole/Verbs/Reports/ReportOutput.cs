using System.Globalization;
using System.Text.Json;
using CcConsole.Core.Reports;
using CcConsole.Fleet;
using CcConsole.Fleet.Reports;
using CcConsole.Store.Reports;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Reports;

/// <summary>Reports as text and as JSON.</summary>
internal static class ReportOutput
{
    public static void Write(TextWriter output, TailItem item)
    {
        switch (item)
        {
            case TailReport tail:
                ExecutionReport report = tail.Report.Report;
                output.WriteLine($"{TimeText.Seconds(report.StartTime)}  {StatusText.Of(report.Refused is not null ? Status.Off : report.Lost == true ? Status.Unknown : report.ExitCode == 0 ? Status.Ok : Status.Fail),-6}  {Plain.Text(tail.Host)}  {Plain.Text(report.JobId)}  {Outcome(report)}  {report.DurationMs / 1000.0:0.###} s");
                WriteOutput(output, report, "    ");
                break;
            case TailGap gap:
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"— {Plain.Text(gap.Host)}: gap {gap.From:HH:mm:ss}–{gap.To:HH:mm:ss} —"));
                break;
        }
    }

    public static void Write(TextWriter output, RecordedReport recorded)
    {
        ExecutionReport report = recorded.Report;
        output.WriteLine($"{StatusText.Of(report.Refused is not null ? Status.Off : report.Lost == true ? Status.Unknown : report.ExitCode == 0 ? Status.Ok : Status.Fail)}  {Plain.Text(report.JobId)}  {Outcome(report)} after {report.DurationMs / 1000.0:0.###} s");
        output.WriteLine($"command   {Plain.Text(report.Command)}");
        output.WriteLine($"started   {TimeText.Seconds(report.StartTime)}");
        output.WriteLine($"user      {Plain.Text(report.ExecutingUser)} ({report.ExecutingUid})");
        output.WriteLine($"recorded  #{recorded.Seq} at {TimeText.Seconds(recorded.ReceivedAt)}, sent by uid {recorded.Uid}");
        if (report.Warning is { } warning) output.WriteLine($"warning   {Plain.Text(warning)}");
        WriteOutput(output, report, "");
    }

    public static void Write(Utf8JsonWriter json, TailItem item)
    {
        json.WriteString("host", item.Host);
        if (item is TailReport tail) Write(json, null, tail.Stored.Id, tail.Report);
        if (item is not TailGap gap) return;
        json.WriteString("gap_from", gap.From);
        json.WriteString("gap_to", gap.To);
    }

    public static void Write(Utf8JsonWriter json, string? host, long number, RecordedReport report)
    {
        if (host is not null) json.WriteString("host", host);
        json.WriteNumber("report_number", number);
        json.WriteNumber("seq", report.Seq);
        json.WriteString("received", report.ReceivedAt);
        json.WriteNumber("uid", report.Uid);
        json.WritePropertyName("report");
        JsonSerializer.Serialize(json, report.Report, ReportJson.Default.ExecutionReport);
    }

    public static void WriteSummary(Utf8JsonWriter json, StoredReport report)
    {
        json.WriteNumber("report_number", report.Id);
        json.WriteString("host", report.Host);
        json.WriteNumber("seq", report.Seq);
        json.WriteString("job_id", report.JobId);
        json.WriteString("started", report.StartedAt);
        json.WriteNumber("duration_ms", (long)report.Duration.TotalMilliseconds);
        json.WriteNumber("exit_code", report.ExitCode);
        json.WriteString("refused", report.Refused);
        json.WriteBoolean("lost", report.IsLost);
    }

    private static string Outcome(ExecutionReport report) => report switch
    {
        { Refused: { } why } => Plain.Text(Screens.OutcomeText.Refused(why)),
        { Lost: true } => "lost: how it ended is not known",
        { TimedOut: true } => $"timed out, exit {report.ExitCode}",
        { Signal: { } signal } => $"ended by signal {signal}, exit {report.ExitCode}",
        _ => $"exit {report.ExitCode}",
    };

    private static void WriteOutput(TextWriter output, ExecutionReport report, string indent)
    {
        WriteStream(output, report.Stdout, indent, "");
        WriteStream(output, report.Stderr, indent, "! ");
    }

    private static void WriteStream(TextWriter output, string text, string indent, string mark)
    {
        if (text.Length == 0) return;
        foreach (ReadOnlySpan<char> line in Plain.Lines(text.TrimEnd('\n')).AsSpan().EnumerateLines())
        {
            output.Write(indent);
            output.Write(mark);
            output.WriteLine(line);
        }
    }
}
