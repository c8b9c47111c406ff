using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Findings;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>What a verification of the cached copy of a host's chain found; made without the host.</summary>
/// <param name="Head">The remembered head.</param>
/// <param name="Result">The finding over every line of the copy, held against that head.</param>
/// <param name="Conflict">A contradiction by the host that no one has resolved; null when there is none.</param>
public sealed record CopyVerification(ChainHead Head, VerifyResult Result, ChainConflict? Conflict)
{
    /// <summary>The same with what it was held against: for the words of <see cref="VerifyFinding.Explain"/>.</summary>
    public VerifyFinding Finding => new()
    {
        Result = Result,
        Anchor = new ChainAnchor(AnchorSource.Copy, new RememberedHead(Head.Seq + 1, Hash32.Parse(Head.Hash), Hash32.Parse(Head.GenesisHash)), Head.LastSeen),
        Conflict = Conflict?.Message,
        TakenAt = Head.LastSeen,
    };

    /// <summary>True when the copy is whole and nothing contradicts it.</summary>
    public bool IsGood => Result.Verdict is Verdict.Ok or Verdict.Clock && Conflict is null;

    /// <summary>
    /// What was found of a copy, held against where the copy began: a chain that says it was pruned is whole without its first entries, a copy that
    /// held them is not.
    /// </summary>
    /// <param name="result">What its lines say.</param>
    /// <param name="first">Sequence of the first line that is there.</param>
    /// <param name="head">The copy.</param>
    public static VerifyResult FromItsStart(VerifyResult result, long first, ChainHead head)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(head);
        return first <= head.First ? result : result with
        {
            Verdict = Verdict.Gap,
            FirstBad = 1,
            Message = $"line 1 is entry #{first}, and the copy began with #{head.First}: {first - head.First} are gone from this console's cache",
            Verified = 0,
            VerifiedBytes = 0,
            Head = null,
            SignedSince = null,
            Checkpoints = 0,
            LastCheckpoint = null,
            Warnings = [],
        };
    }
}
