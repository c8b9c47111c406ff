using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Discovery;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Jobs;
using CcConsole.Fleet.Runs;
using CcConsole.Tui.Cells;

namespace CcConsole.Screens;

/// <summary>
/// A row of the list of jobs, all texts made: a line of a table, something that is started by other means and only shown, a table
/// that the daemon ignores, or something that could not be looked at.
/// </summary>
internal sealed record JobLine
{
    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>The line of a table; null for anything else.</summary>
    public JobRow? Row { get; init; }

    /// <summary>What is started by other means; null for anything else.</summary>
    public FixedRow? Fixed { get; init; }

    /// <summary>What could not be looked at; null for anything else.</summary>
    public DiscoveryGap? Gap { get; init; }

    /// <summary>Why nothing can be changed here; null for a line of a table.</summary>
    public string? WhyFixed { get; init; }

    /// <summary>The run that goes on; null for none that is known.</summary>
    public FleetRun? Running { get; init; }

    /// <summary>Why the daemon does not start it; null when it does.</summary>
    public string? Ignored { get; init; }

    /// <summary>What it is known by when the rows are made anew.</summary>
    public required string Key { get; init; }

    /// <summary>How it is.</summary>
    public required Status Status { get; init; }

    /// <summary>Glyph and word.</summary>
    public required string State { get; init; }

    /// <summary>The scope of the state.</summary>
    public required string StateScope { get; init; }

    /// <summary>The scope of the row.</summary>
    public string? RowScope { get; init; }

    /// <summary>The name, else the command.</summary>
    public required string Name { get; init; }

    /// <summary>The schedule as written.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>The schedule in words; for what does not run, why.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>The scope of <see cref="Schedule"/> and <see cref="Meaning"/>; null for the row's own.</summary>
    public string? MeaningScope { get; init; }

    /// <summary>The next run.</summary>
    public string Next { get; init; } = "";

    /// <summary>When it ran last, and the exit code.</summary>
    public string Last { get; init; } = "";

    /// <summary>How long that took.</summary>
    public string Duration { get; init; } = "";

    /// <summary>The last runs, the newest at the right.</summary>
    public string Runs { get; init; } = "";

    /// <summary>The scope of each of <see cref="Runs"/>.</summary>
    public string[] RunScopes { get; init; } = [];

    /// <summary>The gravest thing that the linter says: glyph and word; empty when there is none worth a look.</summary>
    public string Check { get; init; } = "";

    /// <summary>The scope of <see cref="Check"/>.</summary>
    public string? CheckScope { get; init; }

    /// <summary>The table, or what else starts it, in few columns.</summary>
    public required string Table { get; init; }

    /// <summary>As whom it runs.</summary>
    public string User { get; init; } = "";

    /// <summary>What runs.</summary>
    public string Command { get; init; } = "";

    /// <summary>When it runs next, for the order.</summary>
    public DateTimeOffset? NextRun => Row?.NextRun ?? Fixed?.NextRun;

    /// <summary>When it ran last, for the order.</summary>
    public DateTimeOffset? LastRun => Row?.LastRun?.StartedAt ?? Fixed?.LastRun;

    /// <summary>The row while a run of the job goes on: what ran before tells less than that.</summary>
    public JobLine While(FleetRun? run, DateTimeOffset now, bool ascii) => run is null ? this : this with
    {
        Running = run,
        Status = Status.Running,
        State = StatusLook.Of(Status.Running).Shown(ascii),
        StateScope = StatusLook.Of(Status.Running).Scope,
        RowScope = null,
        Last = $"for {TimeText.Duration(now > run.StartedAt ? now - run.StartedAt : TimeSpan.Zero)}",
        Duration = "",
    };

    /// <summary>Makes the texts of a line of a table.</summary>
    public static JobLine Of(JobRow row, DateTimeOffset now, bool ascii)
    {
        var look = row.Ignored is not null ? StatusLook.Ignored : StatusLook.Of(row.Status);
        var job = row.Job;
        var runs = row.Runs.Reverse().ToArray();
        var worst = row.Findings.Count > 0 && job.State != JobState.Unparsed ? row.Findings.Max(finding => finding.Severity) : LintSeverity.Note;
        return new JobLine
        {
            Host = row.Host,
            Row = row,
            Key = KeyOf(row.Host, row.Table, job.Id),
            Ignored = row.Ignored,
            Status = row.Ignored is null ? row.Status : Status.Off,
            State = look.Shown(ascii),
            StateScope = look.Scope,
            RowScope = row.IsStale || row.Ignored is not null || job.State == JobState.Paused ? "text.dim" : null,
            Name = row.IsDrifted ? $"{(ascii ? "+-" : "±")} {JobLabel.Of(job)}" : JobLabel.Of(job),
            Schedule = job.State == JobState.Unparsed ? "not parsed" : OneBlank(job.ScheduleText),
            Meaning = job.Problem ?? (row.Ignored is { } why ? IgnoredText.Of(why) : row.Meaning),
            MeaningScope = job.Problem is not null ? "state.fail" : row.Ignored is not null ? "state.late" : null,
            Next = row.Ignored is not null ? "" : job.State == JobState.Paused ? "paused" : row.NextRun is { } next ? TimeText.Near(next, now) : "",
            Last = row.LastRun is { } last ? $"{TimeText.Ago(last.StartedAt, now)} {last.Refused ?? OutcomeText.Short(last)}" : job.IsManaged ? "no run yet" : "",
            Duration = row.LastRun is { Refused: null } run ? TimeText.Duration(run.Duration) : "",
            Runs = string.Concat(runs.Select(r => StatusLook.Of(r).Mark(ascii))),
            RunScopes = [.. runs.Select(r => StatusLook.Of(r).Scope)],
            Check = worst > LintSeverity.Note ? StatusLook.Of(worst).Shown(ascii) : "",
            CheckScope = worst > LintSeverity.Note ? StatusLook.Of(worst).Scope : null,
            Table = Short(row.Table),
            User = row.RunsAs,
            Command = job.Command,
        };
    }

    /// <summary>Makes the texts of what is started by other means.</summary>
    public static JobLine Of(FixedRow row, DateTimeOffset now, bool ascii)
    {
        var look = row.Ignored is not null ? StatusLook.Ignored : StatusLook.Of(Status.Unknown);
        return new JobLine
        {
            Host = row.Host,
            Fixed = row,
            Key = $"{row.Host}:{row.Source}:{row.Place}:{row.Name}",
            WhyFixed = row.Source switch
            {
                FixedSource.Timer => $"a timer of systemd is only shown: systemctl edit {row.Name} changes it",
                FixedSource.Anacron => $"anacron's jobs are only shown: they stand in {row.Place}",
                _ => $"a script of {row.Place} is only shown: it is changed as a file",
            },
            Ignored = row.Ignored,
            Status = row.Ignored is null ? Status.Unknown : Status.Off,
            State = look.Shown(ascii),
            StateScope = look.Scope,
            RowScope = "text.dim",
            Name = row.Name,
            Schedule = row.Schedule,
            Meaning = row.Ignored is { } why ? IgnoredText.Of(why) : row.Meaning,
            MeaningScope = row.Ignored is null ? null : "state.late",
            Next = row.NextRun is { } next ? TimeText.Near(next, now) : "",
            Last = row.LastRun is { } last ? TimeText.Ago(last, now) : "",
            Table = row.Source switch
            {
                FixedSource.Timer => "timer",
                FixedSource.Anacron => "anacron",
                _ => row.Place.StartsWith("/etc/", StringComparison.Ordinal) ? row.Place[5..] : row.Place,
            },
            User = row.User,
            Command = row.Command,
        };
    }

    /// <summary>Makes the texts of a table that the daemon ignores and that has no line to say so at.</summary>
    public static JobLine Of(string host, InventoryTable table, bool ascii) => new()
    {
        Host = host,
        Key = $"{host}:table:{table.Id}",
        WhyFixed = "a table without entries: n makes one there",
        Ignored = table.Ignored,
        Status = Status.Off,
        State = StatusLook.Ignored.Shown(ascii),
        StateScope = StatusLook.Ignored.Scope,
        RowScope = "text.dim",
        Name = table.Id.Name,
        Meaning = table.Ignored is { } why ? IgnoredText.Of(why) : "",
        MeaningScope = "state.late",
        Table = Short(table.Id),
    };

    /// <summary>Makes the texts of what could not be looked at.</summary>
    public static JobLine Of(string host, DiscoveryGap gap, bool ascii) => new()
    {
        Host = host,
        Gap = gap,
        Key = $"{host}:gap:{gap.What}",
        WhyFixed = "this could not be looked at",
        Status = Status.Unknown,
        State = StatusLook.Gap.Shown(ascii),
        StateScope = StatusLook.Gap.Scope,
        Name = gap.What,
        Meaning = gap.Hint.Length > 0 ? $"{gap.Why} — {gap.Hint}" : gap.Why,
        MeaningScope = "state.late",
        Table = "",
    };

    /// <summary>What the line of a job is known by.</summary>
    public static string KeyOf(string host, TableId table, string jobId) => $"{host}:{table}:{jobId}";

    /// <summary>Draws the last runs, each in its colour.</summary>
    public static void PaintRuns(Canvas cell, JobLine line)
    {
        for (var i = 0; i < line.Runs.Length; i++)
            cell.Draw(i, 0, line.Runs.AsSpan(i, 1), line.RunScopes[i]);
    }

    /// <summary>A table in few columns: <c>alice</c>, <c>crontab</c>, <c>cron.d/backup</c>.</summary>
    public static string Short(TableId table) => table.IsSystem ? table.Name["/etc/".Length..] : table.Name;

    // Tables of distributions put tabs between the fields: in a column they are worth no more than a blank.
    private static string OneBlank(string schedule) => string.Join(' ', schedule.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
