using System.Text.Json;
using CcConsole.Fleet.Hosts;
using Humanizer;

namespace CcConsole.Verbs.Hosts;

/// <summary>What a test of a host found, as text and as JSON.</summary>
internal static class HostTestOutput
{
    public static void Write(TextWriter output, string name, HostTest test)
    {
        if (!test.IsGood)
        {
            output.WriteLine($"✗ {Plain.Text(name)}: {Plain.Text(test.Problem!)}");
            if (test.Key is { } key) output.WriteLine($"    key: {Plain.Text(key.Fingerprint)}");
            if (test.Hint is { Length: > 0 } hint) output.WriteLine($"    next: {Plain.Text(hint)}");
            return;
        }

        output.WriteLine($"✓ {Plain.Text(name)}: user {Plain.Text(test.Facts!.User)}, {Plain.Text(test.Facts.Daemon)}, zone {Plain.Text(test.Facts.Zone.Id)}, {"job".ToQuantity(test.Jobs ?? 0)}, {test.Took.TotalMilliseconds:0} ms");
        if (test.Facts.ZoneNote is { } note) output.WriteLine($"    {Plain.Text(note)}");
        if (test.Agent is { } agent) output.WriteLine($"    agent {Plain.Text(agent.Version)} ({Plain.Text(agent.Mode)}), {"entry".ToQuantity((int)agent.Entries)}, daemon {(agent.Daemon is null ? "not running" : "running")}");
        else output.WriteLine(test.AgentProblem is { } problem ? $"    agent: {Plain.Text(problem)}" : "    no agent: jobs can be seen and changed, runs are not reported");
    }

    public static void Write(Utf8JsonWriter json, HostTest test)
    {
        json.WriteString("host", test.Host.Name);
        json.WriteBoolean("good", test.IsGood);
        json.WriteString("problem", test.Problem);
        json.WriteString("hint", test.Hint);
        json.WriteString("kind", test.Kind?.ToString());
        json.WriteString("key", test.Key?.Fingerprint);
        json.WriteString("user", test.Facts?.User);
        json.WriteString("daemon", test.Facts?.Daemon);
        json.WriteString("zone", test.Facts?.Zone.Id);
        json.WriteString("agent", test.Agent?.Version);
        json.WriteString("agent_problem", test.AgentProblem);
        if (test.Jobs is { } jobs) json.WriteNumber("jobs", jobs);
        json.WriteNumber("took_ms", (long)test.Took.TotalMilliseconds);
    }
}
