using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job add</c> and <c>job edit</c>.</summary>
internal static class JobDraftVerbs
{
    private static readonly Argument<string> Schedule = new("SCHEDULE") { Description = "Five fields or an @word, as one argument" };
    private static readonly Argument<string> Command = new("COMMAND") { Description = "What the job runs, as one would type it in a shell: nothing is escaped for cron" };
    private static readonly Option<string?> NewSchedule = new("--schedule") { Description = "Another schedule", HelpName = "SCHEDULE" };
    private static readonly Option<string?> NewCommand = new("--command") { Description = "Another command", HelpName = "COMMAND" };
    private static readonly Option<string?> Name = new("--name") { Description = "A name, kept in a comment above the line", HelpName = "NAME" };
    private static readonly Option<string?> JobId = new("--job-id") { Description = "The id in reports; made from the name when not given", HelpName = "ID" };
    private static readonly Option<bool> Unwrapped = new("--no-agent") { Description = "A plain line: the agent does not run it, and its runs are not reported" };

    public static Command Add() => FleetVerb.Create(
        "add", "Add a job; on a host with an agent, the agent runs it and reports",
        "cc-console job add web01 '30 2 * * *' 'pg_dump app | gzip > /srv/app-$(date +%F).gz' --name backup",
        async (context, fleet) =>
        {
            JobEditor table = await fleet.Jobs.OpenAsync(context.Get(FleetVerb.Host), cancellation: context.Stop);
            var draft = new JobDraft
            {
                Schedule = context.Get(Schedule),
                Command = context.Get(Command),
                Name = context.Get(Name),
                JobId = context.Get(JobId),
                Wrapped = context.Get(Unwrapped) ? false : null,
            };
            return await ApplyAsync(context, fleet, table, draft, null);
        }, FleetVerb.Host, Schedule, Command, Name, JobId, Unwrapped, PlanConfirmation.Yes, PlanConfirmation.DryRun);

    public static Command Edit() => FleetVerb.Create(
        "edit", "Change a job's schedule, command or name; nothing else in the table changes",
        "cc-console job edit web01 backup --schedule '45 3 * * *'",
        async (context, fleet) =>
        {
            JobEditor table = await fleet.Jobs.OpenAsync(context.Get(FleetVerb.Host), cancellation: context.Stop);
            Job job = table.Jobs.Find(context.Get(JobVerbs.Job));
            JobDraft draft = JobDraft.From(job);
            draft = draft with
            {
                Schedule = context.Get(NewSchedule) ?? draft.Schedule,
                Command = context.Get(NewCommand) ?? draft.Command,
                Name = context.Get(Name) ?? draft.Name,
            };
            return await ApplyAsync(context, fleet, table, draft, job);
        }, FleetVerb.Host, JobVerbs.Job, NewSchedule, NewCommand, Name, PlanConfirmation.Yes, PlanConfirmation.DryRun);

    private static Task<int> ApplyAsync(VerbContext context, FleetControl fleet, JobEditor table, JobDraft draft, Job? job)
    {
        JobPreview preview = table.Preview(draft, job);
        if (preview.Problem is { } problem) throw new ProblemException(problem, preview.Hint ?? "");
        foreach (string warning in preview.Warnings) context.Error.WriteLine($"! {Plain.Text(warning)}");
        return PlanConfirmation.ApplyAsync(context, fleet, table.Plan(draft, job));
    }
}
