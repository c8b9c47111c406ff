using System.CommandLine;
using CcConsole.Fleet;
using CcConsole.Store.Changes;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Changes;

/// <summary><c>change list</c>: the changes of single hosts and the plans for many, newest first.</summary>
internal static class ChangeListVerb
{
    private const int Most = 50;
    private static readonly Option<int?> Limit = new("--limit") { Description = $"At most so many (default {Most})", HelpName = "N" };

    public static Command Create() => FleetVerb.Create(
        "list", "List what was changed from here, newest first: plans for many hosts and changes of one", "cc-console change list", Run, Limit);

    private static Task<int> Run(VerbContext context, FleetControl fleet)
    {
        int most = Math.Max(1, context.Get(Limit) ?? Most);
        IReadOnlyList<BatchRecord> plans = fleet.Plans.List(most);
        IEnumerable<ChangeRecord> singles = fleet.Changes.List().Where(change => change.Batch is null).Take(most);
        List<object> all = [.. plans.Cast<object>().Concat(singles).OrderByDescending(one => one is BatchRecord plan ? plan.BegunAt : ((ChangeRecord)one).BegunAt).Take(most)];
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (object one in all)
                {
                    json.WriteStartObject();
                    if (one is BatchRecord plan)
                    {
                        json.WriteString("number", $"p{plan.Id}");
                        json.WriteString("begun", plan.BegunAt);
                        json.WriteString("actor", plan.Actor);
                        json.WriteString("reason", plan.Reason);
                        FleetPlanOutput.WriteSum(json, plan);
                    }
                    else ChangeRecordOutput.Write(json, (ChangeRecord)one);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return Task.FromResult(Verb.Good);
        }

        var table = new TextTable("NUMBER", "BEGUN", "STATE", "HOST", "CHANGE");
        foreach (object one in all)
        {
            if (one is BatchRecord plan) table.Add($"p{plan.Id}", TimeText.Short(plan.BegunAt), FleetPlanOutput.Sum(plan), FleetPlanOutput.Hosts(plan.Members.Select(member => member.Change.Host).Distinct().Count()), plan.Description);
            else if (one is ChangeRecord change) table.Add($"{change.Id}", TimeText.Short(change.BegunAt), ChangeRecordOutput.State(change), change.Host, change.Description);
        }
        if (table.Count > 0) table.WriteTo(context.Output);
        else context.Error.WriteLine("nothing was changed from here yet");
        return Task.FromResult(Verb.Good);
    }
}
