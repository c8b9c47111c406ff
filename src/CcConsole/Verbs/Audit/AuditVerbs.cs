using System.CommandLine;
using CcConsole.Verbs.Audit.Verify;

namespace CcConsole.Verbs.Audit;

/// <summary><c>audit …</c>: the hosts' chains. All but <c>pull</c> work from the verified copies, with no host reachable.</summary>
internal static class AuditVerbs
{
    public static Command Create() => Verb.Group(
        "audit", "The hosts' audit chains, this console's own (as the host .console), and files of that format",
        AuditPullVerb.Create(), AuditListVerb.Create(), AuditShowVerb.Create(), AuditVerifyVerb.Create(),
        AuditExportVerb.Create(), AuditHeadsVerb.Create(), AuditResolveVerb.Create(), AuditArchiveVerb.Create());
}
