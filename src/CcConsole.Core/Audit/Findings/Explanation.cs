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
    /// <summary>On what every signature of a ratchet rests, and what none of them shows.</summary>
    public const string EarlierKeys =
        "that the agent destroyed each key when the next took its place, as it is built to, no signature shows: who got an earlier one, from a snapshot or a backup of its "
        + "files, a file system that copies on write or an SSD that keeps what was overwritten, can write anew and sign what came after it";

    /// <summary>The words for a finding.</summary>
    public static Explanation Of(VerifyFinding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return new Explanation([.. Proofs.Of(finding)], [.. Doubts.Of(finding)], Step(finding));
    }

    private static string? Step(VerifyFinding finding) => finding.Result.Verdict switch
    {
        _ when finding.Conflict is not null => "look at both versions (cc-console audit heads names the folder), find out what happened on the host, then: cc-console audit resolve",
        _ when finding.Alarms.Count > 0 => "find out what happened on the host, and hold the log against a console's copy: cc-console audit verify --live",
        Verdict.Ok or Verdict.Clock => null,
        Verdict.Unanchored when finding.Range is not null => null,
        Verdict.Unanchored when finding.Anchor is not null => "give a head that lies among these entries, or verify a copy that begins before the one remembered",
        Verdict.Unanchored => "keep the head, and give it as --remembered the next time; or let a console remember: cc-console audit pull",
        Verdict.Torn => "a crash leaves such an end, and the agent attests it at its next start: verify again then",
        Verdict.Overdue => "see whether the agent's daemon runs, and what the chain says of that time: agent.stopped, agent.started, audit.gap",
        Verdict.Stale => "take what is new: cc-console audit pull",
        _ => "keep these bytes as they are, and hold them against copies elsewhere: a console's (cc-console audit verify --live), the collector's",
    };
}
