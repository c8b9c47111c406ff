using System.Globalization;
using CcConsole.Core.Crontab.Discovery;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Screens;

/// <summary>All that is known of a row of the list of jobs.</summary>
internal static class JobDetail
{
    /// <summary>Says it.</summary>
    public static void Describe(JobLine line, DetailText detail, bool ascii)
    {
        detail.Title(line.Name);
        if (line.Gap is { } gap)
            Describe(gap, detail);
        else if (line.Fixed is { } row)
            Describe(line, row, detail);
        else if (line.Row is { } job)
            Describe(line, job, detail, ascii);
        else
            detail.Text(line.Ignored is { } why ? IgnoredText.Of(why) : null, "state.late");
    }

    private static void Describe(DiscoveryGap gap, DetailText detail)
    {
        detail.Text("could not be looked at", "state.late");
        detail.Text(gap.Why);
        detail.Text(gap.Hint, "text.strong");
    }

    private static void Describe(JobLine line, FixedRow row, DetailText detail)
    {
        detail.Fact("state", line.State, line.StateScope);
        detail.Text(row.Ignored is { } why ? IgnoredText.Of(why) : null, "state.late");
        detail.Text(line.WhyFixed);
        detail.Space();
        detail.Fact("schedule", row.Schedule);
        if (row.Meaning != row.Schedule)
            detail.Text(row.Meaning);
        detail.Fact("next run", row.NextRun is { } next ? TimeText.Full(next) : null);
        detail.Fact("last run", row.LastRun is { } last ? TimeText.Full(last) : null);
        detail.Fact("started by", row.RunBy);
        detail.Fact("user", row.User);
        detail.Fact("from", row.Place);
        detail.Space();
        detail.Text("command", "text.dim");
        detail.Text(row.Command);
        detail.Space();
        detail.Fact("read", TimeText.Full(row.AsOf));
    }

    private static void Describe(JobLine line, JobRow row, DetailText detail, bool ascii)
    {
        var job = row.Job;
        detail.Fact("state", line.State, line.StateScope);
        detail.Text(row.IsDrifted ? "drift: changed on the host since it was last seen here; d shows it" : null, "state.late");
        detail.Text(row.Ignored is { } why ? IgnoredText.Of(why) : null, "state.late");
        if (line.Running is { } run)
        {
            detail.Text(string.Create(CultureInfo.InvariantCulture, $"running since {TimeText.Full(run.StartedAt)}, process {run.Pid}{(run.Attempt is > 1 and var attempt ? $", attempt {attempt}" : "")}; K stops it"), line.StateScope);
        }
        else
        {
            detail.Text(row.Cause, line.StateScope);
        }
        detail.Text(job.Problem, "state.fail");
        foreach (var finding in row.Findings)
        {
            var look = StatusLook.Of(finding.Severity);
            detail.Text($"{look.Shown(ascii)}: {finding.Message}", look.Scope);
            detail.Text($"  {finding.Hint}", "text.dim");
        }
        detail.Fact("schedule", job.ScheduleText);
        detail.Text(row.Meaning);
        foreach (var note in row.TimingNotes)
            detail.Text(note);
        detail.Fact("next run", row.NextRun is { } next ? TimeText.Full(next) : null);
        if (row.LastRun is { } last)
        {
            detail.Fact("last run", TimeText.Full(last.StartedAt));
            if (last.Refused is { } refused)
            {
                detail.Fact("refused", OutcomeText.Refused(refused), StatusLook.Of(last).Scope);
            }
            else
            {
                detail.Fact("exit code", last.IsLost ? OutcomeText.Lost : last.ExitCode.ToString(CultureInfo.InvariantCulture), StatusLook.Of(last).Scope);
                detail.Fact("took", TimeText.Duration(last.Duration));
            }
        }
        detail.Space();
        detail.Text("command", "text.dim");
        detail.Text(job.Command);
        if (row.Input is { } input)
        {
            detail.Text("standard input", "text.dim");
            detail.Text(input.TrimEnd('\n'));
        }
        detail.Space();
        detail.Fact("id", job.Id);
        detail.Fact("runs", job.IsManaged ? "reported by the agent's wrapper" : "not reported: a plain line");
        detail.Fact("user", row.RunsAs);
        detail.Fact("table", string.Create(CultureInfo.InvariantCulture, $"{row.Table}, line {job.LineNumber}"));
        detail.Fact("read", TimeText.Full(row.AsOf));
    }
}
