using System.CommandLine;
using CcConsole.Composition;
using CcConsole.Core;
using CcConsole.Ssh;
using CcConsole.Tui.Terminal;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Doctor;

/// <summary><c>doctor</c>: whether this machine has what the console needs; asks no host. Exit 1 when something is wrong.</summary>
internal static class DoctorVerb
{
    private sealed record Finding(string What, bool? Good, string Said, string Hint = "");

    public static Command Create() => Verb.Create(
        "doctor", "Check what the console needs on this machine; exit 1 when something is wrong", "cc-console doctor", RunAsync);

    private static async Task<int> RunAsync(VerbContext context)
    {
        var findings = new List<Finding> { new("version", true, RootVerb.Version), Agent(), Terminal() };
        await using (var shell = new LocalShell())
        {
            findings.Add(await CommandAsync(shell, "ssh", "ssh -V 2>&1", "install the OpenSSH client: without it only this machine can be a host", context.Stop));
            findings.Add(await CommandAsync(shell, "crontab", "command -v crontab", "install cron, if this machine is to be a host itself", context.Stop));
        }
        findings.AddRange(await StateAsync());

        bool good = findings.TrueForAll(finding => finding.Good != false);
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (Finding finding in findings)
                {
                    json.WriteStartObject();
                    json.WriteString("what", finding.What);
                    if (finding.Good is { } holds) json.WriteBoolean("good", holds);
                    else json.WriteNull("good");
                    json.WriteString("said", finding.Said);
                    json.WriteString("hint", finding.Hint);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
        }
        else
        {
            foreach (Finding finding in findings)
            {
                context.Output.WriteLine($"{finding.Good switch { true => '✓', false => '✗', null => '–' }} {finding.What,-10} {Plain.Text(finding.Said)}");
                if (finding.Good != true && finding.Hint.Length > 0) context.Output.WriteLine($"    next: {Plain.Text(finding.Hint)}");
            }
        }
        return good ? Verb.Good : Verb.Findings;
    }

    private static Finding Agent() => EmbeddedAgent.IsPresent
        ? new Finding("agent", true, "inside this binary")
        : new Finding("agent", null, "not inside this build", "the demo needs it: use the binary that ./publish.sh makes");

    private static Finding Terminal()
    {
        if (!StandardStreams.IsOutputTerminal) return new Finding("terminal", null, "the output is not a terminal: the console would print its linear report");
        return TerminalEnvironment.CanShowScreen(Environment.GetEnvironmentVariable)
            ? new Finding("terminal", true, $"{Environment.GetEnvironmentVariable("TERM")}, {TerminalEnvironment.Depth(Environment.GetEnvironmentVariable)} colours{(TerminalEnvironment.IsAscii(Environment.GetEnvironmentVariable) ? ", ASCII only" : "")}")
            : new Finding("terminal", null, $"TERM={Environment.GetEnvironmentVariable("TERM")} cannot show a screen: the console prints its linear report", "set TERM to what the terminal is, such as xterm-256color");
    }

    /// <summary>A command that is missing is worth a hint, not a failure: a fleet of one kind needs only one of them.</summary>
    private static async Task<Finding> CommandAsync(LocalShell shell, string what, string command, string hint, CancellationToken stop)
    {
        CommandResult result = await shell.RunAsync(command, cancellation: stop);
        return result.Succeeded ? new Finding(what, true, result.OutputText.Trim()) : new Finding(what, null, "not found", hint);
    }

    private static async Task<List<Finding>> StateAsync()
    {
        var findings = new List<Finding>();
        Places places = Places.From(Environment.GetEnvironmentVariable);
        try
        {
            Settings settings = Settings.Read(places.Config);
            findings.Add(new Finding("settings", true, places.Config));
            await using var fleet = FleetFactory.Open(places, settings, readOnly: true);
            IReadOnlyList<string> damage = fleet.Cache.Check();
            findings.Add(damage.Count == 0
                ? new Finding("cache", true, places.Cache)
                : new Finding("cache", false, $"{places.Cache} is damaged: {damage[0]}", "move it aside: reports and chains are pulled anew from the hosts; the undo journal is in the old file"));
            findings.Add(new Finding("hosts", true, $"{fleet.Hosts.List().Count} in the list"));
            foreach (var change in fleet.Changes.Unfinished().Where(change => !change.IsRunning))
                findings.Add(new Finding("change", false, $"change {change.Id} on {change.Host} ({change.Description}) was interrupted: its table is the old one or the new one", $"find out which: cc-console job list {change.Host}"));
            foreach (var conflict in fleet.Audit.Conflicts())
                findings.Add(new Finding("audit", false, $"{conflict.Host}: {conflict.Verdict}: {conflict.Message}", $"look at {conflict.Directory}, then: cc-console audit resolve {conflict.Host}"));
        }
        catch (ProblemException problem)
        {
            findings.Add(new Finding("state", false, problem.Message, problem.Hint));
        }
        return findings;
    }
}
