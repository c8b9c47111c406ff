using System.CommandLine;
using CcConsole.Fleet;
using CcConsole.Store.Chains;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit pull</c>: takes the hosts' new entries, verified against what was seen before.</summary>
internal static class AuditPullVerb
{
    private static readonly Option<bool> Deep = new("--deep") { Description = "Hold every entry that the host has against the copy, not only the last: finds what was changed there since. Done by itself every deepHours of the settings (24)" };

    public static Command Create() => FleetVerb.Create(
        "pull", "Take the hosts' new entries into the verified copies; exit 1 when one contradicts what was seen before",
        "cc-console audit pull web01", RunAsync, FleetVerb.Hosts, Deep);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        bool good = true;
        int code = await FleetVerb.ForEachAsync(context, fleet, context.Get(FleetVerb.Hosts), host => fleet.Audit.PullAsync(host, context.Get(Deep), context.Stop), (host, pull) =>
        {
            good &= pull.IsGood && pull.Others.Count == 0;
            if (context.Json)
            {
                context.Line(json =>
                {
                    json.WriteString("host", host);
                    json.WriteString("verdict", pull.Verdict);
                    json.WriteNumber("added", pull.Added);
                    json.WriteString("message", pull.Message);
                    json.WriteString("hint", pull.Hint);
                    json.WriteString("evidence", pull.Conflict?.Directory);
                    json.WriteStartArray("others");
                    foreach (ChainConflict other in pull.Others)
                    {
                        json.WriteStartObject();
                        json.WriteString("host", other.Host);
                        json.WriteString("verdict", other.Verdict);
                        json.WriteString("message", other.Message);
                        json.WriteString("evidence", other.Directory);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                    if (pull.Head is { } head) AuditOutput.Write(json, head);
                });
                return;
            }
            context.Output.WriteLine(pull.IsGood
                ? $"✓ {Plain.Text(host)}: VERIFIED {pull.Head?.First}–{pull.Head?.Seq}, head {pull.Head?.Hash[..12]}…, {pull.Added} new"
                : $"✗ {Plain.Text(host)}: {pull.Verdict}: {Plain.Text(pull.Message ?? "")}");
            if (pull.IsGood && pull.Message is { Length: > 0 } note) context.Output.WriteLine($"    note: {Plain.Text(note)}");
            foreach (ChainConflict other in pull.Others)
            {
                context.Output.WriteLine($"✗ {Plain.Text(other.Host)}: {Plain.Text(other.Verdict)}: {Plain.Text(other.Message)}");
                context.Output.WriteLine($"    evidence: {Plain.Text(other.Directory)}");
            }
            if (pull.Conflict is { } conflict) context.Output.WriteLine($"    evidence: {Plain.Text(conflict.Directory)}");
            if (pull.Hint is { Length: > 0 } hint) context.Output.WriteLine($"    next: {Plain.Text(hint)}");
        });
        return good ? code : Verb.Findings;
    }
}
