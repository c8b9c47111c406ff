using System.Globalization;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Jobs;
using CcConsole.Tui.Cells;

namespace CcConsole.Screens;

/// <summary>A job as the list of jobs shows it: all texts made.</summary>
internal sealed record JobLine
{
    private JobLine(JobRow row) => Row = row;

    /// <summary>The job.</summary>
    public JobRow Row { get; }

    /// <summary>What it is known by when the rows are made anew.</summary>
    public required string Key { get; init; }

    /// <summary>Glyph and word.</summary>
    public required string State { get; init; }

    /// <summary>The scope of the state.</summary>
    public required string StateScope { get; init; }

    /// <summary>The scope of the row.</summary>
    public required string? RowScope { get; init; }

    /// <summary>The name, else the command.</summary>
    public required string Name { get; init; }

    /// <summary>The schedule as written.</summary>
    public required string Schedule { get; init; }

    /// <summary>The schedule in words; for a line that does not parse, why.</summary>
    public required string Meaning { get; init; }

    /// <summary>The next run.</summary>
    public required string Next { get; init; }

    /// <summary>When it ran last, and the exit code.</summary>
    public required string Last { get; init; }

    /// <summary>How long that took.</summary>
    public required string Duration { get; init; }

    /// <summary>The last runs, the newest at the right.</summary>
    public required string Runs { get; init; }

    /// <summary>The scope of each of <see cref="Runs"/>.</summary>
    public required string[] RunScopes { get; init; }

    /// <summary>Whose table, and the line.</summary>
    public required string Source { get; init; }

    /// <summary>Makes the texts of a job.</summary>
    public static JobLine Of(JobRow row, DateTimeOffset now, bool ascii)
    {
        var look = StatusLook.Of(row.Status);
        var job = row.Job;
        var runs = row.Runs.Reverse().ToArray();
        return new JobLine(row)
        {
            Key = $"{row.Table}:{job.Id}",
            State = look.Shown(ascii),
            StateScope = look.Scope,
            RowScope = row.IsStale || job.State == JobState.Paused ? "text.dim" : null,
            Name = JobLabel.Of(job),
            Schedule = job.State == JobState.Unparsed ? "not parsed" : job.ScheduleText,
            Meaning = job.Problem ?? row.Meaning,
            Next = job.State == JobState.Paused ? "paused" : row.NextRun is { } next ? TimeText.Near(next, now) : "",
            Last = row.LastRun is { } last ? Text($"{TimeText.Ago(last.StartedAt, now)} exit {last.ExitCode}") : job.IsManaged ? "no run yet" : "",
            Duration = row.LastRun is { } run ? TimeText.Duration(run.Duration) : "",
            Runs = string.Concat(runs.Select(r => StatusLook.OfExit(r.ExitCode).Mark(ascii))),
            RunScopes = [.. runs.Select(r => StatusLook.OfExit(r.ExitCode).Scope)],
            Source = Text($"{row.Table}:{job.LineNumber}{(job.IsManaged ? "" : " plain")}"),
        };
    }

    /// <summary>Draws the last runs, each in its colour.</summary>
    public static void PaintRuns(Canvas cell, JobLine line)
    {
        for (var i = 0; i < line.Runs.Length; i++)
            cell.Draw(i, 0, line.Runs.AsSpan(i, 1), line.RunScopes[i]);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
