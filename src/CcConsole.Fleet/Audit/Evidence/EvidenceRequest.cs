using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>What is to be exported as evidence.</summary>
/// <param name="Host">The host's name in the fleet.</param>
/// <param name="Selection">Which entries; its hosts are not looked at.</param>
/// <param name="EveryStep">Whether every step of the ratchet from the chain's first key on is given, however many; short ones always are.</param>
public sealed record EvidenceRequest(string Host, AuditQuery Selection, bool EveryStep = false)
{
    /// <summary>Of what the selection means, only the entries with these sequences, as a person marked them; null for all.</summary>
    public IReadOnlySet<long>? Marked { get; init; }

    /// <summary>The selection in words.</summary>
    internal string Words => Marked is { } marked
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{marked.Count} entries that were marked one by one")
        : EvidenceSelection.Words(Selection);

    /// <summary>A ratchet of at most so many steps is given whole unasked: some 2 KB each, and a few seconds of the reader's.</summary>
    public const int ShortRatchet = 1_000;
}
