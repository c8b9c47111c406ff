using CcConsole.Commands;
using CcConsole.Core.Jobs;

namespace CcConsole.Screens;

/// <summary>What can be done with the jobs of a host or of all hosts. A change is a plan that is shown and confirmed first.</summary>
internal static class JobCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        On("job.edit", "Enter e", "edit", "Edit the job: schedule, command, name, wrapper", JobActions.Edit, NotParsed),
        On("job.new", "n", "new", "Make a new job, in the table of the selected row", JobActions.New,
            screen => screen.Shell.WhyReadOnly ?? (screen.Host is null ? "there is no host yet" : null), selected: false),
        On("job.pause", "p", "pause", "Pause the job, or let a paused one run again", Pause, Writable),
        On("job.run", "t", "run now", "Run the job now as cron would, and watch its output", JobActions.RunNow, Writable),
        On("job.remove", "Del x", "remove", "Remove the job from the table", screen => JobActions.Change(screen, (table, job) => table.PlanRemove(job)), Writable),
        On("job.adopt", "a", "adopt", "Put the agent's wrapper around the job, so that its runs are reported",
            screen => JobActions.Change(screen, (table, job) => table.PlanAdopt(job)),
            screen => Writable(screen) ?? (screen.SelectedJob!.IsManaged ? "the wrapper runs it already" : NoAgent(screen)), hint: false),
        On("job.release", "R", "release", "Take the agent's wrapper off again: the line as it was before",
            screen => JobActions.Change(screen, (table, job) => table.PlanRelease(job)),
            screen => Writable(screen) ?? (screen.SelectedJob!.IsManaged ? null : "the wrapper does not run it"), hint: false),
        On("jobs.own", "o", "own table", "Show the login user's own table alone, or everything that runs on the host", screen => screen.ToggleOwn(), _ => null, selected: false, hint: false),
    ];

    private static ConsoleCommand On(
        string id, string keys, string name, string description, Action<JobsScreen> run, Func<JobsScreen, string?> whyNot, bool selected = true, bool hint = true) =>
        ConsoleCommand.On<JobsScreen>(id, keys, name, description, CommandArea.Jobs, run,
            screen => selected && screen.SelectedJob is null ? screen.SelectedLine?.WhyFixed ?? "no job is selected" : whyNot(screen), hint);

    private static void Pause(JobsScreen screen)
    {
        if (screen.SelectedJob?.State == JobState.Paused)
            JobActions.Change(screen, (table, job) => table.PlanResume(job));
        else
            JobActions.Change(screen, (table, job) => table.PlanPause(job));
    }

    private static string? NotParsed(JobsScreen screen) =>
        screen.SelectedJob?.State == JobState.Unparsed ? "the line does not parse: correct it with crontab -e on the host" : null;

    private static string? Writable(JobsScreen screen) => screen.Shell.WhyReadOnly ?? NotParsed(screen);

    private static string? NoAgent(JobsScreen screen) =>
        screen.Shell.Snapshot.Host(screen.Host!)?.AgentVersion is null ? "the host has no agent" : null;
}
