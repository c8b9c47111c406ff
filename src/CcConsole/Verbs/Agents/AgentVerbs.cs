using System.CommandLine;

namespace CcConsole.Verbs.Agents;

/// <summary>The agents on the hosts.</summary>
internal static class AgentVerbs
{
    public static Command Create() => Verb.Group(
        "agent", "The agents on the hosts", AgentChangeVerbs.Install(), AgentStatusVerb.Create(), AgentChangeVerbs.Upgrade(), AgentChangeVerbs.Uninstall());
}
