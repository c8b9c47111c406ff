using CcConsole.Core;
using CcConsole.Fleet;
using CcConsole.Fleet.Audit;

namespace CcConsole.Verbs.Audit;

/// <summary>The host that a verb is about: one of the fleet, this console itself, or one that is no longer in the fleet and of which something is held.</summary>
internal static class AuditHost
{
    /// <exception cref="ProblemException">Nobody knows it.</exception>
    public static string Of(VerbContext context, FleetControl fleet)
    {
        string host = context.Get(FleetVerb.Host);
        bool isKnown = host == OwnChain.Name || fleet.Hosts.List().Any(known => known.Name == host)
            || fleet.Audit.Heads().Any(head => head.Host == host) || fleet.Audit.AllConflicts(host).Count > 0;
        return isKnown ? host : fleet.Hosts.Get(host).Name;
    }
}
