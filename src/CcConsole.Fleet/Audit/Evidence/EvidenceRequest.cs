using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>What is to be exported as evidence.</summary>
/// <param name="Host">The host's name in the fleet.</param>
/// <param name="Selection">Which entries; its hosts are not looked at.</param>
/// <param name="EveryStep">Whether every step of the ratchet from the chain's first key on is given, however many; short ones always are.</param>
public sealed record EvidenceRequest(string Host, AuditQuery Selection, bool EveryStep = false);
