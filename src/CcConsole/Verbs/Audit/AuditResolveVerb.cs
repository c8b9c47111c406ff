using System.CommandLine;
using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;

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
        string host = AuditHost.Of(context, fleet);
        Resolution decided = fleet.Audit.ToResolve(host);
        foreach (string finding in decided.Findings) context.Error.WriteLine(Plain.Text(finding));
        if (!context.Get(Yes)) throw new ProblemException($"Resolving means: {decided.Words}", "look at the evidence, then give --yes");
        bool goesOn = fleet.Audit.Resolve(decided);
        if (context.Json)
        {
            context.Document(json =>
            {
                json.WriteString("resolved", host);
                json.WriteBoolean("copy_goes_on", goesOn);
            });
        }
        else if (goesOn) context.Error.WriteLine($"resolved: {Plain.Text(decided.Words)}");
        else context.Error.WriteLine($"resolved {Plain.Text(host)}; cc-console audit pull {Plain.Text(host)} begins a new copy");
        return Task.FromResult(Verb.Good);
    }
}
