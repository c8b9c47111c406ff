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
    DaemonStatus? Daemon = null);

/// <summary>A running daemon.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Version">Its version.</param>
/// <param name="Started">When it was started.</param>
/// <param name="ResidentBytes">Its resident memory.</param>
public sealed record DaemonStatus(int Pid, string Version, DateTimeOffset Started, long ResidentBytes);
