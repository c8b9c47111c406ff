using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// Holds every entry that a host has against the copy: finds where the two part, and keeps both. What agrees is verified once more, and of
/// what does not each side, so that it is told which of them was changed.
/// </summary>
internal sealed class CopyComparison(CacheDatabase cache, IChainSource source, PullEvidence evidence, ChainHead head) : IDisposable
{
    private readonly MemoryStream _theirs = new();
    private ChainVerifier _agreed = ChainVerifier.Start();
    private long _next = -1;
    private long _from;
    private bool _explained;

    /// <returns>Null when host and copy agree in all that the copy holds and the host still has.</returns>
    public async Task<PullResult?> RunAsync(CancellationToken cancellation)
    {
        ChainStream stream = await source.OpenAsync(-1, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            IEnumerator<ChainLine>? ours = null;
            Parting? parting = null;
            try
            {
                await foreach (AuditLines lines in stream.Lines.ConfigureAwait(false))
                {
                    if (ours is null)
                    {
                        Begin(lines.First);
                        ours = cache.Chains.Lines(head, _next).GetEnumerator();
                    }

                    int at = parting is null ? Compare(lines.Bytes, ours, out parting) : 0;
                    if (parting is not null)
                    {
                        _theirs.Write(lines.Bytes.AsSpan(at, (int)Math.Min(lines.Bytes.Length - at, PullEvidence.Limit - _theirs.Length)));
                    }

                    _explained = _explained || ChainLines.Split(lines.Bytes, 0).Any(Explains);
                    if (_theirs.Length >= PullEvidence.Limit || (parting is null && _next > head.Seq && _explained))
                    {
                        break;
                    }
                }
            }
            finally
            {
                ours?.Dispose();
            }

            return parting is not null ? Keep(parting) : _next > head.Seq + 1 ? Pruned() : _next <= head.Seq ? Short() : _explained ? null : Gone();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _theirs.Dispose();

    /// <summary>The first entry that is not the same, and what is the matter with it on each side; null where that entry is good.</summary>
    private sealed record Parting(long Seq, VerifyResult? Theirs, VerifyResult? Ours, bool IsMissing);

    /// <summary>Where the host has pruned its oldest entries, the comparison begins behind them.</summary>
    private void Begin(long from)
    {
        _next = Math.Max(from, head.First);
        (_from, _explained) = (_next, _next == head.First);
        // Of a copy that begins later than the chain, the first entry alone names the one before it.
        string? before = _next == 0 ? null : cache.Chains.Line(head, _next - 1) is { } held ? ChainLines.Member(held.Bytes.Span, "hash"u8)
            : cache.Chains.Line(head, _next) is { } first ? ChainLines.Member(first.Bytes.Span, "prev_hash"u8) : null;
        if (Hash32.TryParse(before, out Hash32 hash))
        {
            _agreed = ChainVerifier.Start(hash, _next);
        }
    }

    /// <returns>How many bytes, whole lines, are the same on both sides.</returns>
    private int Compare(byte[] theirs, IEnumerator<ChainLine> ours, out Parting? parting)
    {
        parting = null;
        int same = 0;
        foreach (ChainLine line in ChainLines.Split(theirs, _next))
        {
            if (line.Seq > head.Seq)
            {
                break;
            }

            bool held = ours.MoveNext() && ours.Current.Seq == line.Seq;
            if (!held || !ours.Current.Bytes.Span.SequenceEqual(line.Bytes.Span))
            {
                _agreed.Append(theirs.AsSpan(0, same));
                parting = new Parting(line.Seq, Check(line), held ? Check(ours.Current) : null, !held);
                return same;
            }

            same += line.Bytes.Length + 1;
            _next = line.Seq + 1;
        }

        if (!_agreed.Append(theirs.AsSpan(0, Math.Min(same, theirs.Length))))
        {
            parting = new Parting(_agreed.NextSeq, _agreed.Finish(), _agreed.Finish(), false);
        }

        return same;
    }

    private VerifyResult? Check(ChainLine line)
    {
        ChainVerifier verifier = ChainVerifier.Start(_agreed.Head, line.Seq);
        return verifier.Append([.. line.Bytes.Span, (byte)'\n']) ? null : verifier.Finish();
    }

    private PullResult Keep(Parting parting)
    {
        string seen = $"{head.LastSeen:yyyy-MM-dd HH:mm} UTC";
        (Verdict verdict, string message) = parting switch
        {
            { Theirs: { } both, Ours: not null } => (both.Verdict, $"entry #{parting.Seq} is bad on the host and in this console's cache alike: {PullEvidence.Words(both)}"),
            { IsMissing: true } => (Verdict.Gap, $"entry #{parting.Seq} is gone from this console's cache, which held it at {seen}: the cache was edited"),
            { Ours: { } edited } => (edited.Verdict, $"entry #{parting.Seq} was changed in this console's cache, and is whole on the host: {PullEvidence.Words(edited)}"),
            // An entry that is not even whole was changed in place; one that is whole was written anew.
            { Theirs: { } changed } => (changed.Verdict, $"entry #{parting.Seq} was changed after it was seen at {seen}: {PullEvidence.Words(changed)}"),
            { Seq: 0 } => (Verdict.Replaced, $"it is another chain than the one seen at {seen}: already its first entry differs"),
            _ => (Verdict.Fork, $"entry #{parting.Seq} is another one than at {seen}"),
        };
        return evidence.Keep(head, parting.Seq, verdict.Word(), message, evidence.Ours(head, parting.Seq), _theirs.ToArray());
    }

    private PullResult Short()
    {
        long seq = Math.Max(_next, 0);
        string message = $"the chain ends before entry #{seq}; #{head.Seq} was seen at {head.LastSeen:yyyy-MM-dd HH:mm} UTC";
        return evidence.Keep(head, seq, Verdict.Rollback.Word(), message, evidence.Ours(head, seq), ReadOnlyMemory<byte>.Empty);
    }

    /// <summary>Whether an entry tells that what the host has no more was pruned: at least so far, by the hash that the copy has there.</summary>
    private bool Explains(ChainLine line)
    {
        if (line.Bytes.Span.IndexOf("\"event\": \"audit.prune\""u8) < 0)
        {
            return false;
        }

        try
        {
            using JsonDocument entry = JsonDocument.Parse(line.Bytes);
            return entry.RootElement.TryGetProperty("of", out JsonElement of) && of.ValueKind == JsonValueKind.String && of.ValueEquals("audit")
                && entry.RootElement.TryGetProperty("last", out JsonElement last) && last.ValueKind == JsonValueKind.Number && last.TryGetInt64(out long seq) && seq >= _from - 1
                && ChainLines.Member(line.Bytes.Span, "last_hash"u8) is { } hash
                && (seq > head.Seq || (cache.Chains.Line(head, seq) is { } ours && ChainLines.Member(ours.Bytes.Span, "hash"u8) == hash));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not an entry, or one with half a surrogate pair, which has no text here: the verification says what it is.
            return false;
        }
    }

    private PullResult Gone() => evidence.Keep(head, head.First, Verdict.Gap.Word(),
        $"the host no longer has the entries #{head.First} to #{_from - 1}, and no entry of its chain tells that just these were pruned", evidence.Ours(head, head.First), ReadOnlyMemory<byte>.Empty);

    private PullResult Pruned() => evidence.Keep(head, head.Seq + 1, Verdict.Gap.Word(),
        $"the host has pruned the entries #{head.Seq + 1} to #{_next - 1} before they were pulled here", evidence.Ours(head, head.Seq), ReadOnlyMemory<byte>.Empty);
}
