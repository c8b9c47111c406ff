using System.Globalization;
using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Serve;
using CcConsole.Core.Reports;

namespace CcAgent.Verbs;

/// <summary>`report list` and `report tail`: the journal as lines of text, or as it is.</summary>
internal static class ReportVerb
{
    private const int TailLines = 10;

    internal static int List(VerbArguments arguments)
    {
        Require(arguments.Places);
        using var cursor = Start(arguments.Places, arguments.Limit);
        Print(cursor, arguments);
        return 0;
    }

    internal static int Tail(VerbArguments arguments)
    {
        Require(arguments.Places);
        using var watch = new ChangeWatch(arguments.Places);
        using var cursor = Start(arguments.Places, arguments.Limit ?? TailLines);
        while (Print(cursor, arguments))
            watch.Wait();
        return 0;
    }

    private static void Require(AgentPlaces places) => SecureDirectory.Require(places.Data, places.Owner);

    private static JournalCursor Start(AgentPlaces places, int? limit)
    {
        if (limit is not { } last)
            return new JournalCursor(places.Reports, 0);
        var bound = JournalBounds.Of(places).Reports;
        return new JournalCursor(places.Reports, bound == long.MaxValue ? 0 : Math.Max(0, bound - last));
    }

    // False when nobody reads any more.
    private static bool Print(JournalCursor cursor, VerbArguments arguments)
    {
        var bound = JournalBounds.Of(arguments.Places).Reports;
        while (cursor.Seq < bound && cursor.Next() is { IsEmpty: false } line)
        {
            if (arguments.Json)
            {
                if (!StandardStreams.WriteAll(StandardStreams.Output, line))
                    return false;
                continue;
            }

            if (!StandardStreams.WriteAll(StandardStreams.Output, System.Text.Encoding.UTF8.GetBytes(Describe(line) + "\n")))
                return false;
        }

        return true;
    }

    private static string Describe(ReadOnlySpan<byte> line)
    {
        RecordedReport recorded;
        try
        {
            recorded = JsonSerializer.Deserialize(line, ReportJson.Default.RecordedReport)!;
        }
        catch (JsonException)
        {
            return "(not a report)";
        }

        var report = recorded.Report;
        var end = report.Signal is { } signal ? $"signal {signal}" : $"exit {report.ExitCode}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{recorded.Seq,6}  {report.StartTime.ToUniversalTime():yyyy-MM-dd'T'HH:mm:ss'Z'}  {end,-9}  {report.DurationMs,8} ms  "
            + $"{PlainText.Of(report.ExecutingUser),-10}  {PlainText.Of(report.JobId)}  {PlainText.Of(report.Command)}");
    }
}
