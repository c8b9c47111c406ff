using System.CommandLine;
using CcConsole.Composition;
using CcConsole.Fleet;
using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;
using CcConsole.Store.Access;
using CcConsole.Verbs.Output;

namespace CcConsole.Verbs.Hosts;

/// <summary><c>host list|add|remove|test</c>.</summary>
internal static class HostVerbs
{
    private static readonly Argument<string> Name = new("NAME") { Description = "What the fleet calls the host" };

    private static readonly Argument<string?> Destination = new("DESTINATION")
    {
        Description = "An alias of ssh_config, host, user@host or user@host:port; \"local\" for this machine; the name when not given",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string[]> Tags = new("--tag") { Description = "A word to select by; \"prod\" asks for the name before a change", HelpName = "WORD" };
    private static readonly Option<string?> AgentPath = new("--agent-path") { Description = "Where cc-agent lies on the host", HelpName = "PATH" };
    private static readonly Option<string?> AgentDir = new("--agent-dir") { Description = "The agent's directory on the host", HelpName = "DIR" };
    private static readonly Option<string?> Accept = new("--accept-key") { Description = "Accept the host's key, if this is its fingerprint", HelpName = "SHA256:…" };

    public static Command Create() => Verb.Group(
        "host", "The hosts of the fleet",
        FleetVerb.Create("list", "List the hosts", "cc-console host list", ListAsync),
        FleetVerb.Create("add", "Add a host to the list; nothing is done on the host", "cc-console host add web01 admin@web01.example.org --tag prod", AddAsync, Name, Destination, Tags, AgentPath, AgentDir),
        FleetVerb.Create("remove", "Remove a host from the list; its records stay", "cc-console host remove web01", RemoveAsync, FleetVerb.Host),
        FleetVerb.Create("test", "Connect to hosts and say what is there", "cc-console host test web01", TestAsync, FleetVerb.Hosts, Accept));

    private static Task<int> ListAsync(VerbContext context, FleetControl fleet)
    {
        IReadOnlyList<HostEntry> hosts = fleet.Hosts.List();
        if (context.Json)
        {
            JsonOutput.Document(context.Output, json =>
            {
                json.WriteStartArray();
                foreach (HostEntry host in hosts)
                {
                    json.WriteStartObject();
                    json.WriteString("name", host.Name);
                    json.WriteString("destination", host.Destination);
                    json.WriteStartArray("tags");
                    foreach (string tag in host.Tags) json.WriteStringValue(tag);
                    json.WriteEndArray();
                    json.WriteString("agent_path", host.AgentPath);
                    json.WriteString("agent_dir", host.AgentDir);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            });
            return Task.FromResult(Verb.Good);
        }

        var table = new TextTable("NAME", "DESTINATION", "TAGS");
        foreach (HostEntry host in hosts) table.Add(host.Name, host.Destination, string.Join(' ', host.Tags));
        if (table.Count > 0) table.WriteTo(context.Output);
        else context.Error.WriteLine("no hosts yet: cc-console host add NAME DESTINATION");
        return Task.FromResult(Verb.Good);
    }

    private static Task<int> AddAsync(VerbContext context, FleetControl fleet)
    {
        var host = new HostEntry
        {
            Name = context.Get(Name),
            Destination = context.Get(Destination) ?? context.Get(Name),
            Tags = context.Get(Tags) ?? [],
            AgentPath = context.Get(AgentPath),
            AgentDir = context.Get(AgentDir),
        };
        fleet.Hosts.Add(host);
        if (context.Json) context.Document(json => json.WriteString("added", host.Name));
        else context.Error.WriteLine($"added {Plain.Text(host.Name)}; cc-console host test {Plain.Text(host.Name)} connects to it");
        return Task.FromResult(Verb.Good);
    }

    private static async Task<int> RemoveAsync(VerbContext context, FleetControl fleet)
    {
        string name = context.Get(FleetVerb.Host);
        await fleet.Hosts.RemoveAsync(name);
        if (context.Json) context.Document(json => json.WriteString("removed", name));
        else context.Error.WriteLine($"removed {Plain.Text(name)}; its reports and its verified chain stay in the cache");
        return Verb.Good;
    }

    private static async Task<int> TestAsync(VerbContext context, FleetControl fleet)
    {
        if (context.Get(Accept) is { } fingerprint) await AcceptAsync(context, fingerprint);
        bool good = true;
        int code = await FleetVerb.ForEachAsync(context, fleet, context.Get(FleetVerb.Hosts),
            name => fleet.Hosts.TestAsync(fleet.Hosts.Get(name), context.Stop), (name, test) =>
            {
                good &= test.IsGood;
                if (context.Json) context.Line(json => HostTestOutput.Write(json, test));
                else HostTestOutput.Write(context.Output, name, test);
            });
        return good ? code : Verb.Findings;
    }

    /// <summary>ssh asks whether a key is right, and the only answer that is given is the fingerprint that the person gave.</summary>
    private static async Task AcceptAsync(VerbContext context, string fingerprint)
    {
        Places places = Places.From(Environment.GetEnvironmentVariable);
        PrivatePath.EnsureDirectory(places.State);
        await using var askpass = new AskpassServer(Environment.ProcessPath!, places.Runtime, (_, _) => Task.FromResult<string?>(null));
        await using FleetControl fleet = FleetFactory.Open(places, Settings.Read(places.Config), context.Get(FleetVerb.ReadOnly), askpass);
        foreach (string name in context.Get(FleetVerb.Hosts)) await fleet.Hosts.AcceptKeyAsync(name, fingerprint, context.Stop);
    }
}
