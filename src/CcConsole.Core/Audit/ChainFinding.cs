using CcConsole.Core.Audit.Findings;

namespace CcConsole.Core.Audit;

/// <summary>Makes the finding from where a verification ended: what comes first, and in which words.</summary>
internal readonly struct ChainFinding(ChainState state, ChainStart start, RememberedHead? remembered)
{
    /// <summary>Entries before the first line are missing, and no entry tells of that.</summary>
    private bool Unexplained => state.MissingBefore is not null && state.Track.Pruned is null;

    /// <summary>How many entries there were with the last one that is here.</summary>
    private long Count => state.NextSeq;

    public VerifyResult Result()
    {
        var (verdict, firstBad, message) = Verdict();
        var ratchet = state.Track.Ratchet;
        var known = !Unexplained;
        return new VerifyResult(
            state.Entries, known ? state.Verified : 0, known && (state.Verified > 0 || start.Anchored) ? state.Head : null,
            verdict, firstBad, message, known ? state.VerifiedBytes : 0)
        {
            FirstSeq = state.FirstSeq,
            Anchored = start.Anchored || (remembered is not null && (state.RememberedAt == remembered.Count || Follows(remembered))),
            SignedSince = ratchet.SignedSince,
            SignedAt = ratchet.SignedAt,
            Checkpoints = ratchet.Checkpoints,
            LastCheckpoint = ratchet.Last,
            Warnings = state.Track.Warnings,
        };
    }

    private (Verdict Verdict, long? FirstBad, string Message) Verdict()
    {
        if (Unexplained)
        {
            return (Audit.Verdict.Gap, 1,
                $"line 1 has sequence number {state.FirstSeq} where 0 comes next: {state.FirstSeq} missing, and no entry tells that just these were pruned");
        }
        // A torn tail is no excuse for an entry that was there before; an entry tampered with comes first, since all after it is open.
        if (state.Bad is { } bad && (bad.Verdict != Audit.Verdict.Torn || remembered is null))
            return (bad.Verdict, bad.Line, bad.Message);
        if (remembered is not null && Against(remembered) is { } contradiction)
            return contradiction;
        if (state.Bad is { } torn)
            return (torn.Verdict, torn.Line, torn.Message);
        if (state.Track.Overdue is { } overdue)
            return (Audit.Verdict.Overdue, overdue.Line, $"{overdue.Message}{Signed()}");
        var (verdict, message) = Good();
        if (state.Track.Warnings is [var first, ..] warnings)
        {
            return warnings.FirstOrDefault(odd => odd.Of == Audit.Verdict.Clock) is { } clock
                ? (Audit.Verdict.Clock, null, $"{clock.Message}; {message}")
                : (verdict, null, $"{first.Message}; {message}");
        }
        return (verdict, null, message);
    }

    /// <summary>What contradicts the remembered head; null when nothing does.</summary>
    private (Verdict, long?, string)? Against(RememberedHead head)
    {
        var gone = state.FirstSeq;
        if (gone == 0 && head.Genesis is { } genesis && state.First is { } first && genesis != first)
            return (Audit.Verdict.Replaced, 1, "this is another chain than the one remembered: its first entry differs");
        if (Count < head.Count)
            return (Audit.Verdict.Rollback, state.Verified + 1, $"{Count} whole {Spelling.Form(Count, "entry is", "entries are")} here, {head.Count} {Spelling.Form(head.Count, "was", "were")} remembered");
        if (head.Count < gone || Follows(head))
            return null;
        return state.RememberedAt == head.Count
            ? null
            : (Audit.Verdict.Fork, Math.Max(1, head.Count - gone), $"line {Math.Max(1, head.Count - gone)} is another entry than the one remembered");
    }

    /// <summary>Whether what is remembered is the entry before the first that is here, which names it.</summary>
    private bool Follows(RememberedHead head) => state.FirstSeq > 0 && head.Count == state.FirstSeq && (state.MissingBefore ?? start.Previous) == head.Hash;

    private (Verdict Verdict, string Message) Good()
    {
        var here = state.Verified;
        var whole = Spelling.Whole(here);
        if (state.Entries == 0 && !start.Anchored && remembered is null)
            return (Audit.Verdict.Unanchored, "there is no entry: nothing was verified");
        if (start.Anchored)
            return (Audit.Verdict.Ok, $"{whole} and {Spelling.Form(here, "follows", "follow")} the known one{Signed()}");
        var entries = state.FirstSeq > 0
            ? $"{whole} and linked, and {Spelling.Form(here, "follows", "follow")} {state.FirstSeq} that {Spelling.Form(state.FirstSeq, "was", "were")} pruned"
            : $"{whole} and linked";
        if (remembered is null)
            return (Audit.Verdict.Unanchored, $"{entries}; nothing remembered was given to hold {Spelling.Form(here, "it", "them")} against{Signed()}");
        return remembered.Count < state.FirstSeq
            ? (Audit.Verdict.Unanchored, $"{entries}; the remembered entry #{remembered.Count - 1} lies before {Spelling.Form(here, "it", "them")}, and nothing here shows it{Signed()}")
            : (Audit.Verdict.Ok, $"{entries}, and {(Follows(remembered) ? Spelling.Form(here, "follows", "follow") : Spelling.Form(here, "holds", "hold"))} the remembered entry #{remembered.Count - 1}{Signed()}");
    }

    /// <summary>What is signed, as it follows on another sentence.</summary>
    private string Signed()
    {
        if (!state.Track.ChecksSignatures)
            return state.Track.Pruned is null ? "" : "; its signatures were not looked at, since their keys come after them";
        var ratchet = state.Track.Ratchet;
        if (ratchet.SignedSince is null && ratchet.Last is null)
            return "; nothing in it is signed";
        if (ratchet.Last is not { } last)
            return $"; no checkpoint has signed {Spelling.Form(state.Verified, "it", "them")} yet";
        var after = Count - last.Size;
        var checkpoints = ratchet.Checkpoints == 1 ? "1 checkpoint verifies, over" : $"{ratchet.Checkpoints} checkpoints verify, the last over";
        return $"; {checkpoints} the first {last.Size} entries{(after > 1 ? $", not yet over the {after} after them" : "")}";
    }
}
