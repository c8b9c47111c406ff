using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Fleet;
using CcConsole.Store.Changes;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job undo</c>: takes a change back, as a plan like any other; an undo too.</summary>
internal static class JobUndoVerb
{
    private static readonly Argument<long?> Change = new("CHANGE") { Description = "The number of a change; the last one when not given", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Host = new("--host") { Description = "The last change of this host", HelpName = "HOST" };
    private static readonly Option<string?> Table = new("--table") { Description = "The last change of this table", HelpName = "USER|PATH" };
    private static readonly Option<bool> List = new("--list") { Description = "List what can be undone, newest first; asks no host" };

    public static Command Create() => FleetVerb.Create(
        "undo", "Take a change back: the table becomes what it was before. An undo has a number too, and can be undone",
        "cc-console job undo --host web01", RunAsync, Change, Host, Table, List, PlanConfirmation.Yes, PlanConfirmation.DryRun);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        TableId? table = context.Get(Table) is { } name ? TableId.Parse(name) : null;
        IEnumerable<ChangeRecord> undoable = fleet.Changes.List(context.Get(Host))
            .Where(change => change.Outcome == ChangeOutcome.Applied && change.UndoneBy is null && (table is null || change.Table == table.Name));
        if (context.Get(List)) return Write(context, [.. undoable]);

        long? number = context.Get(Change);
        if (number is null && table is not null)
        {
            number = undoable.FirstOrDefault(change => change.Undoes is null)?.Id
                ?? throw new ProblemException($"There is no change of {table.Words} to undo", "job undo --list shows what can be undone");
        }
        return await PlanConfirmation.ApplyAsync(context, fleet, await fleet.Changes.PlanUndoAsync(number, context.Get(Host), context.Stop));
    }

    private static int Write(VerbContext context, List<ChangeRecord> changes)
    {
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
                    if (change.Undoes is { } undoes) json.WriteNumber("undoes", undoes);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return Verb.Good;
        }

        var rows = new TextTable("CHANGE", "WHEN", "HOST", "TABLE", "WHAT", "BY");
        foreach (ChangeRecord change in changes) rows.Add($"{change.Id}", TimeText.Short(change.BegunAt), change.Host, change.Table, change.Description, change.Actor);
        if (rows.Count > 0) rows.WriteTo(context.Output);
        else context.Error.WriteLine("there is no change to undo");
        return Verb.Good;
    }
}
