using System.CommandLine;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Verbs.Jobs;

/// <summary>The verbs that change one job that is there: <c>job pause|resume|remove|adopt|release|duplicate HOSTS JOB</c>.</summary>
internal static class JobChangeVerbs
{
    private static readonly Option<string?> Id = new("--job-id") { Description = "Another id in reports than the one that is made or kept", HelpName = "ID" };
    private static readonly Option<string?> Name = new("--name") { Description = "The copy's name; else the job's own with \"(copy)\" after it", HelpName = "NAME" };
    private static readonly Option<bool> Mend = new("--mend") { Description = "Write a line that cron cuts at a % so that the job runs as it was meant" };

    public static Command Pause() => Of("pause", "Pause a job: cron ignores its line until it is resumed", "", (_, table, job) => table.PlanPause(job));

    public static Command Resume() => Of("resume", "Resume a paused job", "", (_, table, job) => table.PlanResume(job));

    public static Command Remove() => Of("remove", "Remove a job's line", "", (_, table, job) => table.PlanRemove(job));

    public static Command Release() => Of("release", "Give a job's line back as it was before it was adopted", "", (_, table, job) => table.PlanRelease(job));

    public static Command Adopt() => Of(
        "adopt", "Let the agent run a job, so that its runs are reported; the job sees no difference. Another program's wrapper of the same shape is replaced",
        " --job-id nightly-backup", (context, table, job) => table.PlanAdopt(job, context.Get(Id), WrapperOptions.Of(context, job.Wrapped is { } there ? WrapperFlags.Part(there.Flags).Known : null), mend: context.Get(Mend)), [Id, Mend, .. WrapperOptions.All]);

    public static Command Duplicate() => Of(
        "duplicate", "Write a second job below one, with an id of its own", " --name 'backup of the archive'",
        (context, table, job) => table.PlanDuplicate(job, context.Get(Name), context.Get(Id)), Name, Id);

    private static Command Of(string name, string description, string options, Func<VerbContext, JobEditor, Job, ChangePlan> plan, params Symbol[] more) => FleetVerb.Create(
        name, description, $"cc-console job {name} web01 backup{options}", (context, fleet) => PlanConfirmation.ApplyAsync(context, fleet, async host =>
        {
            (JobEditor table, Job job) = await JobTarget.FindAsync(context, fleet, host);
            return plan(context, table, job);
        }), [FleetVerb.ChangedHosts, JobTarget.Job, JobTarget.Table, .. more, .. PlanConfirmation.Options]);
}
