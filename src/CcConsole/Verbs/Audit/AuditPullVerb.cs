using System.CommandLine;
using CcConsole.Fleet;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit pull</c>: takes the hosts' new entries, verified against what was seen before.</summary>
internal static class AuditPullVerb
{
    private static readonly Option<bool> Deep = new("--deep") { Description = "Hold every entry that the host has against the copy, not only the last: finds what was changed there since" };

    public static Command Create() => FleetVerb.Create(
        "pull", "Take the hosts' new entries into the verified copies; exit 1 when one contradicts what was seen before",
        "cc-console audit pull web01", RunAsync, FleetVerb.Hosts, Deep);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        bool good = true;
        int code = await FleetVerb.ForEachAsync(context, fleet, context.Get(FleetVerb.Hosts), host => fleet.Audit.PullAsync(host, context.Get(Deep), context.Stop), (host, pull) =>
        {
            good &= pull.IsGood;
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
                    if (pull.Head is { } head) AuditOutput.Write(json, head);
                });
                return;
            }
            context.Output.WriteLine(pull.IsGood
                ? $"✓ {Plain.Text(host)}: VERIFIED 0–{pull.Head?.Seq}, head {pull.Head?.Hash[..12]}…, {pull.Added} new"
                : $"✗ {Plain.Text(host)}: {pull.Verdict}: {Plain.Text(pull.Message ?? "")}");
            if (pull.Conflict is { } conflict) context.Output.WriteLine($"    evidence: {Plain.Text(conflict.Directory)}");
            if (pull.Hint is { Length: > 0 } hint) context.Output.WriteLine($"    next: {Plain.Text(hint)}");
        });
        return good ? code : Verb.Findings;
    }
}
