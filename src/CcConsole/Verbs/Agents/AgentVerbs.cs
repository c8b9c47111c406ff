using System.CommandLine;
using System.Text.Json;
using CcConsole.Core.Protocol;
using CcConsole.Fleet;
using CcConsole.Fleet.Hosts;

namespace CcConsole.Verbs.Agents;

/// <summary><c>agent status</c>: how the hosts' agents are doing.</summary>
internal static class AgentVerbs
{
    public static Command Create() => Verb.Group(
        "agent", "The agents on the hosts",
        FleetVerb.Create("status", "Say how the hosts' agents are doing; exit 1 when one is missing or raises an alarm", "cc-console agent status web01", StatusAsync, FleetVerb.Hosts));

    private static async Task<int> StatusAsync(VerbContext context, FleetControl fleet)
    {
        bool good = true;
        int code = await FleetVerb.ForEachAsync(context, fleet, context.Get(FleetVerb.Hosts),
            name => fleet.Hosts.TestAsync(fleet.Hosts.Get(name), context.Stop), (name, test) =>
            {
                good &= test.Agent is { Alarms.Count: 0, Daemon: not null };
                if (context.Json) context.Line(json => Write(json, test));
                else Write(context.Output, name, test);
            });
        return good ? code : Verb.Findings;
    }

    private static void Write(TextWriter output, string name, HostTest test)
    {
        if (test.Agent is not { } agent)
        {
            output.WriteLine($"✗ {Plain.Text(name)}: {Plain.Text(test.Problem ?? test.AgentProblem ?? "no agent on this host")}");
            if (test.Hint is { Length: > 0 } hint) output.WriteLine($"    next: {Plain.Text(hint)}");
            return;
        }
        string daemon = agent.Daemon is { } running
            ? $"daemon {running.Pid} since {running.Started.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {running.ResidentBytes / 1024 / 1024} MiB"
            : "daemon not running: reports wait in the spool";
        output.WriteLine($"{(agent is { Alarms.Count: 0, Daemon: not null } ? '✓' : '!')} {Plain.Text(name)}: {Plain.Text(agent.Version)} ({Plain.Text(agent.Mode)}), {daemon}");
        output.WriteLine($"    {Plain.Text(agent.Dir)}: {agent.Entries} entries, {agent.Reports} reports, {(agent.Spooled < 0 ? "spool not readable" : $"{agent.Spooled} spooled")}, append-only: {Plain.Text(agent.AppendOnly)}");
        foreach (string alarm in agent.Alarms) output.WriteLine($"    ! {Plain.Text(alarm)}");
    }

    private static void Write(Utf8JsonWriter json, HostTest test)
    {
        json.WriteString("host", test.Host.Name);
        json.WriteString("problem", test.Problem ?? test.AgentProblem);
        json.WritePropertyName("agent");
        if (test.Agent is { } agent) JsonSerializer.Serialize(json, agent, ProtocolJson.Default.AgentStatusResult);
        else json.WriteNullValue();
    }
}
