using System.CommandLine;
using CcConsole.Core.Jobs;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Jobs;

namespace CcConsole.Verbs.Jobs;

/// <summary>The verbs that change one job that is there: <c>job pause|resume|remove|adopt|release HOST JOB</c>.</summary>
internal static class JobChangeVerbs
{
    public static Command Of(string name, string description, Func<JobEditor, Job, ChangePlan> plan) => FleetVerb.Create(
        name, description, $"cc-console job {name} web01 backup", async (context, fleet) =>
        {
            JobEditor table = await fleet.Jobs.OpenAsync(context.Get(FleetVerb.Host), cancellation: context.Stop);
            return await PlanConfirmation.ApplyAsync(context, fleet, plan(table, table.Jobs.Find(context.Get(JobVerbs.Job))));
        }, FleetVerb.Host, JobVerbs.Job, PlanConfirmation.Yes, PlanConfirmation.DryRun);
}
