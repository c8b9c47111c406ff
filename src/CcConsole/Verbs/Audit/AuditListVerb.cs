using System.CommandLine;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit list</c>: the newest entries of a host's verified copy.</summary>
internal static class AuditListVerb
{
    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "At most so many, the newest", HelpName = "N", DefaultValueFactory = _ => 50 };
    private static readonly Option<string?> Event = new("--event") { Description = "Only this event, such as job.finished", HelpName = "EVENT" };

    public static Command Create() => FleetVerb.Create(
        "list", "List the newest entries of a host's verified copy", "cc-console audit list web01 --event crontab.edited", RunAsync, FleetVerb.Host, Event, Limit);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string host = context.Get(FleetVerb.Host);
        string? wanted = context.Get(Event);
        IEnumerable<AuditRow> rows = fleet.Audit.Entries(host).Where(row => wanted is null || row.Event == wanted).Take(context.Get(Limit));
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (AuditRow row in rows)
                {
                    json.WriteStartObject();
                    AuditOutput.Write(json, row);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return Task.FromResult(Verb.Good);
        }
        var table = new TextTable("#", "TIME", "EVENT", "ACTOR", "TARGET", "HASH");
        foreach (AuditRow row in rows) table.Add($"{row.Seq}", TimeText.Seconds(row.Time), row.Event, row.Actor, row.Words.Length > 0 ? $"{row.Target} {row.Words}" : row.Target, row.Hash.Length > 12 ? row.Hash[..12] : row.Hash);
        table.WriteTo(context.Output);
        context.Error.WriteLine($"{Plain.Text(host)}: {AuditOutput.Age(fleet.Audit.Head(host))}");
        return Task.FromResult(Verb.Good);
    }
}
