using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Fleet;
using CcConsole.Store.Changes;
using CcConsole.Verbs.Changes;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job undo</c> and <c>change undo</c>: takes a change back, as a plan like any other; an undo too.</summary>
internal static class JobUndoVerb
{
    private static readonly Argument<string?> Change = new("NUMBER") { Description = "A change's number, or a plan's (p7); the last one when not given", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Host = new("--host") { Description = "The last change of this host", HelpName = "HOST" };
    private static readonly Option<string?> Table = new("--table") { Description = "The last change of this table", HelpName = "USER|PATH" };
    private static readonly Option<bool> List = new("--list") { Description = "List what can be undone, newest first; asks no host" };

    public static Command Create(string example) => FleetVerb.Create(
        "undo", "Take a change back: the table becomes what it was before; of a plan for many hosts, all of them. An undo has a number too, and can be undone",
        example, RunAsync, [Change, Host, Table, List, .. PlanConfirmation.Options]);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        TableId? table = context.Get(Table) is { } name ? TableId.Parse(name) : null;
        IEnumerable<ChangeRecord> undoable = fleet.Changes.List(context.Get(Host))
            .Where(change => change.Outcome == ChangeOutcome.Applied && change.UndoneBy is null && (table is null || change.Table == table.Name));
        if (context.Get(List)) return Write(context, [.. undoable], table is null && context.Get(Host) is null);

        string reason = context.Get(FleetPlanConfirmation.Reason) ?? "";
        if (context.Get(Change) is { } given)
        {
            (long id, bool isPlan) = ChangeVerbs.Parse(given);
            return isPlan
                ? await FleetPlanConfirmation.ApplyAsync(context, fleet, await fleet.Plans.PlanUndoAsync(id, reason, FleetPlanConfirmation.OptionsOf(context), context.Stop))
                : await OneAsync(context, fleet, id, reason);
        }
        if (table is null) return await FleetPlanConfirmation.ApplyAsync(context, fleet, await fleet.Plans.PlanUndoLastAsync(context.Get(Host), reason, context.Stop));
        return await OneAsync(context, fleet, undoable.FirstOrDefault(change => change.Undoes is null)?.Id
            ?? throw new ProblemException($"There is no change of {table.Words} to undo", "job undo --list shows what can be undone"), reason);
    }

    private static async Task<int> OneAsync(VerbContext context, FleetControl fleet, long change, string reason) =>
        await PlanConfirmation.ApplyAsync(context, fleet, await fleet.Changes.PlanUndoAsync(change, cancellation: context.Stop) with { Reason = reason });

    private static int Write(VerbContext context, List<ChangeRecord> changes, bool wholePlan)
    {
        // What job undo takes back when no number is given: never an undo.
        ChangeRecord? last = changes.Find(change => change.Undoes is null);
        bool IsNext(ChangeRecord change) => last is not null && (change.Id == last.Id || wholePlan && change.Batch is not null && change.Batch == last.Batch);
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (ChangeRecord change in changes)
                {
                    json.WriteStartObject();
                    json.WriteNumber("change", change.Id);
                    json.WriteString("at", change.BegunAt);
                    json.WriteString("host", change.Host);
                    json.WriteString("table", change.Table);
                    json.WriteString("description", change.Description);
                    json.WriteString("actor", change.Actor);
                    json.WriteBoolean("next", IsNext(change));
                    if (change.Undoes is { } undoes) json.WriteNumber("undoes", undoes);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return Verb.Good;
        }

        var rows = new TextTable("NEXT", "CHANGE", "WHEN", "HOST", "TABLE", "WHAT", "BY");
        foreach (ChangeRecord change in changes) rows.Add(IsNext(change) ? "next" : "", $"{change.Id}", TimeText.Short(change.BegunAt), change.Host, change.Table, change.Description, change.Actor);
        if (rows.Count > 0) rows.WriteTo(context.Output);
        else context.Error.WriteLine("there is no change to undo");
        return Verb.Good;
    }
}
