using System.CommandLine;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job …</c>: everything that the Jobs screen and the editor do.</summary>
internal static class JobVerbs
{
    public static readonly Argument<string> Job = new("JOB") { Description = "A job's id, the start of it, or its name" };

    public static Command Create() => Verb.Group(
        "job", "The cron jobs of the hosts",
        JobListVerb.Create(), JobShowVerb.Create(),
        JobDraftVerbs.Add(), JobDraftVerbs.Edit(),
        JobChangeVerbs.Of("pause", "Pause a job: cron ignores its line until it is resumed", (table, job) => table.PlanPause(job)),
        JobChangeVerbs.Of("resume", "Resume a paused job", (table, job) => table.PlanResume(job)),
        JobChangeVerbs.Of("remove", "Remove a job's line", (table, job) => table.PlanRemove(job)),
        JobChangeVerbs.Of("adopt", "Let the agent run a job, so that its runs are reported; the job sees no difference", (table, job) => table.PlanAdopt(job)),
        JobChangeVerbs.Of("release", "Give a job's line back as it was before it was adopted", (table, job) => table.PlanRelease(job)),
        JobRunVerb.Create(), JobDiffVerb.Create(), JobUndoVerb.Create());
}
