using System.Globalization;
using CcConsole.Core.Reports;
using CcConsole.Fleet;
using CcConsole.Fleet.Reports;
using CcConsole.Store.Reports;

namespace CcConsole.Screens;

/// <summary>A row of the tail: a run, a gap in what was heard, or why nothing is heard.</summary>
internal sealed record ReportLine
{
    private const int LongestOutput = 200;

    /// <summary>What it is known by.</summary>
    public required string Key { get; init; }

    /// <summary>Its order: time of the report or of the event.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Glyph and word.</summary>
    public required string State { get; init; }

    /// <summary>The scope of the state.</summary>
    public required string Scope { get; init; }

    /// <summary>When it started, in the zone of the console.</summary>
    public required string Time { get; init; }

    /// <summary>The job, or what is to be said.</summary>
    public required string Job { get; init; }

    /// <summary>The exit code.</summary>
    public string Exit { get; init; } = "";

    /// <summary>How long it took.</summary>
    public string Took { get; init; } = "";

    /// <summary>The start of the last line of output.</summary>
    public string Output { get; init; } = "";

    /// <summary>The report's number in the cache; null for other rows. The report itself, up to a megabyte, is read when it is shown.</summary>
    public long? ReportId { get; init; }

    /// <summary>The exit code; null for other rows.</summary>
    public int? ExitCode { get; init; }

    /// <summary>How long it took; null for other rows.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The id of the run; null where the report has none.</summary>
    public string? RunId { get; init; }

    /// <summary>What to do next; empty for nothing.</summary>
    public string Hint { get; init; } = "";

    /// <summary>Whether it tells of a failure, or is no run at all.</summary>
    public bool IsRemarkable => ExitCode is not 0 || IsRefused;

    /// <summary>Whether the run was not begun.</summary>
    public bool IsRefused { get; init; }

    /// <summary>A run.</summary>
    public static ReportLine Of(StoredReport stored, RecordedReport recorded, TimeZoneInfo zone, bool ascii)
    {
        var report = recorded.Report;
        var look = StatusLook.Of(report);
        var start = TimeZoneInfo.ConvertTime(report.StartTime, zone);
        return new ReportLine
        {
            Key = string.Create(CultureInfo.InvariantCulture, $"report {stored.Id}"),
            At = report.StartTime,
            State = look.Shown(ascii),
            Scope = look.Scope,
            Time = start.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            Job = report.JobId,
            Exit = report.Refused ?? (report.Lost == true ? "?" : null) ?? (report.TimedOut == true ? "timeout" : report.Signal is { } signal ? $"signal {signal}" : report.ExitCode.ToString(CultureInfo.InvariantCulture)),
            Took = report.Refused is not null ? "" : TimeText.Duration(TimeSpan.FromMilliseconds(report.DurationMs)),
            Output = LastLine(report.Stderr.Length > 0 && report.ExitCode != 0 ? report.Stderr : report.Stdout),
            ReportId = stored.Id,
            ExitCode = report.ExitCode,
            IsRefused = report.Refused is not null,
            Duration = TimeSpan.FromMilliseconds(report.DurationMs),
            RunId = report.RunId,
        };
    }

    /// <summary>A time in which nothing was heard.</summary>
    public static ReportLine Of(TailGap gap, TimeZoneInfo zone) => new()
    {
        Key = string.Create(CultureInfo.InvariantCulture, $"gap {gap.From.Ticks}"),
        At = gap.From,
        State = "",
        Scope = "state.offline",
        Time = TimeZoneInfo.ConvertTime(gap.From, zone).ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        Job = string.Create(CultureInfo.InvariantCulture,
            $"— gap {TimeZoneInfo.ConvertTime(gap.From, zone):HH:mm}–{TimeZoneInfo.ConvertTime(gap.To, zone):HH:mm} —"),
        Hint = "The connection was lost in between. What ran meanwhile follows as the host recorded it.",
    };

    /// <summary>Why nothing is heard.</summary>
    public static ReportLine Of(TailProblem problem, DateTimeOffset now, TimeZoneInfo zone, bool ascii) => new()
    {
        Key = string.Create(CultureInfo.InvariantCulture, $"problem {now.Ticks}"),
        At = now,
        State = StatusLook.Of(Status.Offline).Shown(ascii),
        Scope = "state.offline",
        Time = TimeZoneInfo.ConvertTime(now, zone).ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        Job = problem.Cause,
        Hint = problem.Hint,
    };

    private static string LastLine(string output)
    {
        var text = output.AsSpan().TrimEnd();
        text = text[(text.LastIndexOf('\n') + 1)..].Trim();
        return text[..Math.Min(text.Length, LongestOutput)].ToString();
    }
}
