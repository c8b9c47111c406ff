using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Jobs;
using CcConsole.Verbs.Changes;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job copy</c> and <c>job move</c>: a job in another table, of this host or of another.</summary>
internal static class JobTransferVerbs
{
    private static readonly Option<string?> ToHosts = new("--to-host") { Description = "The hosts that get it, as one plan: names with commas, tag:WORD, or all; else the job's own", HelpName = "HOST[,HOST…]" };
    private static readonly Option<string?> ToHost = new("--to-host") { Description = "The host that gets it; else the job's own", HelpName = "HOST" };
    private static readonly Option<string?> ToTable = new("--to-table") { Description = "The table that gets it; else one of the same name on another host", HelpName = "USER|PATH" };
    private static readonly Option<string?> User = new("--user") { Description = "In a system table: the user that runs it; else the one that runs it now", HelpName = "USER" };
    private static readonly Option<string?> Id = new("--job-id") { Description = "Another id in reports", HelpName = "ID" };
    private static readonly Option<bool> Release = new("--release") { Description = "Without its wrapper where no agent takes its reports; else it is refused there" };
    private static readonly Option<bool> BringEnvironment = new("--bring-env") { Description = "Write the variables that differ there above it" };

    public static Command Copy() => FleetVerb.Create(
        "copy", "Write a job into another table too, on this host or on others; what will differ for it is said first",
        "cc-console job copy web01 backup --to-host web02,web03", CopyAsync,
        [FleetVerb.Host, JobTarget.Job, JobTarget.Table, ToHosts, ToTable, User, Id, Release, BringEnvironment, .. PlanConfirmation.Options]);

    public static Command Move() => FleetVerb.Create(
        "move", "Move a job to another table: it is added there and read back, and only then removed where it was",
        "cc-console job move web01 backup --to-table /etc/cron.d/backup --user root", MoveAsync,
        FleetVerb.Host, JobTarget.Job, JobTarget.Table, ToHost, ToTable, User, Id, Release, BringEnvironment, PlanConfirmation.Yes, PlanConfirmation.DryRun, FleetPlanConfirmation.Reason);

    private static async Task<int> CopyAsync(VerbContext context, FleetControl fleet)
    {
        (JobEditor from, Job job) = await JobTarget.FindAsync(context, fleet);
        return await PlanConfirmation.ApplyAsync(context, fleet, Destinations(context, fleet, from),
            async host => from.PlanCopy(job, await DestinationAsync(context, fleet, from, host), How(context)));
    }

    /// <summary>The hosts that get a copy; of several, not the job's own where that is the very table that has it.</summary>
    private static IReadOnlyList<HostEntry> Destinations(VerbContext context, FleetControl fleet, JobEditor from)
    {
        IReadOnlyList<HostEntry> hosts = fleet.Hosts.Select([context.Get(ToHosts) ?? from.Host.Name]);
        bool sameTable = context.Get(ToTable) is not { } name || TableId.Parse(name) == from.Table.Id;
        return hosts.Count == 1 || !sameTable ? hosts : [.. hosts.Where(host => host.Name != from.Host.Name)];
    }

    private static async Task<int> MoveAsync(VerbContext context, FleetControl fleet)
    {
        (JobEditor from, Job job) = await JobTarget.FindAsync(context, fleet);
        JobMove move = from.PlanMove(job, await DestinationAsync(context, fleet, from, context.Get(ToHost) ?? from.Host.Name), How(context));
        if (PlanConfirmation.Confirm(context, [move.Add, move.Remove]) is { } ended) return ended;

        JobMoveResult result = await move.ApplyAsync(fleet.Changes, context.Stop);
        ChangeResult[] results = result.Removed is { } removed ? [result.Added, removed] : [result.Added];
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteBoolean("moved", result.IsMoved);
                json.WriteString("problem", result.Problem);
                json.WriteString("hint", result.Hint);
                PlanConfirmation.WritePlans(json, [move.Add, move.Remove], results);
            });
        }
        else
        {
            foreach (ChangeResult each in results) ChangeOutput.Write(context.Error, each);
            if (result.Problem is { } problem) context.Error.WriteLine($"! {Plain.Text(problem)}");
            if (result.Hint is { } hint) context.Error.WriteLine($"    next: {Plain.Text(hint)}");
        }
        return result.IsMoved ? Verb.Good : Verb.Findings;
    }

    private static JobTransfer How(VerbContext context) => new()
    {
        User = context.Get(User),
        JobId = context.Get(Id),
        MayRelease = context.Get(Release),
        BringVariables = context.Get(BringEnvironment),
        Reason = context.Get(FleetPlanConfirmation.Reason) ?? "",
    };

    /// <summary>The table that was asked for; on another host that of the same name, where the session's own stays the session's own.</summary>
    private static Task<JobEditor> DestinationAsync(VerbContext context, FleetControl fleet, JobEditor from, string host)
    {
        TableId? table = context.Get(ToTable) is { } name ? TableId.Parse(name) : from.IsOwnTable ? null : from.Table.Id;
        return context.Get(ToTable) is null && host == from.Host.Name
            ? throw new ProblemException("Where to is not said", "--to-host HOST, --to-table USER|PATH, or both; job duplicate writes a second job below it")
            : fleet.Jobs.OpenAsync(host, table, context.Stop);
    }
}
