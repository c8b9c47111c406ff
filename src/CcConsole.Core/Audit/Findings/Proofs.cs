using static CcConsole.Core.Audit.Findings.Spelling;

namespace CcConsole.Core.Audit.Findings;

/// <summary>What a verification proves, a sentence each.</summary>
internal static class Proofs
{
    public static IEnumerable<string> Of(VerifyFinding finding)
    {
        var result = finding.Result;
        if (result.Verified == 0)
            yield break;
        var (first, last) = (finding.FirstVerified, finding.LastVerified);
        yield return first == last ? $"{Entry(last)} is whole" : $"{Entries(first, last)} are whole, and each follows the one before";
        if (finding.Range is { } range)
        {
            foreach (var sentence in OfRange(finding, range))
                yield return sentence;
        }
        if (finding.IsAnchored)
            yield return Anchored(finding, finding.Anchor!);
        if (result.LastCheckpoint is { } checkpoint)
        {
            yield return $"{Entries(first, checkpoint.Size - 1)} {Be(first, checkpoint.Size - 1)} signed by the chain's keys, "
                + $"the last time{At(checkpoint.Time)} by {Entry(checkpoint.Seq)}: who took over the host after that, and had no earlier key, cannot have changed them in this chain";
        }
    }

    private static IEnumerable<string> OfRange(VerifyFinding finding, RangeFinding range)
    {
        var (first, last) = (finding.FirstVerified, finding.LastVerified);
        if (first > finding.First)
            yield return $"{Entry(first)} follows what {Entry(first - 1)} says of itself";
        if (range.FollowsAt)
            yield return $"{Entry(last + 1)} names the hash of {Entry(last)}";
        if (range.Signed is { } signed)
            yield return $"the lines {Entries(0, signed.Note.Size - 1)} are those whose root the checkpoint {Entry(signed.Seq)} signs, by a key that the chain announces";
    }

    private static string Anchored(VerifyFinding finding, ChainAnchor anchor)
    {
        var entry = Entry(anchor.Head.Count - 1);
        // Of the entries that are gone nothing is known but the hash of the last.
        if (anchor.Head.Count == finding.First)
            return $"{Entry(finding.First)} names as the one before it the remembered {entry}";
        var upTo = finding.First == 0 ? "nothing up to it" : $"nothing from {Entry(finding.First)} up to it";
        return anchor.Source switch
        {
            AnchorSource.Given => $"{entry} is the one that you remember: {upTo} was changed, taken out or written anew since",
            AnchorSource.Console => $"{entry} is the one that this console saw{At(anchor.At)}: {upTo} was changed, taken out or written anew on the host since",
            AnchorSource.Copy => $"{entry} is the head that this console remembers from its pull{At(anchor.At)}: the copy is what was verified then",
            _ => $"{entry} is the one that the host's own head file names: a log that was cut short would show",
        };
    }
}
