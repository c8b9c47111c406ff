using System.CommandLine;
using System.Text.Json;
using CcConsole.Core.Crontab;
using CcConsole.Fleet;
using CcConsole.Fleet.Jobs;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job list</c>: the jobs of some hosts or of all.</summary>
internal static class JobListVerb
{
    public static Command Create() => FleetVerb.Create(
        "list", "List the jobs of the hosts, lines that do not parse too", "cc-console job list web01", RunAsync, FleetVerb.Hosts, JobTarget.Table, FleetVerb.Cached);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        bool cached = context.Get(FleetVerb.Cached);
        TableId? asked = JobTarget.TableOf(context);
        var rows = new List<JobRow>();
        int code = await FleetVerb.ForEachAsync(context, fleet, context.Get(FleetVerb.Hosts),
            async host => cached ? [.. fleet.Jobs.Cached(host).Where(row => asked is null || row.Table == asked)] : fleet.Jobs.Rows(await fleet.Jobs.OpenAsync(host, asked, context.Stop)),
            (_, found) => rows.AddRange(found));

        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (JobRow row in rows)
                {
                    json.WriteStartObject();
                    Write(json, row);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return code;
        }

        var table = new TextTable("STATE", "HOST", "TABLE", "USER", "ID", "NAME", "SCHEDULE", "NEXT", "LAST", "COMMAND");
        foreach (JobRow row in rows)
        {
            table.Add(StatusText.Of(row.Status), row.Host, row.Table.Name, row.RunsAs, row.Job.Id, row.Job.Name ?? "", row.Job.ScheduleText, TimeText.Short(row.NextRun),
                row.LastRun is { } last ? $"{TimeText.Short(last.StartedAt)} exit {last.ExitCode}" : "", row.Job.Command);
        }
        if (table.Count > 0) table.WriteTo(context.Output);
        else if (code == Verb.Good) context.Error.WriteLine("no jobs: cc-console job add HOST SCHEDULE COMMAND adds one");
        return code;
    }

    public static void Write(Utf8JsonWriter json, JobRow row)
    {
        json.WriteString("host", row.Host);
        json.WriteString("table", row.Table.Name);
        json.WriteString("user", row.RunsAs);
        json.WriteString("id", row.Job.Id);
        json.WriteString("name", row.Job.Name);
        json.WriteStartArray("tags");
        foreach (string tag in row.Job.Tags) json.WriteStringValue(tag);
        json.WriteEndArray();
        json.WriteString("state", row.Job.State.ToString().ToLowerInvariant());
        json.WriteString("status", StatusText.Word(row.Status));
        json.WriteString("cause", row.Cause ?? row.Job.Problem);
        json.WriteString("schedule", row.Job.ScheduleText);
        json.WriteString("meaning", row.Meaning);
        json.WriteString("command", row.Job.Command);
        json.WriteBoolean("managed", row.Job.IsManaged);
        json.WriteNumber("line", row.Job.LineNumber);
        if (row.NextRun is { } next) json.WriteString("next_run", next);
        if (row.LastRun is { } last)
        {
            json.WriteStartObject("last_run");
            json.WriteNumber("report", last.ReportId);
            json.WriteString("started", last.StartedAt);
            json.WriteNumber("duration_ms", (long)last.Duration.TotalMilliseconds);
            json.WriteNumber("exit_code", last.ExitCode);
            json.WriteEndObject();
        }
        json.WriteString("as_of", row.AsOf);
    }
}
