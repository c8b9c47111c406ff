using System.CommandLine;
using System.Text.Json;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Runs;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job running</c>: the runs that go on, on some hosts or all of them. Exit 1 when a host does not tell.</summary>
internal static class JobRunningVerb
{
    public static Command Create() => FleetVerb.Create(
        "running", "List the runs that go on now, whoever started them; exit 1 when a host does not tell",
        "cc-console job running web01", RunAsync, FleetVerb.Hosts);

    /// <summary>Says which hosts do not tell, and which tell of a part; gives whether there are any.</summary>
    public static bool SayUnknown(VerbContext context, IReadOnlyList<HostRuns> found)
    {
        bool any = false;
        foreach (HostRuns host in found)
        {
            if (host.Problem is { } problem) context.Error.WriteLine($"cc-console: {Plain.Text(Screens.HostText.With(host.Host, problem))}");
            if (host.Hint is { } hint) context.Error.WriteLine($"  next: {Plain.Text(hint)}");
            if (host.More > 0) context.Error.WriteLine($"! {Plain.Text(host.Host)}: {host.More} more {(host.More == 1 ? "run is" : "runs are")} not listed");
            any |= host.Problem is not null || host.More > 0;
        }
        return any;
    }

    public static void Write(Utf8JsonWriter json, FleetRun run)
    {
        json.WriteString("host", run.Host);
        json.WriteString("run_id", run.RunId);
        json.WriteString("job", run.JobId);
        json.WriteString("user", run.User);
        json.WriteString("started", run.StartedAt);
        json.WriteNumber("pid", run.Pid);
        if (run.Attempt is { } attempt) json.WriteNumber("attempt", attempt);
        json.WriteString("command", run.Command);
    }

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string[] hosts = [.. fleet.Hosts.Select(context.Get(FleetVerb.Hosts)).Select(host => host.Name)];
        if (hosts.Length == 0) throw new ProblemException("There is no host in the fleet yet", "cc-console host add NAME DESTINATION; this machine: cc-console host add here local");
        IReadOnlyList<HostRuns> found = await fleet.Runs.RunningAsync(hosts, context.Stop);
        int code = SayUnknown(context, found) ? Verb.Findings : Verb.Good;
        FleetRun[] runs = [.. found.SelectMany(host => host.Runs)];
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (FleetRun run in runs)
                {
                    json.WriteStartObject();
                    Write(json, run);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return code;
        }

        var table = new TextTable("HOST", "RUN", "JOB", "USER", "STARTED", "PID", "COMMAND");
        foreach (FleetRun run in runs)
        {
            // Twelve digits tell any two of a fleet's runs apart; an attempt's number stands after all of them.
            string id = run.RunId.Length > 12 && !run.RunId.Contains('.', StringComparison.Ordinal) ? run.RunId[..12] : run.RunId;
            table.Add(run.Host, id, run.JobId, run.User, TimeText.Seconds(run.StartedAt), run.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture),
                run.Attempt is { } attempt ? $"(attempt {attempt}) {run.Command}" : run.Command);
        }
        if (table.Count > 0) table.WriteTo(context.Output);
        else if (code == Verb.Good) context.Error.WriteLine("nothing is running that an agent's wrapper has started");
        return code;
    }
}
