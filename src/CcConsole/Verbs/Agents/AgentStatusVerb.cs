using System.CommandLine;
using System.Text.Json;
using CcConsole.Core.Protocol;
using CcConsole.Fleet;
using CcConsole.Fleet.Agents;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using CcConsole.Verbs.Audit;

namespace CcConsole.Verbs.Agents;

/// <summary><c>agent status</c>: how the hosts' agents are doing.</summary>
internal static class AgentStatusVerb
{
    public static Command Create() => FleetVerb.Create(
        "status", "Say how the hosts' agents are doing; exit 1 when one is missing or raises an alarm, or the copy of its chain is contradicted", "cc-console agent status web01", RunAsync, FleetVerb.Hosts);

    private static async Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        bool good = true;
        int code = await FleetVerb.ForEachAsync(context, fleet, context.Get(FleetVerb.Hosts), name => fleet.Agents.StatusAsync(name, context.Stop), (name, state) =>
        {
            IReadOnlyList<ChainConflict> conflicts = fleet.Audit.Conflicts(name);
            good &= IsGood(state) && conflicts.Count == 0;
            if (context.Json) context.Line(json => Write(json, state, conflicts));
            else Write(context.Output, name, state, conflicts);
        });
        return good ? code : Verb.Findings;
    }

    private static bool IsGood(AgentState state) => state.Agent is { Alarms.Count: 0, Daemon: not null };

    private static void Write(TextWriter output, string name, AgentState state, IReadOnlyList<ChainConflict> conflicts)
    {
        Write(output, name, state, conflicts.Count > 0);
        foreach (ChainConflict conflict in conflicts)
            output.WriteLine($"    ✗ the copy of its chain is contradicted: {Plain.Text(Resolution.Finding(conflict))}; both versions: {Plain.Text(conflict.Directory)}");
    }

    private static void Write(TextWriter output, string name, AgentState state, bool isContradicted)
    {
        if (state.Agent is not { } agent)
        {
            output.WriteLine($"✗ {Plain.Text(Screens.HostText.With(name, state.Problem ?? "no agent on this host"))}");
            if (state.Hint is { } hint) output.WriteLine($"    next: {Plain.Text(hint)}");
            return;
        }
        string daemon = agent.Daemon is { } running
            ? $"daemon {running.Pid} since {running.Started.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {running.ResidentBytes / 1024 / 1024} MiB"
            : "daemon not running: reports wait in the spool";
        output.WriteLine($"{(isContradicted ? '✗' : IsGood(state) ? '✓' : '!')} {Plain.Text(name)}: {Plain.Text(agent.Version)}{Compared(state.Match)} ({Plain.Text(agent.Mode)}), {daemon}");
        output.WriteLine($"    {Plain.Text(agent.Dir)}: {agent.Entries} entries{(agent.Head.Length >= 8 ? $", head {Plain.Text(agent.Head[..8])}" : "")}, {agent.Reports} reports, {(agent.Spooled < 0 ? "spool not readable" : $"{agent.Spooled} spooled")}, append-only: {Plain.Text(agent.AppendOnly)}");
        if (state.IsManaged)
            output.WriteLine($"    {state.AgentPath}, sha256 {state.Digest?[..Math.Min(12, state.Digest.Length)]}…{(state.Previous is { } previous ? $", {(previous.Length > 0 ? previous : "one")} kept for a rollback" : "")}");
        foreach (string alarm in agent.Alarms) output.WriteLine($"    ! {Plain.Text(alarm)}");
    }

    private static string Compared(AgentMatch match) => match switch
    {
        AgentMatch.Equal => ", as in this console",
        AgentMatch.Older => ", older than this console's",
        AgentMatch.Newer => ", newer than this console's",
        AgentMatch.Different => ", another build than this console's",
        _ => "",
    };

    private static void Write(Utf8JsonWriter json, AgentState state, IReadOnlyList<ChainConflict> conflicts)
    {
        json.WriteString("host", state.Host);
        json.WriteBoolean("reached", state.IsReached);
        json.WriteString("problem", state.Problem);
        json.WriteString("path", state.AgentPath);
        json.WriteString("sha256", state.Digest);
        json.WriteBoolean("managed", state.IsManaged);
        json.WriteString("previous", state.Previous);
        json.WriteString("match", state.Match.ToString().ToLowerInvariant());
        json.WritePropertyName("agent");
        if (state.Agent is { } agent) JsonSerializer.Serialize(json, agent, ProtocolJson.Default.AgentStatusResult);
        else json.WriteNullValue();
        json.WriteStartArray("conflicts");
        foreach (ChainConflict conflict in conflicts)
        {
            json.WriteStartObject();
            AuditOutput.Write(json, conflict);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
