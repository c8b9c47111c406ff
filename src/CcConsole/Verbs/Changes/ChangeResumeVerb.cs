using System.CommandLine;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;
using CcConsole.Verbs.Jobs;

namespace CcConsole.Verbs.Changes;

/// <summary><c>change resume</c>: takes up a plan that was interrupted; of a single change, finds out how it ended.</summary>
internal static class ChangeResumeVerb
{
    public static Command Create() => FleetVerb.Create(
        "resume", "Take up a plan that was interrupted or stopped: see what became of each host, and apply the rest. Of a change of one host: find out how it ended, and write nothing",
        "cc-console change resume p7", RunAsync, [ChangeVerbs.Number, PlanConfirmation.Yes, FleetPlanConfirmation.Continue, FleetPlanConfirmation.Parallel]);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        (long id, bool isPlan) = ChangeVerbs.Parse(context.Get(ChangeVerbs.Number));
        if (!isPlan) return await SettleAsync(context, fleet, id);
        BatchRecord plan = fleet.Plans.Find(id);
        List<BatchMember> open = [.. plan.Members.Where(member => member.State != MemberState.Applied)];
        if (open.Count == 0)
        {
            if (context.Json) context.Line(json => FleetPlanOutput.WriteSum(json, plan));
            else FleetPlanOutput.WriteSum(context.Error, plan);
            return FleetPlanOutput.Unplanned(plan).Any() ? Verb.Findings : Verb.Good;
        }

        // What is applied now is shown and confirmed as at the first time: that may be long ago, and another person's.
        IReadOnlyList<ChangePlan> changes = fleet.Plans.PlansOf(plan);
        var rest = new FleetPlan { Id = id, Description = plan.Description, Reason = plan.Reason, Changes = [.. open.Select(member => changes[member.Position])] };
        if (!context.Json || !context.Get(PlanConfirmation.Yes))
        {
            FleetPlanOutput.Write(context.Error, rest);
            foreach (BatchMember member in open) context.Error.WriteLine($"– {Plain.Text(member.Change.Host)}: {FleetPlanOutput.Word(member.State)}");
        }
        if (!FleetPlanConfirmation.IsConfirmed(context, rest)) return Verb.Findings;
        return await FleetPlanConfirmation.RunAsync(context, fleet, id, FleetPlanConfirmation.OptionsOf(context, new FleetPlanOptions
        {
            Parallelism = plan.Parallelism,
            ContinueOnFailure = plan.ContinuesOnFailure,
        }));
    }

    private static async Task<int> SettleAsync(VerbContext context, FleetControl fleet, long id)
    {
        ChangeRecord change = await fleet.Changes.SettleAsync(id, context.Stop);
        if (context.Json) context.Document(json => ChangeRecordOutput.Write(json, change));
        else context.Error.WriteLine($"{Plain.Text(change.Host)}: change {change.Id} ({Plain.Text(change.Description)}): {ChangeRecordOutput.State(change)}{(change.Message is { } message ? $": {Plain.Text(message)}" : "")}");
        return change.Outcome == ChangeOutcome.Applied ? Verb.Good : Verb.Findings;
    }
}
