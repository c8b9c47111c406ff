using System.CommandLine;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;
using CcConsole.Verbs.Jobs;

namespace CcConsole.Verbs.Changes;

/// <summary>A plan for many hosts on the command line: shown whole, confirmed, applied with each result as it comes.</summary>
internal static class FleetPlanConfirmation
{
    public static readonly Option<bool> Continue = new("--continue-on-error") { Description = "Of many hosts: go on with the others after one that failed" };
    public static readonly Option<string?> Reason = new("--reason") { Description = "Why; kept in the host's audit chain, and in the plan for many hosts", HelpName = "TEXT" };

    public static readonly Option<int?> Parallel = new("--parallel")
    {
        Description = "Of many hosts: how many to change at once (default 4)",
        HelpName = "N",
        CustomParser = result =>
        {
            if (result.Tokens is not [var token]) return null;
            if (int.TryParse(token.Value, out int most) && most is > 0 and <= 1000) return most;
            result.AddError("--parallel takes a number from 1 to 1000");
            return null;
        },
    };

    public static FleetPlanOptions OptionsOf(VerbContext context, FleetPlanOptions? otherwise = null) => new()
    {
        Parallelism = context.Get(Parallel) ?? (otherwise ?? new FleetPlanOptions()).Parallelism,
        ContinueOnFailure = context.Get(Continue) || otherwise?.ContinueOnFailure == true,
    };

    /// <summary>Shows a plan, asks, applies it. Good when every host that was meant is as it was meant to be.</summary>
    public static async Task<int> ApplyAsync(VerbContext context, FleetControl fleet, FleetPlan plan)
    {
        if (plan is { Changes: [var only], Id: 0, Undoes: null, AlreadySo: [], Unplanned: [] }) return await PlanConfirmation.ApplyAsync(context, fleet, only);
        if (!context.Json || !context.Get(PlanConfirmation.Yes)) FleetPlanOutput.Write(context.Error, plan);
        if (context.Json && (plan.IsEmpty || context.Get(PlanConfirmation.DryRun))) FleetPlanOutput.WriteLines(context, plan);
        if (plan.IsEmpty || context.Get(PlanConfirmation.DryRun)) return plan.Unplanned.Count == 0 ? Verb.Good : Verb.Findings;
        if (!IsConfirmed(context, plan)) return Verb.Findings;

        plan = fleet.Plans.Begin(plan);
        if (context.Json) FleetPlanOutput.WriteOmissions(context, plan);
        int code = await RunAsync(context, fleet, plan.Id, plan.Options, plan.Changes);
        return plan.Unplanned.Count == 0 ? code : Verb.Findings;
    }

    /// <summary>Applies what is open of a plan that was noted, and tells each result and the sum.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="fleet">The fleet.</param>
    /// <param name="plan">The plan's number.</param>
    /// <param name="options">How it is applied.</param>
    /// <param name="made">Its changes as they were just made, whose warnings the journal does not keep; null for a plan taken up again.</param>
    public static async Task<int> RunAsync(VerbContext context, FleetControl fleet, long plan, FleetPlanOptions options, IReadOnlyList<ChangePlan>? made = null)
    {
        await foreach (FleetPlanResult result in fleet.Plans.RunAsync(plan, options, context.Stop))
        {
            if (context.Json) context.Line(json => FleetPlanOutput.Write(json, result, made?[result.Position].Warnings ?? []));
            else if (result.State != MemberState.NotStarted) FleetPlanOutput.Write(context.Error, result);
        }

        BatchRecord end = fleet.Plans.Find(plan);
        if (context.Json) context.Line(json => FleetPlanOutput.WriteSum(json, end));
        else FleetPlanOutput.WriteSum(context.Error, end);
        context.Stop.ThrowIfCancellationRequested();
        return end.IsComplete && !FleetPlanOutput.Unplanned(end).Any() ? Verb.Good : Verb.Findings;
    }

    /// <summary>Asks, with the word that the plan wants typed.</summary>
    public static bool IsConfirmed(VerbContext context, FleetPlan plan)
    {
        if (context.Get(PlanConfirmation.Yes))
        {
            if (plan.Unplanned.Count == 0 || plan.Options.ContinueOnFailure) return true;
            // The first failure has happened already.
            throw new ProblemException(
                $"No plan could be made for {string.Join(", ", plan.Unplanned.Select(left => left.Host))}, so no host was changed: {plan.Unplanned[0].Problem}",
                "--continue-on-error changes the others.");
        }
        if (Console.IsInputRedirected)
            throw new ProblemException("This change needs a confirmation, and there is no terminal to ask on", "give --yes to apply it, or --dry-run to see it only");
        string hosts = plan.Changes.Count == 1 ? Plain.Text(plan.Changes[0].Host) : $"{plan.Changes.Count} hosts";
        context.Error.Write(plan.ConfirmationWord is { } word ? $"Type {Plain.Text(word)} to apply this to {hosts}: " : $"Apply this to {hosts}? [y/N] ");
        string answer = StandardStreams.ReadLine()?.Trim() ?? "";
        bool agreed = plan.ConfirmationWord is { } asked ? answer == asked : answer is "y" or "Y" or "yes";
        if (!agreed) context.Error.WriteLine("nothing was changed");
        return agreed;
    }
}
