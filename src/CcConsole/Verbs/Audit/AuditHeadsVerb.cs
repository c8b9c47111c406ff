using System.CommandLine;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit heads</c>: what is remembered of each host's chain, and of the console's own (<c>.console</c>).</summary>
internal static class AuditHeadsVerb
{
    public static Command Create() => FleetVerb.Create(
        "heads", "Print what is remembered of each host's chain, and of what this console did (.console); exit 1 when one is red, or was put aside and not pulled since",
        "cc-console audit heads", RunAsync);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        IReadOnlyList<AuditState> states = fleet.Audit.States();
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (AuditState state in states)
                {
                    json.WriteStartObject();
                    json.WriteString("host", state.Host);
                    json.WriteString("verdict", state.Verdict);
                    json.WriteBoolean("conflict", state.Conflict is not null);
                    if (state.SetAsideAt is { } setAside) json.WriteString("set_aside_at", setAside);
                    AuditOutput.Write(json, state);
                    if (state.Head is { } head) AuditOutput.Write(json, head);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
        }
        else
        {
            var table = new TextTable("HOST", "VERDICT", "HEAD", "HASH", "PULLED", "SIGNED", "COMPARED");
            foreach (AuditState state in states)
            {
                table.Add(state.Host, state.Verdict, state.Head is { } head ? $"#{head.Seq}" : "", state.Head?.Hash ?? (state.IsBad ? "" : state.SetAsideAt is null ? AuditOutput.NoCopy(state) : "no copy in use"),
                    state.Head is { HasEnded: true } pulled ? $"{(state.IsStale ? "~ " : "")}{TimeText.Seconds(pulled.PulledAt)}" : state.SetAsideAt is { } aside ? $"not since {TimeText.Seconds(aside)}" : "never",
                    state.Head?.CheckpointSeq is { } signed ? $"to #{signed}, {TimeText.Seconds(state.Head.CheckpointAt)}" : "no",
                    state.Head?.ComparedAt is { } compared ? TimeText.Seconds(compared) : "never");
            }
            if (table.Count > 0) table.WriteTo(context.Output);
            if (!states.Any(state => state.Head is not null || state.SetAsideAt is not null || state.IsBad)) context.Error.WriteLine("no chain was pulled yet: cc-console audit pull");
            foreach (AuditState state in states)
            {
                if (!state.IsBad && state.SetAsideAt is null)
                {
                    if (state.Cloned is { } cloned) context.Output.WriteLine($"! {Plain.Text(state.Host)}: {Plain.Text(cloned)}");
                    continue;
                }
                context.Output.WriteLine($"✗ {Plain.Text(state.Host)}: {Plain.Text(state.Words)}");
                foreach (ChainConflict conflict in fleet.Audit.Conflicts(state.Host).Reverse())
                {
                    if (conflict.Id != state.Conflict?.Id) context.Output.WriteLine($"✗ {Plain.Text(state.Host)}: {Plain.Text(Resolution.Finding(conflict))}");
                    context.Output.WriteLine($"    evidence: {Plain.Text(conflict.Directory)}");
                }
            }
        }
        return Task.FromResult(states.Any(state => state.IsBad || state.SetAsideAt is not null) ? Verb.Findings : Verb.Good);
    }
}
