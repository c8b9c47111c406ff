using System.CommandLine;
using CcConsole.Fleet;
using CcConsole.Fleet.Reports;
using CcConsole.Store.Reports;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Reports;

/// <summary><c>report list|show|tail</c>.</summary>
internal static class ReportVerbs
{
    private const int LongestList = 100_000;

    private static readonly Option<string?> Job = new("--job") { Description = "Only runs of this job", HelpName = "ID" };
    private static readonly Option<bool> Failures = new("--failures") { Description = "Only runs that failed" };
    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "At most so many, the newest", HelpName = "N", DefaultValueFactory = _ => 50 };
    private static readonly Option<int> Last = new("--last", "-n") { Description = "So many of each host to begin with", HelpName = "N", DefaultValueFactory = _ => 10 };
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on with new runs as they are reported" };
    private static readonly Argument<long> Number = new("REPORT") { Description = "A report's number" };

    public static Command Create() => Verb.Group(
        "report", "What ran, and how it ended",
        FleetVerb.Create("list", "List reports of runs, newest first", "cc-console report list web01 --failures", ListAsync, FleetVerb.Hosts, Job, Failures, Limit, FleetVerb.Cached),
        FleetVerb.Create("show", "Show one report with its output", "cc-console report show 41", ShowAsync, Number),
        FleetVerb.Create("tail", "Print the last runs of hosts, and with --follow new ones as they are reported", "cc-console report tail --follow web01", TailAsync, FleetVerb.Hosts, Last, Follow));

    private static async Task<int> ListAsync(VerbContext context, FleetControl fleet)
    {
        string[] words = context.Get(FleetVerb.Hosts);
        int code = context.Get(FleetVerb.Cached) ? Verb.Good
            : await FleetVerb.ForEachAsync(context, fleet, words, host => fleet.Reports.FetchAsync(host, context.Stop), (_, _) => { });
        HashSet<string> hosts = [.. fleet.Hosts.Select(words).Select(host => host.Name)];
        var filter = new ReportFilter
        {
            Host = hosts.Count == 1 ? hosts.Single() : null,
            JobId = context.Get(Job),
            FailuresOnly = context.Get(Failures),
            Limit = hosts.Count == 1 ? context.Get(Limit) : LongestList,
        };
        List<StoredReport> reports = [.. fleet.Reports.List(filter).Where(report => hosts.Contains(report.Host)).Take(context.Get(Limit))];

        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (StoredReport report in reports)
                {
                    json.WriteStartObject();
                    ReportOutput.WriteSummary(json, report);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return code;
        }
        var table = new TextTable("REPORT", "STATE", "STARTED", "HOST", "JOB", "EXIT", "DURATION");
        foreach (StoredReport report in reports)
        {
            table.Add($"{report.Id}", Screens.StatusLook.Of(report).Shown(false), TimeText.Seconds(report.StartedAt),
                report.Host, report.JobId, report.Refused ?? (report.IsLost ? "?" : $"{report.ExitCode}"), $"{report.Duration.TotalSeconds:0.###} s");
        }
        if (table.Count > 0) table.WriteTo(context.Output);
        else context.Error.WriteLine("no reports of runs");
        return code;
    }

    private static Task<int> ShowAsync(VerbContext context, FleetControl fleet)
    {
        long number = context.Get(Number);
        var report = fleet.Reports.Show(number);
        if (context.Json) context.Document(json => ReportOutput.Write(json, null, number, report));
        else ReportOutput.Write(context.Output, report);
        return Task.FromResult(Verb.Good);
    }

    private static async Task<int> TailAsync(VerbContext context, FleetControl fleet)
    {
        string[] hosts = [.. fleet.Hosts.Select(context.Get(FleetVerb.Hosts)).Select(host => host.Name)];
        int code = Verb.Good;
        await foreach (TailItem item in fleet.Reports.TailAsync(hosts, context.Get(Last), context.Get(Follow), context.Stop))
        {
            if (item is TailProblem problem)
            {
                code = Verb.Findings;
                context.Error.WriteLine($"cc-console: {Plain.Text(problem.Host)}: {Plain.Text(problem.Cause)}");
                if (problem.Hint.Length > 0) context.Error.WriteLine($"  next: {Plain.Text(problem.Hint)}");
                continue;
            }
            if (context.Json) context.Line(json => ReportOutput.Write(json, item));
            else ReportOutput.Write(context.Output, item);
            await context.Output.FlushAsync(context.Stop);
        }
        return code;
    }
}
