using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job add</c> and <c>job edit</c>.</summary>
internal static class JobDraftVerbs
{
    private static readonly Argument<string> Schedule = new("SCHEDULE") { Description = "Five fields or an @word, as one argument" };
    private static readonly Argument<string> Command = new("COMMAND") { Description = "What the job runs, as one would type it in a shell: nothing is escaped for cron" };
    private static readonly Option<string?> NewSchedule = new("--schedule") { Description = "Another schedule", HelpName = "SCHEDULE" };
    private static readonly Option<string?> NewCommand = new("--command") { Description = "Another command", HelpName = "COMMAND" };
    private static readonly Option<string?> Name = new("--name") { Description = "A name, kept in a comment above the line; '' for none", HelpName = "NAME" };
    private static readonly Option<string[]> Tags = new("--tag") { Description = "A tag, kept in the same comment, in place of those that the job has; '' for none", HelpName = "WORD", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> User = new("--user") { Description = "In a system table: the user that runs it", HelpName = "USER" };
    private static readonly Option<string?> JobId = new("--job-id") { Description = "The id in reports; made from the name when not given", HelpName = "ID" };
    private static readonly Option<bool> Unwrapped = new("--no-agent") { Description = "A plain line: the agent does not run it, and its runs are not reported" };

    public static Command Add() => FleetVerb.Create(
        "add", "Add a job; on a host with an agent, the agent runs it and reports",
        "cc-console job add web01 '30 2 * * *' 'pg_dump app | gzip > /srv/app-$(date +%F).gz' --name backup --tag db",
        (context, fleet) => PlanConfirmation.ApplyAsync(context, fleet, async host =>
        {
            JobEditor table = await JobTarget.OpenAsync(context, fleet, host);
            var draft = new JobDraft
            {
                Schedule = context.Get(Schedule),
                Command = context.Get(Command),
                Name = context.Get(Name),
                Tags = TagsOf(context),
                User = context.Get(User),
                JobId = context.Get(JobId),
                Wrapped = context.Get(Unwrapped) ? false : null,
                Flags = WrapperOptions.Of(context, null),
            };
            return Plan(table, draft, null);
        }), [FleetVerb.ChangedHosts, Schedule, Command, JobTarget.Table, User, Name, Tags, JobId, Unwrapped, .. WrapperOptions.All, .. PlanConfirmation.Options]);

    public static Command Edit() => FleetVerb.Create(
        "edit", "Change a job's schedule, command, name, tags, user or options; nothing else in the table changes. '' takes an option away",
        "cc-console job edit web01 backup --schedule '45 3 * * *'",
        (context, fleet) => PlanConfirmation.ApplyAsync(context, fleet, async host =>
        {
            (JobEditor table, Job job) = await JobTarget.FindAsync(context, fleet, host);
            JobDraft draft = JobDraft.From(job);
            draft = draft with
            {
                Schedule = context.Get(NewSchedule) ?? draft.Schedule,
                Command = context.Get(NewCommand) ?? draft.Command,
                Name = context.Get(Name) ?? draft.Name,
                Tags = TagsOf(context),
                User = context.Get(User) ?? draft.User,
                Flags = WrapperOptions.Of(context, draft.Flags) ?? draft.Flags,
            };
            return Plan(table, draft, job);
        }), [FleetVerb.ChangedHosts, JobTarget.Job, JobTarget.Table, NewSchedule, NewCommand, User, Name, Tags, .. WrapperOptions.All, .. PlanConfirmation.Options]);

    private static string[]? TagsOf(VerbContext context) => context.Get(Tags) is { Length: > 0 } given ? [.. given.Where(tag => tag.Length > 0)] : null;

    private static ChangePlan Plan(JobEditor table, JobDraft draft, Job? job)
    {
        JobPreview preview = table.Preview(draft, job);
        if (preview.Problem is { } problem) throw new ProblemException(problem, preview.Hint ?? "");
        return table.Plan(draft, job);
    }
}
