using System.CommandLine;
using CcConsole.Fleet;
using CcConsole.Fleet.Changes;

namespace CcConsole.Verbs.Jobs;

/// <summary><c>job diff</c>: what changed on a host since its table was last read from here.</summary>
internal static class JobDiffVerb
{
    public static Command Create() => FleetVerb.Create(
        "diff", "Show what changed on a host since its table was last read from here; exit 1 when something did",
        "cc-console job diff web01", RunAsync, FleetVerb.Host, JobTarget.Table);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string host = context.Get(FleetVerb.Host);
        TableDiff drift = await fleet.Jobs.DriftAsync(host, JobTarget.TableOf(context), context.Stop);
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("host", host);
                json.WriteBoolean("changed", !drift.IsEmpty);
                json.WriteString("diff", drift.IsEmpty ? "" : drift.ToText());
            });
        }
        else if (!drift.IsEmpty)
        {
            string text = drift.ToText();
            context.Output.Write(StandardStreams.IsOutputTerminal ? Plain.Lines(text) : text);
        }
        else
        {
            context.Error.WriteLine($"{Plain.Text(host)}: nothing changed since its table was last read from here");
        }
        return drift.IsEmpty ? Verb.Good : Verb.Findings;
    }
}
