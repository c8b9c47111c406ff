using System.CommandLine;
using CcConsole.Fleet;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit heads</c>: what is remembered of each host's chain.</summary>
internal static class AuditHeadsVerb
{
    public static Command Create() => FleetVerb.Create(
        "heads", "Print what is remembered of each host's chain; exit 1 when a contradiction waits for a person", "cc-console audit heads", RunAsync);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        IReadOnlyList<ChainHead> heads = fleet.Audit.Heads();
        IReadOnlyList<ChainConflict> conflicts = fleet.Audit.Conflicts();
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (ChainHead head in heads)
                {
                    json.WriteStartObject();
                    json.WriteString("host", head.Host);
                    json.WriteString("verdict", head.Verdict);
                    json.WriteBoolean("conflict", conflicts.Any(conflict => conflict.Host == head.Host));
                    AuditOutput.Write(json, head);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
        }
        else
        {
            var table = new TextTable("HOST", "VERDICT", "HEAD", "HASH", "PULLED");
            foreach (ChainHead head in heads) table.Add(head.Host, head.Verdict, $"#{head.Seq}", head.Hash, TimeText.Seconds(head.PulledAt));
            if (table.Count > 0) table.WriteTo(context.Output);
            else context.Error.WriteLine("no chain was pulled yet: cc-console audit pull");
            foreach (ChainConflict conflict in conflicts) context.Output.WriteLine($"✗ {Plain.Text(conflict.Host)}: {Plain.Text(conflict.Verdict)} at #{conflict.Seq}: {Plain.Text(conflict.Message)}; evidence in {Plain.Text(conflict.Directory)}");
        }
        return Task.FromResult(conflicts.Count == 0 ? Verb.Good : Verb.Findings);
    }
}
