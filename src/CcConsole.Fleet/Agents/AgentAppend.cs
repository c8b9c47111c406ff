using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;

namespace CcConsole.Fleet.Agents;

/// <summary>The entry in the host's chain about what was done with its agent.</summary>
internal readonly struct AgentAppend(AgentPlan plan, FleetOptions options)
{
    public AuditAppendParams Params => new(
        plan.Action switch
        {
            AgentAction.Install => AuditEvents.AgentInstalled,
            AgentAction.Uninstall => AuditEvents.AgentUninstalled,
            _ => AuditEvents.AgentUpgraded,
        }, options.Actor, options.Origin)
    {
        Before = plan.DigestBefore.Length > 0 ? plan.DigestBefore : null,
        After = plan.DigestAfter.Length > 0 ? plan.DigestAfter : null,
        Reason = plan.Reason.Length > 0 ? plan.Reason : plan.Action == AgentAction.Rollback ? "rollback" : null,
    };
}
