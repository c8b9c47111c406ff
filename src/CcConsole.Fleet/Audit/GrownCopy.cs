using CcConsole.Core.Audit;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>
/// Verifies of a copy what has come since it was verified here before: a screen that is open while a fleet is pulled must not go over every
/// entry again at each new one.
/// </summary>
internal static class GrownCopy
{
    /// <summary>Null where that does not tell all about the copy: it is to be verified from its first entry.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="before">What was found before.</param>
    /// <param name="head">The copy now.</param>
    /// <param name="cancellation">Gives up.</param>
    public static VerifyResult? Verify(CacheDatabase cache, CopyVerification before, ChainHead head, CancellationToken cancellation)
    {
        VerifyResult known = before.Result;
        if (known.Verdict is not (Verdict.Ok or Verdict.Clock) || before.Head.Copy != head.Copy || before.Head.Seq > head.Seq || known.FirstSeq != head.First)
        {
            return null;
        }

        if (before.Head.Seq == head.Seq)
        {
            return before.Head.Hash == head.Hash ? known : null;
        }

        // What the cache remembers of that place is only gone by where it is what was found there.
        if (Continuation.Remembered(before.Head) is not { } from || from.SignedSince != known.SignedSince || from.LastCheckpoint != known.LastCheckpoint)
        {
            return null;
        }

        ChainVerifier verifier = ChainVerifier.Start(from);
        foreach (ChainLine line in cache.Chains.Lines(head, from.NextSeq))
        {
            cancellation.ThrowIfCancellationRequested();
            verifier.Append([.. line.Bytes.Span, (byte)'\n']);
        }

        VerifyResult added = verifier.Finish();
        return !added.Verdict.IsGood() || verifier.NextSeq != head.Seq + 1 || verifier.Head.ToString() != head.Hash ? null : added with
        {
            Verdict = known.Verdict == Verdict.Clock ? Verdict.Clock : added.Verdict,
            Entries = known.Entries + added.Entries,
            Verified = known.Verified + added.Verified,
            VerifiedBytes = known.VerifiedBytes + added.VerifiedBytes,
            FirstSeq = known.FirstSeq,
            Warnings = [.. known.Warnings, .. added.Warnings.Select(warning => warning with { Line = warning.Line + known.Entries })],
            Message = $"{known.Entries + added.Entries} entries are whole and linked, and hold the remembered entry #{head.Seq}; {known.Entries} of them {(known.Entries == 1 ? "was" : "were")} verified before",
        };
    }
}
