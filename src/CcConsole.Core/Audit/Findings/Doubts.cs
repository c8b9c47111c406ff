using static CcConsole.Core.Audit.Findings.Spelling;

namespace CcConsole.Core.Audit.Findings;

/// <summary>What a verification does not prove, a sentence each.</summary>
internal static class Doubts
{
    public static IEnumerable<string> Of(VerifyFinding finding)
    {
        var verdict = finding.Result.Verdict;
        if (IsBroken(finding))
            yield return Broken(finding, finding.First + finding.Result.FirstBad!.Value - 1);
        if (finding.NotAttested.Count > 0)
            yield return "bytes lie in the log that belong to no entry, and no entry says that a crash left them there: someone else than the agent wrote them";
        if (finding.Conflict is not null)
        {
            yield return finding.Result.LastCheckpoint is null
                ? "the host has given something that contradicts this copy: which of the two is true, neither can show"
                : "the host has given something that contradicts this copy: what is signed here stands, unless someone had an earlier key; of the rest, which of the two is true neither can show";
        }
        if (finding is { Anchor.Head.Count: var count, IsAnchored: false, Range: null } && count < finding.First)
            yield return $"what was remembered, {Entry(count - 1)}, lies before the first entry that is here: whether this is the chain that it was remembered of does not show";
        if (finding is { First: > 0, Range: null, Result.Verified: > 0 })
            yield return $"{Entries(0, finding.First - 1)} {Be(0, finding.First - 1)} not here: an entry says that {(finding.First == 1 ? "it was" : "they were")} pruned, and who can write the log can say so";
        foreach (var sentence in OfVerdict(finding))
            yield return sentence;
        if (finding.Range is { } range)
            yield return Aside(finding, range);
        else if (finding.Result.Verified > 0 && verdict is not (Verdict.Fork or Verdict.Replaced))
        {
            foreach (var sentence in OfKeys(finding))
                yield return sentence;
        }
        if (finding.Result is { LastCheckpoint: not null, Verified: > 0 })
            yield return Explanation.EarlierKeys;
        if (finding.Anchor is { Source: AnchorSource.Host })
            yield return "the head file lies beside the log: who can write both can write the chain anew, and only what others remember of it shows that";
        if (verdict.ExitCode() == 0)
            yield return "an entry tells what the agent was told or saw; what was written after someone became root on the host is unverifiable, signed or not";
    }

    /// <summary>Whether the verification ended at a line.</summary>
    private static bool IsBroken(VerifyFinding finding) => finding.Result is { FirstBad: not null, Verdict: not (Verdict.Rollback or Verdict.Fork or Verdict.Replaced or Verdict.Overdue or Verdict.Clock) };

    private static IEnumerable<string> OfVerdict(VerifyFinding finding)
    {
        var result = finding.Result;
        switch (result.Verdict)
        {
            case Verdict.Unanchored when finding.Range is null && finding.Anchor is null:
                yield return result.LastCheckpoint is null
                    ? "nothing remembered was given: entries cut off at the end, or a chain written anew from its start, would not show"
                    : "nothing remembered was given: entries cut off at the end, or a chain written anew from its start with keys of its own, would not show";
                break;
            case Verdict.Rollback:
                var (from, to) = (finding.LastVerified + 1, finding.Anchor!.Head.Count - 1);
                yield return $"{Entries(from, to)} {(from == to ? "was" : "were")} remembered and {Be(from, to)} not here: taken off the end, or an old copy was put in the log's place";
                break;
            case Verdict.Fork:
                yield return $"{Entry(finding.Anchor!.Head.Count - 1)} is whole but is not the one remembered: somewhere up to it the chain was written anew, and which of its entries are true it cannot show";
                break;
            case Verdict.Replaced:
                yield return "it is another chain than the one remembered, from its first entry on: what was recorded before is not in it";
                break;
            case Verdict.Overdue:
                yield return "a checkpoint is missing where one was due: until the next one, who took over the host in that time can have written the entries anew";
                break;
            case Verdict.Stale:
                yield return $"what the host has recorded since{(finding.TakenAt is { } taken ? $" {Time(taken)}" : "")} is not in it";
                break;
        }
        foreach (var warning in result.Warnings)
        {
            yield return warning.Of == Verdict.Overdue
                ? $"{Entry(finding.First + warning.Line - 1)}: {warning.Message}: who took over the host in that time can have written the entries anew until they were remembered"
                : $"{Entry(finding.First + warning.Line - 1)}: {warning.Message}; the times of entries are what the host's clock said, their order is proven without them";
        }
    }

    /// <summary>The first break, and what it leaves in doubt.</summary>
    private static string Broken(VerifyFinding finding, long at)
    {
        var why = finding.Result.Verdict switch
        {
            Verdict.Torn => "it is incomplete, as a crash leaves the last line",
            Verdict.Hash => "it was changed after it was written, or damaged",
            Verdict.Link => "it does not belong behind the entry before it",
            Verdict.Gap => "entries before it are missing",
            Verdict.Duplicate => "it was put in a second time",
            Verdict.BadSig => "its signature is not by a key of this chain, or not of what stands there",
            Verdict.Root => "it signs other entries than those before it",
            Verdict.Ratchet => "it is signed with a key whose time it was not",
            _ => "it is no entry as the agent writes them",
        };
        var since = finding.Result.LastCheckpoint?.Size ?? finding.First;
        if (finding.Result.Verdict is Verdict.BadSig or Verdict.Root or Verdict.Ratchet && since < at)
            why += $", so that {Entries(since, at - 1)} may have been written anew";
        var end = finding.Range?.Range.To ?? finding.First + finding.Result.Entries - 1;
        return end > at
            ? $"from {Entry(at)} on nothing: {why}, and the {end - at} {Form(end - at, "line", "lines")} after it can be anything"
            : $"from {Entry(at)} on nothing: {why}";
    }

    /// <summary>What is neither signed nor remembered.</summary>
    private static IEnumerable<string> OfKeys(VerifyFinding finding)
    {
        var checkpoint = finding.Result.LastCheckpoint;
        if (checkpoint is null && finding.Result.Verdict != Verdict.Torn && IsBroken(finding))
            yield return "no checkpoint lies before that: only who remembers a head can tell what stands there from something written anew";
        else if (checkpoint is null)
            yield return "nothing in it is signed: only who remembers a head can tell it from one written anew";
        else if (finding.First > 0 && finding.Result.SignedSince == finding.First)
            yield return $"the entries before {Entry(finding.First)} were pruned, and its first key is the one that the entry which tells of that names: a chain written anew from there with other keys only shows to who remembers a head or holds the entries before";
        else if (finding.Result.SignedSince is { } since and > 0)
            yield return $"its keys begin with {Entry(since)}: what stands before was signed then for the first time";
        var last = finding.LastVerified;
        var remembered = finding.IsAnchored && finding.Anchor!.Source != AnchorSource.Host ? finding.Anchor.Head.Count : 0;
        var from = Math.Max(checkpoint?.Size ?? 0, finding.Anchor?.Source == AnchorSource.Copy ? 0 : remembered);
        // Of the last checkpoint itself there is nothing to say.
        if ((checkpoint is null && remembered == 0) || from > last || (from == last && last == checkpoint?.Seq))
            yield break;
        if (finding.Anchor is { Source: AnchorSource.Copy, At: { } pulled })
        {
            if (checkpoint is not null)
                yield return $"{Entries(from, last)} {Be(from, last)} linked but not signed: who took over the host before the pull at {Time(pulled)} can have written them anew until then";
        }
        else
        {
            yield return $"{Entries(from, last)} {Be(from, last)} linked, but neither signed nor remembered: who can write the log can have written them anew";
        }
    }

    /// <summary>What a range leaves out.</summary>
    private static string Aside(VerifyFinding finding, RangeFinding range)
    {
        var before = range.Range.From > finding.First ? $"{Entries(finding.First, range.Range.From - 1)} and what" : "what";
        return range.Signed is null
            ? $"{before} follows {Entry(range.Range.To)} was not verified: whether these entries belong to the chain that begins with {Entry(finding.First)}, and to what is remembered of it, only a verification of all shows"
            : $"{before} follows {Entry(range.Range.To)} was not verified: whether that key was the one in force, and the chain's own, only a verification of all shows";
    }
}
