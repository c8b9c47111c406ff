using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>Holds every entry that a host has against the copy: finds where the two part, and keeps both.</summary>
internal sealed class CopyComparison(CacheDatabase cache, PullSource source, PullEvidence evidence) : IDisposable
{
    private readonly MemoryStream _theirs = new();

    /// <returns>Null when host and copy agree in all that the copy holds.</returns>
    public async Task<PullResult?> RunAsync(ChainHead head, CancellationToken cancellation)
    {
        long parted = -1, seen = 0;
        ChainVerifier before = ChainVerifier.Start();
        VerifyResult? found = null;
        (_, AgentStream stream) = await source.OpenAsync(-1, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using IEnumerator<ChainLine> ours = cache.Chains.Lines(head).GetEnumerator();
            await foreach (AuditLines lines in source.LinesAsync(stream, cancellation).ConfigureAwait(false))
            {
                foreach (ChainLine line in ChainLines.Split(lines.Bytes, seen))
                {
                    if (line.Seq > head.Seq && parted < 0)
                    {
                        break;
                    }

                    if (parted < 0)
                    {
                        before.Append([.. line.Bytes.Span, (byte)'\n']);
                        if (!(ours.MoveNext() && ours.Current.Bytes.Span.SequenceEqual(line.Bytes.Span)))
                        {
                            (parted, found) = (line.Seq, before.Finish());
                        }
                    }

                    seen = line.Seq + 1;
                    if (parted >= 0 && _theirs.Length + line.Bytes.Length < PullEvidence.Limit)
                    {
                        _theirs.Write(line.Bytes.Span);
                        _theirs.WriteByte((byte)'\n');
                    }
                }

                if (_theirs.Length + lines.Bytes.Length > PullEvidence.Limit || (parted < 0 && seen > head.Seq))
                {
                    break;
                }
            }
        }

        return parted < 0 && seen > head.Seq ? null : Keep(head, parted, seen, found);
    }

    /// <inheritdoc/>
    public void Dispose() => _theirs.Dispose();

    private PullResult Keep(ChainHead head, long parted, long seen, VerifyResult? found)
    {
        (Verdict verdict, long from) = parted switch
        {
            < 0 => (Verdict.Rollback, seen),
            // An entry that is not even whole was changed in place; one that is whole was written anew.
            _ when found is { } bad && !bad.Verdict.IsGood() => (bad.Verdict, parted),
            0 => (Verdict.Replaced, 0),
            _ => (Verdict.Fork, parted),
        };
        string message = verdict switch
        {
            Verdict.Rollback => $"the chain ends before entry #{seen}; #{head.Seq} was seen at {head.PulledAt:yyyy-MM-dd HH:mm} UTC",
            Verdict.Replaced => $"it is another chain than the one seen at {head.PulledAt:yyyy-MM-dd HH:mm} UTC: already its first entry differs",
            not Verdict.Fork => $"entry #{parted} was changed after it was seen at {head.PulledAt:yyyy-MM-dd HH:mm} UTC: {PullEvidence.Words(found!)}",
            _ => $"entry #{parted} is another one than at {head.PulledAt:yyyy-MM-dd HH:mm} UTC",
        };
        return evidence.Keep(head, from, verdict.Word(), message, evidence.Ours(head, from), _theirs.ToArray());
    }
}
