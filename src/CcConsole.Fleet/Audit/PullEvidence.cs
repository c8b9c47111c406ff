using CcConsole.Core.Audit;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>What a pull keeps of a host that contradicts the copy, and how it is told.</summary>
/// <param name="cache">The cache.</param>
/// <param name="host">The host's name in the fleet.</param>
/// <param name="key">What is to be said of the host's SSH key beside a finding; empty when there is nothing.</param>
internal sealed class PullEvidence(CacheDatabase cache, string host, string key = "")
{
    /// <summary>Most bytes of either side that are kept.</summary>
    public const int Limit = 16 << 20;

    /// <summary>Keeps both sides; nothing of the copy is overwritten.</summary>
    public PullResult Keep(ChainHead? head, long seq, string verdict, string message, ReadOnlyMemory<byte> ours, ReadOnlyMemory<byte> theirs) =>
        Result(cache.Conflicts.Keep(host, head?.Chain ?? "", seq, verdict, key.Length > 0 ? $"{message}; {key}" : message, ours, theirs));

    /// <summary>The result of a pull that a contradiction ends, or that ends beside one; what else is open is told with it.</summary>
    public PullResult Result(ChainConflict conflict)
    {
        Resolution? decided = Resolution.Of(cache, host);
        return new PullResult
        {
            Host = host,
            Verdict = conflict.Verdict,
            Head = cache.Chains.Head(host),
            Message = string.Join("; and ", [conflict.Message, .. decided?.Open.Where(other => other.Id != conflict.Id).Select(Resolution.Finding) ?? []]),
            Hint = decided?.Hint,
            Conflict = conflict,
        };
    }

    /// <summary>The copy's bytes from an entry on, as many as are kept.</summary>
    public byte[] Ours(ChainHead head, long from)
    {
        using MemoryStream bytes = new();
        foreach (ChainLine line in cache.Chains.Lines(head, from))
        {
            if (bytes.Length + line.Bytes.Length >= Limit)
            {
                break;
            }

            bytes.Write(line.Bytes.Span);
            bytes.WriteByte((byte)'\n');
        }

        return bytes.ToArray();
    }

    /// <summary>A finding about the one entry that is named beside it.</summary>
    public static string Words(VerifyResult result) => result.Verdict switch
    {
        Verdict.Hash => "it is not what its hash was made of",
        Verdict.Link => "it does not follow the entry before it",
        Verdict.Gap => "entries are missing before it",
        Verdict.Duplicate => "it repeats an entry that came before",
        Verdict.NonCanonical => "it is not an entry in the one allowed spelling",
        _ => result.Message,
    };
}
