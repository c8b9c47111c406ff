using System.Text;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// The host's SSH key, pinned together with its chain: the same chain behind another key, or another chain behind the same key, is a finding.
/// ssh itself has accepted the key by then (known_hosts); here a person says once more that the chain belongs to it.
/// </summary>
internal sealed class HostKeyPin(ChainHead? head, string? key)
{
    /// <summary>The verdict on a chain that is whole and that another key of SSH vouches for than before.</summary>
    public const string Verdict = ChainConflict.HostKey;

    /// <summary>Whether another key than the pinned one answered.</summary>
    public bool IsAnother => head?.HostKey is { } pinned && key is not null && key != pinned;

    /// <summary>The key to pin with the next head.</summary>
    public string? Pinned => head?.HostKey ?? key;

    /// <summary>What is to be said beside a finding about the chain itself.</summary>
    public string Beside => head?.HostKey is not { } pinned || key is null ? ""
        : IsAnother ? $"the host's SSH key is another one too: {Ssh.Plain.Text(key)}, and was {Ssh.Plain.Text(pinned)}"
        : $"the host's SSH key is the same as before, {Ssh.Plain.Text(key)}";

    /// <summary>Keeps the finding that only the key is another.</summary>
    public PullResult Keep(PullEvidence evidence) => evidence.Keep(head, head!.Seq, Verdict,
        $"the chain is the one that was seen, but the host's SSH key is another: {Ssh.Plain.Text(key!)}, and was {Ssh.Plain.Text(head.HostKey!)} when the chain was first pulled; nothing was taken from it",
        Encoding.UTF8.GetBytes(head.HostKey!), Encoding.UTF8.GetBytes(key!));
}
