using System.CommandLine;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;
using CcConsole.Store.Changes;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Changes;

/// <summary><c>change show</c>: a change with its diff, or a plan with the state and the diff of each host. Asks no host.</summary>
internal static class ChangeShowVerb
{
    public static Command Create() => FleetVerb.Create(
        "show", "Show a change or a plan: the diff of each host, and what became of it", "cc-console change show p7", Run, ChangeVerbs.Number);

    private static Task<int> Run(VerbContext context, FleetControl fleet)
    {
        (long id, bool isPlan) = ChangeVerbs.Parse(context.Get(ChangeVerbs.Number));
        if (isPlan) Show(context, fleet, fleet.Plans.Find(id));
        else Show(context, fleet.Changes.Find(id) ?? throw new ProblemException($"There is no change with the number {id}", "cc-console change list shows them."));
        return Task.FromResult(Verb.Good);
    }

    private static void Show(VerbContext context, ChangeRecord change)
    {
        if (context.Json)
        {
            context.Document(json => ChangeRecordOutput.Write(json, change));
            return;
        }
        context.Output.WriteLine($"{Plain.Text(change.Host)}: {Plain.Text(change.Description)} ({Plain.Text(change.Table)}), {TimeText.Seconds(change.BegunAt)} by {Plain.Text(change.Actor)}: {ChangeRecordOutput.State(change)}");
        if (change.Message is { } message) context.Output.WriteLine($"    {Plain.Text(message)}");
        context.Output.Write(Plain.Lines(TableDiff.Between(change.Before.Span, change.After.Span).ToText()));
    }

    private static void Show(VerbContext context, FleetControl fleet, BatchRecord plan)
    {
        IReadOnlyList<ChangePlan> changes = fleet.Plans.PlansOf(plan);
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("begun", plan.BegunAt);
                json.WriteString("actor", plan.Actor);
                json.WriteString("reason", plan.Reason);
                FleetPlanOutput.WriteSum(json, plan);
                json.WriteStartArray("members");
                foreach (BatchMember member in plan.Members)
                {
                    json.WriteStartObject();
                    FleetPlanOutput.Write(json, changes[member.Position], member.State, member.Change.Id > 0 ? member.Change.Id : null, member.NotReached ?? member.Change.Message);
                    json.WriteEndObject();
                }
                foreach (BatchOmission omission in plan.Omissions)
                {
                    json.WriteStartObject();
                    FleetPlanOutput.WriteOmission(json, omission);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return;
        }

        context.Output.WriteLine($"p{plan.Id}: {Plain.Text(plan.Description)}, {TimeText.Seconds(plan.BegunAt)} by {Plain.Text(plan.Actor)}{(plan.Reason.Length > 0 ? $" ({Plain.Text(plan.Reason)})" : "")}: {FleetPlanOutput.Sum(plan)}");
        foreach (BatchMember member in plan.Members)
        {
            string number = member.Change.Id > 0 ? $", change {member.Change.Id}" : "";
            context.Output.WriteLine($"{Plain.Text(member.Change.Host)}: {FleetPlanOutput.Word(member.State)}{number}{((member.NotReached ?? member.Change.Message) is { } message ? $": {Plain.Text(Screens.HostText.Without(member.Change.Host, message))}" : "")}");
            context.Output.Write(Plain.Lines(changes[member.Position].Diff.ToText()));
        }
        foreach (BatchOmission omission in plan.Omissions)
            context.Output.WriteLine($"{Plain.Text(omission.Host)}: {(omission.Problem is { } problem ? Plain.Text(Screens.HostText.Without(omission.Host, problem)) : "already so")}");
    }
}
