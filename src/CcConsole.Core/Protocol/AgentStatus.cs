namespace CcConsole.Core.Protocol;

/// <summary>How an agent is doing.</summary>
/// <param name="Version">The version of the agent that answers.</param>
/// <param name="Mode">"system" or "user".</param>
/// <param name="Dir">Its data directory.</param>
/// <param name="Socket">Its socket.</param>
/// <param name="Chain">The chain's random id; empty when there is no chain yet.</param>
/// <param name="Entries">How many entries the chain has.</param>
/// <param name="Head">The hash of the last one; empty when there is none.</param>
/// <param name="Reports">How many reports are recorded.</param>
/// <param name="Spooled">How many reports wait in the spool; -1 when this user may not look.</param>
/// <param name="AppendOnly">"on", or why the audit log is not append-only on this host.</param>
/// <param name="Alarms">What must be looked at: an audit log that shrank, a spool that does not drain. Empty when all is well.</param>
/// <param name="Daemon">The running daemon; null when none answers.</param>
/// <param name="Audit">How the daemon's audit log stands; null when none answers, or an older one.</param>
public sealed record AgentStatusResult(
    string Version,
    string Mode,
    string Dir,
    string Socket,
    string Chain,
    long Entries,
    string Head,
    long Reports,
    int Spooled,
    string AppendOnly,
    IReadOnlyList<string> Alarms,
    DaemonStatus? Daemon = null,
    AuditState? Audit = null);

/// <summary>How a daemon's audit log stands.</summary>
/// <param name="Policy">What becomes of runs while it cannot be written: "strict" (not begun) or "best_effort" (they run on).</param>
/// <param name="Problem">Why it cannot be written now; null when it can.</param>
/// <param name="Ballast">The room held back for a full disk: "held", "released", or "none" where none is wanted.</param>
/// <param name="First">The sequence number of the first entry that is still on the host: more than 0 where older ones were let go.</param>
/// <param name="CheckpointSeq">The sequence number of the last signed checkpoint; null when there is none.</param>
/// <param name="CheckpointTime">When that was signed.</param>
/// <param name="Unsigned">Why no checkpoint can be signed; null while they can.</param>
public sealed record AuditState(
    string Policy, string? Problem = null, string Ballast = "none", long First = 0, long? CheckpointSeq = null, DateTimeOffset? CheckpointTime = null,
    string? Unsigned = null);

/// <summary>A running daemon.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Version">Its version.</param>
/// <param name="Started">When it was started.</param>
/// <param name="ResidentBytes">Its resident memory.</param>
public sealed record DaemonStatus(int Pid, string Version, DateTimeOffset Started, long ResidentBytes);
