using System.Text.Json;
using CcConsole.Fleet.Monitoring;
using CcConsole.Verbs.Jobs;
using CcConsole.Verbs.Output;

namespace CcConsole.Screens;

/// <summary>The linear report as one JSON document: the hosts with their jobs.</summary>
internal static class LinearJson
{
    /// <summary>Writes the fleet as it is now.</summary>
    public static void Write(TextWriter output, FleetSnapshot fleet) => JsonOutput.Document(output, json =>
    {
        json.WriteStartArray();
        foreach (var host in fleet.Hosts)
        {
            json.WriteStartObject();
            Write(json, host);
            json.WriteStartArray("jobs");
            foreach (var job in fleet.JobsOf(host.Name))
            {
                json.WriteStartObject();
                JobListVerb.Write(json, job);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, HostRow host)
    {
        json.WriteString("host", host.Name);
        json.WriteString("status", StatusText.Word(host.Status));
        json.WriteString("cause", host.Cause);
        json.WriteString("hint", host.Hint);
        json.WriteNumber("failures_24h", host.Failures);
        json.WriteNumber("late", host.Late);
        if (host.NextRun is { } next) json.WriteString("next_run", next);
        if (host.LastContact is { } contact) json.WriteString("last_contact", contact);
        json.WriteString("agent", host.AgentVersion);
        json.WriteString("audit", host.HasConflict ? "conflict" : host.Verdict);
        json.WriteString("head", host.Head?.Hash);
    }
}
