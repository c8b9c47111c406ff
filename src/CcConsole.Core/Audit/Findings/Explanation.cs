using System.Globalization;

namespace CcConsole.Core.Audit.Findings;

/// <summary>
/// What a verification means, in plain words: sentences without a final full stop. They claim no more than was checked, and hold no text
/// of the chain.
/// </summary>
/// <param name="Proven">What is proven, since when and against whom.</param>
/// <param name="Open">What is not.</param>
/// <param name="Next">What to do next; null when there is nothing to do.</param>
public sealed record Explanation(IReadOnlyList<string> Proven, IReadOnlyList<string> Open, string? Next)
{
    /// <summary>The words for a finding.</summary>
    public static Explanation Of(ChainFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return new Explanation([.. Proofs(finding)], [.. Doubts(finding)], Step(finding));
    }

    private static IEnumerable<string> Proofs(ChainFinding finding)
    {
        var result = finding.Result;
        if (result.Verified == 0)
            yield break;
        var first = finding.Range?.Range.From ?? finding.First;
        var last = first + result.Verified - 1;
        yield return result.Verified == 1
            ? $"{Entry(last)} is whole"
            : $"{Entries(first, last)} are whole, and each follows the one before";
        if (finding.Range is { } range)
        {
            if (first > finding.First)
                yield return $"{Entry(first)} follows what {Entry(first - 1)} says of itself";
            if (range.FollowsAt)
                yield return $"{Entry(last + 1)} names the hash of {Entry(last)}";
            if (range.Signed is { } signed)
                yield return $"the lines {Entries(0, signed.Note.Size - 1)} are those whose root the checkpoint {Entry(signed.Seq)} signs, by a key that the chain announces";
        }
        if (finding.Anchor is { } anchor && Holds(result.Verdict))
            yield return Anchored(anchor);
    }

    /// <summary>Whether the remembered head was reached and found.</summary>
    private static bool Holds(Verdict verdict) => verdict is Verdict.Ok;

    private static string Anchored(ChainAnchor anchor)
    {
        var entry = Entry(anchor.Head.Count - 1);
        var at = anchor.At is { } time ? $" at {Time(time)}" : "";
        return anchor.Source switch
        {
            AnchorSource.Given => $"{entry} is the one that you remember: nothing up to it was changed, taken out or written anew since",
            AnchorSource.Console => $"{entry} is the one that this console saw{at}: nothing up to it was changed, taken out or written anew since",
            AnchorSource.Copy => $"{entry} is the head that this console remembers from its pull{at}: the copy is what was verified then",
            _ => $"{entry} is the one that the host's own head file names: a log that was cut short would show",
        };
    }

    private static IEnumerable<string> Doubts(ChainFinding finding)
    {
        var result = finding.Result;
        var last = (finding.Range?.Range.From ?? finding.First) + result.Verified - 1;
        if (result.FirstBad is { } bad && result.Verdict is not (Verdict.Rollback or Verdict.Fork or Verdict.Replaced))
        {
            var after = finding.Range?.Range.To ?? finding.First + result.Entries - 1;
            var at = finding.First + bad - 1;
            yield return after > at
                ? $"from {Entry(at)} on nothing: {At(result.Verdict)}, and the {Count(after - at, "line")} after it can be anything"
                : $"from {Entry(at)} on nothing: {At(result.Verdict)}";
        }
        switch (result.Verdict)
        {
            case Verdict.Unanchored when finding.Range is not null:
                break;
            case Verdict.Unanchored:
                yield return "nothing remembered was given: entries cut off at the end, or a chain written anew from its start, would not show";
                break;
            case Verdict.Rollback:
                yield return $"{Lost(finding)} remembered and {(finding.Anchor!.Head.Count - finding.First - result.Verified == 1 ? "is" : "are")} not here: taken off the end, or an old copy was put in the log's place";
                break;
            case Verdict.Fork:
                yield return $"{Entry(finding.Anchor!.Head.Count - 1)} is whole but is not the one remembered: somewhere up to it the chain was written anew, and nothing of it can be believed by itself";
                break;
            case Verdict.Replaced:
                yield return "it is another chain than the one remembered, from its first entry on: what was recorded before is not in it";
                break;
        }
        if (finding.Anchor is { } anchor && Holds(result.Verdict) && anchor.Source is AnchorSource.Given or AnchorSource.Console && anchor.Head.Count <= last)
            yield return $"{Entries(anchor.Head.Count, last)} came later: linked, but who can write the log could have written them anew";
        if (finding.Range is { } range)
            yield return Aside(finding, range);
        if (finding.Anchor is { Source: AnchorSource.Host })
            yield return "the head file lies beside the log: who can write both can write the chain anew, and only what others remember of it shows that";
        if (result.Verdict.ExitCode() == 0)
            yield return "an entry tells what the agent was told or saw; what root on the host writes from now on, nothing on the host can prove";
    }

    /// <summary>What a range leaves out.</summary>
    private static string Aside(ChainFinding finding, RangeFinding range)
    {
        var before = range.Range.From > finding.First ? $"{Entries(finding.First, range.Range.From - 1)} and what" : "what";
        return range.Signed is null
            ? $"{before} follows {Entry(range.Range.To)} was not verified: whether these entries belong to the chain that begins with {Entry(finding.First)}, and to what is remembered of it, only a verification of all shows"
            : $"{before} follows {Entry(range.Range.To)} was not verified: whether that key was the one in force, and the chain's own, only a verification of all shows";
    }

    private static string? Step(ChainFinding finding) => finding.Result.Verdict switch
    {
        Verdict.Ok when finding.IsGood => null,
        Verdict.Unanchored when finding.Range is not null => null,
        Verdict.Unanchored when finding.IsGood => "--remembered COUNT:HASH, as an earlier verification printed it as head, or cc-console audit pull",
        Verdict.Torn => "a crash leaves such an end, and the agent attests it at its next start: verify again then",
        _ => "keep these bytes as they are, and hold them against the copies elsewhere: the console's (cc-console audit pull --deep), the collector's, another console's",
    };

    private static string At(Verdict verdict) => verdict switch
    {
        Verdict.Torn => "it is incomplete, as a crash leaves the last line",
        Verdict.Hash => "it was changed after it was written, or damaged",
        Verdict.Link => "it does not belong behind the entry before it",
        Verdict.Gap => "entries before it are missing",
        Verdict.Duplicate => "it was put in a second time",
        _ => "it is no entry as the agent writes them",
    };

    private static string Lost(ChainFinding finding)
    {
        var (first, last) = (finding.First + finding.Result.Verified, finding.Anchor!.Head.Count - 1);
        return first == last ? $"{Entry(first)} was" : $"{Entries(first, last)} were";
    }

    private static string Entry(long seq) => string.Create(CultureInfo.InvariantCulture, $"#{seq}");

    private static string Entries(long first, long last) => first == last ? Entry(first) : $"{Entry(first)} to {Entry(last)}";

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
