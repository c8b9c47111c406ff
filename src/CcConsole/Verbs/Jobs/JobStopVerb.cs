using System.CommandLine;
using CcConsole.Core;
using CcConsole.Core.Jobs;
using CcConsole.Fleet;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Runs;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job stop</c>: ends a run that goes on, after a question; the host's chain says who did it. Exit 1 when it did not end.</summary>
internal static class JobStopVerb
{
    private static readonly Argument<string> Run = new("RUN") { Description = "A run's id, or the id of a job with one run, or the start of either: cc-console job running lists them" };

    private static readonly Option<string?> Host = new("--host")
    {
        Description = "Where it runs; else all hosts are asked",
        HelpName = "HOST",
        CompletionSources = { _ => FleetVerb.Host.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty) },
    };

    private static readonly Option<string?> KillAfter = new("--kill-after") { Description = "How long after TERM what is left is sent KILL, at most 45s", HelpName = "TIME", DefaultValueFactory = _ => "10s" };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Stop it without asking" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say which run is meant and stop nothing" };

    public static Command Create() => FleetVerb.Create(
        "stop", "Stop a run that goes on: TERM to all its processes, later KILL; exit 1 when it did not end",
        "cc-console job stop backup --host web01", RunAsync, Run, Host, KillAfter, Yes, DryRun);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        TimeSpan killAfter = Duration.Parse(context.Get(KillAfter) ?? "10s") ?? throw new ProblemException("--kill-after must be a time such as 10s");
        HostEntry[] hosts = context.Get(Host) is { } one ? [fleet.Hosts.Get(one)] : [.. fleet.Hosts.List()];
        IReadOnlyList<HostRuns> found = await fleet.Runs.RunningAsync([.. hosts.Select(host => host.Name)], context.Stop);
        FleetRun run = RunOperations.Find(found, context.Get(Run));
        // Where another host does not tell, the same text may mean a run there too.
        JobRunningVerb.SayUnknown(context, found);
        if (!context.Json || !context.Get(Yes))
            context.Error.WriteLine($"{Plain.Text(run.Host)}: {Plain.Text(run.JobId)} of {Plain.Text(run.User)}, running since {TimeText.Seconds(run.StartedAt)}, process {run.Pid}\n  run {Plain.Text(run.RunId)}\n  {Plain.Text(run.Command)}");
        if (context.Get(DryRun))
        {
            if (context.Json) context.Document(json => JobRunningVerb.Write(json, run));
            return Verb.Good;
        }
        if (!context.Get(Yes) && !IsConfirmed(context, fleet.Hosts.Get(run.Host)))
        {
            context.Error.WriteLine("nothing was stopped");
            return Verb.Findings;
        }

        RunStopped stopped = await fleet.Runs.StopAsync(run, killAfter, cancellation: context.Stop);
        if (context.Json)
        {
            context.Document(json =>
            {
                JobRunningVerb.Write(json, run);
                json.WriteString("signal", stopped.Signal);
                json.WriteBoolean("ended", stopped.HasEnded);
                json.WriteBoolean("recorded", stopped.IsRecorded);
                json.WriteStartArray("notes");
                foreach (string note in stopped.Notes) json.WriteStringValue(note);
                json.WriteEndArray();
            });
        }
        else
        {
            foreach (string note in stopped.Notes) context.Error.WriteLine($"! {Plain.Text(note)}");
            context.Error.WriteLine(stopped.HasEnded
                ? $"✓ {Plain.Text(run.JobId)} on {Plain.Text(run.Host)} has ended after {stopped.Signal}"
                : $"✗ {Plain.Text(run.JobId)} on {Plain.Text(run.Host)} was sent {stopped.Signal} and has not ended");
        }
        return stopped.HasEnded ? Verb.Good : Verb.Findings;
    }

    private static bool IsConfirmed(VerbContext context, HostEntry host)
    {
        if (Console.IsInputRedirected)
            throw new ProblemException("Stopping a run needs a confirmation, and there is no terminal to ask on", "give --yes to stop it, or --dry-run to see it only");
        if (host.IsProduction)
        {
            context.Error.Write($"Type the host's name to stop this on {Plain.Text(host.Name)} (prod): ");
            return (StandardStreams.ReadLine()?.Trim() ?? "") == host.Name;
        }
        context.Error.Write($"Stop this on {Plain.Text(host.Name)}? [y/N] ");
        return StandardStreams.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }
}
