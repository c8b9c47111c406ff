using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job env list|set|unset</c>: the environment lines of a table.</summary>
internal static class JobEnvVerbs
{
    private static readonly Argument<string> Setting = new("NAME=VALUE") { Description = "The value without quotes: those that cron needs are written" };
    private static readonly Argument<string> Name = new("NAME") { Description = "The variable's name" };
    private static readonly Option<int?> Line = new("--line") { Description = "The line that is meant, where several set it", HelpName = "NUMBER" };
    private static readonly Option<string?> Above = new("--above") { Description = "Add a line above this job, for it and those below it", HelpName = "JOB" };

    public static Command Create() => Verb.Group("env", "The environment lines of a table",
        FleetVerb.Create("list", "List the environment lines of a table", "cc-console job env list web01", ListAsync, FleetVerb.Host, JobTarget.Table),
        FleetVerb.Create("set", "Set a variable: its line is changed, or one is added at the table's head", "cc-console job env set web01 MAILTO=ops@example.org", SetAsync,
            [FleetVerb.ChangedHosts, Setting, JobTarget.Table, Line, Above, .. PlanConfirmation.Options]),
        FleetVerb.Create("unset", "Remove the line that sets a variable", "cc-console job env unset web01 MAILTO", (context, fleet) =>
            PlanConfirmation.ApplyAsync(context, fleet, async host => (await JobTarget.OpenAsync(context, fleet, host)).PlanVariable(context.Get(Name), null, context.Get(Line))),
            [FleetVerb.ChangedHosts, Name, JobTarget.Table, Line, .. PlanConfirmation.Options]));

    private static async Task<int> ListAsync(VerbContext context, FleetControl fleet)
    {
        JobEditor table = await JobTarget.OpenAsync(context, fleet);
        List<VariableLine> set = [.. table.Jobs.Document.Lines.OfType<VariableLine>()];
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("host", table.Host.Name);
                json.WriteString("table", table.Table.Id.Name);
                json.WriteStartArray("variables");
                foreach (VariableLine variable in set)
                {
                    json.WriteStartObject();
                    json.WriteNumber("line", variable.Number);
                    json.WriteString("name", variable.Name);
                    json.WriteString("value", variable.Value);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return Verb.Good;
        }

        var rows = new TextTable("LINE", "NAME", "VALUE");
        foreach (VariableLine variable in set) rows.Add($"{variable.Number}", variable.Name, variable.Value);
        if (rows.Count > 0) rows.WriteTo(context.Output);
        else context.Error.WriteLine($"{Plain.Text(table.Table.Id.Words)} sets no variable: cc-console job env set HOST NAME=VALUE adds one");
        return Verb.Good;
    }

    private static Task<int> SetAsync(VerbContext context, FleetControl fleet)
    {
        string setting = context.Get(Setting);
        int equals = setting.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0) throw new ProblemException($"\"{setting}\" is not NAME=VALUE", "cc-console job env set web01 MAILTO=ops@example.org");
        return PlanConfirmation.ApplyAsync(context, fleet, async host =>
        {
            JobEditor table = await JobTarget.OpenAsync(context, fleet, host);
            Job? above = context.Get(Above) is { } job ? table.Find(job) : null;
            return table.PlanVariable(setting[..equals], setting[(equals + 1)..], context.Get(Line), above);
        });
    }
}
