using System.CommandLine;
using CcConsole.Core;
using CcConsole.Fleet;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit resolve</c>: a person has looked at a contradiction; evidence and old copy stay, and a new copy begins.</summary>
internal static class AuditResolveVerb
{
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "You have looked at the evidence" };

    public static Command Create() => FleetVerb.Create(
        "resolve", "Note that a contradiction of a host's chain was looked at; the evidence and the old copy stay, the next pull begins a new copy. Where only the SSH key is another (HOSTKEY), that key is pinned and the copy goes on; it goes on too where only another console's word was against it",
        "cc-console audit resolve web01 --yes", RunAsync, FleetVerb.Host, Yes);

    private static Task<int> RunAsync(VerbContext context, FleetControl fleet)
    {
        string host = context.Get(FleetVerb.Host);
        if (!context.Get(Yes))
            throw new ProblemException(fleet.Audit.GoesOn(host)
                ? $"Resolving takes the other SSH key for that of {host}, and the word against its chain for false; the copy goes on"
                : $"Resolving takes the chain of {host} as it is now from here on", "look at the evidence (cc-console audit heads names the folder), then give --yes");
        bool goesOn = fleet.Audit.Resolve(host);
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("resolved", host);
                json.WriteBoolean("copy_goes_on", goesOn);
            });
        }
        else if (goesOn) context.Error.WriteLine($"resolved {Plain.Text(host)}: its copy goes on");
        else context.Error.WriteLine($"resolved {Plain.Text(host)}; cc-console audit pull {Plain.Text(host)} begins a new copy");
        return Task.FromResult(Verb.Good);
    }
}
