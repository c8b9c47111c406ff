using CcConsole.Commands;
using CcConsole.Core.Jobs;

namespace CcConsole.Screens;

/// <summary>
/// What can be done with the jobs of a host or of all hosts; with marks, with all that are marked. A change is a plan that is shown
/// and confirmed first.
/// </summary>
internal static class JobCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        One("job.edit", "Enter e", "edit", "Edit the job: schedule, command, user, name, tags, wrapper", JobActions.Edit, (_, line) => NotParsed(line), hint: true),
        On("job.new", "n", "new", "Make a new job, in the table of the selected row", JobActions.New,
            screen => screen.Shell.WhyReadOnly ?? (screen.Host is null ? "there is no host yet" : null), hint: true),
        Each("job.pause", "p", "pause", "Pause the job, or let a paused one run again", Pause, (_, line) => NotParsed(line), hint: true),
        One("job.run", "t", "run now", "Run the job now as cron would, and watch its output", JobActions.RunNow, (screen, line) => screen.Shell.WhyReadOnly ?? NotParsed(line), hint: true),
        One("job.stop", "K", "stop run", "Stop the run of the job that goes on", screen => RunStop.Start(screen.Shell, screen.SelectedRun!, screen.Live),
            (screen, line) => screen.Shell.WhyReadOnly ?? (line.Running is null ? "no run of it is known to go on" : null)),
        Each("job.remove", "Del x", "remove", "Remove the job from the table",
            screen => JobActions.Change(screen, "remove", (table, job) => table.PlanRemove(job)), (_, line) => NotParsed(line), hint: true),
        One("job.duplicate", "D", "duplicate", "Write the job once more below itself, with an id of its own",
            screen => JobActions.ChangeSelected(screen, (table, job) => table.PlanDuplicate(job)), (screen, line) => screen.Shell.WhyReadOnly ?? NotParsed(line)),
        Each("job.copy", "C", "copy to hosts", "Copy the job to other hosts: one plan with a diff for each", JobTransfers.Copy, (_, line) => NotParsed(line)),
        One("job.move", "M", "move", "Move the job to another table, of this host or another", JobTransfers.Move, (screen, line) => screen.Shell.WhyReadOnly ?? NotParsed(line)),
        Each("job.adopt", "a", "adopt", "Put the agent's wrapper around the job, so that its runs are reported",
            screen => JobActions.Change(screen, "adopt", (table, job) => table.PlanAdopt(job)),
            (screen, line) => NotParsed(line) ?? (line.Row!.Job.IsManaged ? "the wrapper runs it already" : NoAgent(screen, line))),
        Each("job.release", "R", "release", "Take the agent's wrapper off again: the line as it was before",
            screen => JobActions.Change(screen, "release", (table, job) => table.PlanRelease(job)),
            (_, line) => NotParsed(line) ?? (line.Row!.Job.IsManaged ? null : "the wrapper does not run it")),
        On("jobs.variables", "E", "variables", "The environment lines and comments of the table", TableScreen.Open,
            screen => screen.Host is null ? "there is no host yet" : null),
        On("jobs.drift", "d", "drift", "Show what others have changed in the tables of the host since they were last seen here", screen => DriftReview.Show(screen.Shell, screen.Host!),
            screen => screen.Host is not { } host ? "there is no host yet" : screen.Shell.Snapshot.Host(host) is { Drift: > 0 } ? null : "nothing was changed since it was last seen here"),
        On("jobs.own", "o", "own table", "Show the login user's own table alone, or everything that runs on the host", screen => screen.ToggleOwn()),
    ];

    private static ConsoleCommand On(
        string id, string keys, string name, string description, Action<JobsScreen> run, Func<JobsScreen, string?>? whyNot = null, bool hint = false) =>
        ConsoleCommand.On(id, keys, name, description, CommandArea.Jobs, run, whyNot, hint);

    /// <summary>Of the selected job alone.</summary>
    private static ConsoleCommand One(
        string id, string keys, string name, string description, Action<JobsScreen> run, Func<JobsScreen, JobLine, string?> whyNot, bool hint = false) =>
        On(id, keys, name, description, run,
            screen => screen.SelectedLine is not { } line ? "no job is selected" : line.WhyFixed ?? whyNot(screen, line), hint);

    /// <summary>A change of all marked jobs; without marks of the selected one.</summary>
    private static ConsoleCommand Each(
        string id, string keys, string name, string description, Action<JobsScreen> run, Func<JobsScreen, JobLine, string?> whyNot, bool hint = false) =>
        On(id, keys, name, description, run, screen =>
        {
            var chosen = screen.Chosen;
            if (screen.Shell.WhyReadOnly is { } readOnly)
                return readOnly;
            if (chosen.Count == 0)
                return "no job is selected";
            foreach (var line in chosen)
            {
                if ((line.WhyFixed ?? whyNot(screen, line)) is { } reason)
                    return chosen.Count == 1 ? reason : $"{line.Name}: {reason}";
            }
            return null;
        }, hint);

    private static void Pause(JobsScreen screen)
    {
        if (screen.Chosen.All(line => line.Row?.Job.State == JobState.Paused))
            JobActions.Change(screen, "resume", (table, job) => table.PlanResume(job));
        else
            JobActions.Change(screen, "pause", (table, job) => table.PlanPause(job));
    }

    private static string? NotParsed(JobLine line) =>
        line.Row?.Job.State == JobState.Unparsed ? "the line does not parse: correct it with crontab -e on the host" : null;

    private static string? NoAgent(JobsScreen screen, JobLine line) =>
        screen.Shell.Snapshot.Host(line.Host)?.AgentVersion is null ? "the host has no agent" : null;
}
