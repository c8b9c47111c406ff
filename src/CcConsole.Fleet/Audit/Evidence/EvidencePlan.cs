namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>Which entries a selection needs beside it, to be proven.</summary>
internal sealed record EvidencePlan
{
    /// <summary>At most so many entries are given only to link those after the last checkpoint to the head.</summary>
    public const int MostLinks = 10_000;

    /// <summary>The selected entries, ascending.</summary>
    public required IReadOnlyList<long> Selected { get; init; }

    /// <summary>The checkpoints that are given, ascending; the last is the newest of the chain. None when nothing can be proven.</summary>
    public required IReadOnlyList<SignedCheckpoint> Checkpoints { get; init; }

    /// <summary>Those of them that prove a selected entry, being the first after it, and the newest.</summary>
    public required IReadOnlyList<SignedCheckpoint> Proving { get; init; }

    /// <summary>Whether every step from the chain's first key on is given.</summary>
    public required bool WholeRatchet { get; init; }

    /// <summary>The first of the entries that link what no checkpoint covers to the head, which is the last; null when none are given.</summary>
    public long? LinksFrom { get; init; }

    /// <summary>How many entries that would take, given or not.</summary>
    public long LinksNeeded { get; init; }

    /// <summary>How many of the selected entries a checkpoint covers.</summary>
    public required int Proven { get; init; }

    /// <summary>The entries that announced the keys; 0, the genesis entry, is not among them.</summary>
    public IEnumerable<long> Announcements => Checkpoints.Select(checkpoint => checkpoint.Key).Where(seq => seq > 0);

    /// <summary>How many entries the newest checkpoint signs; 0 without one.</summary>
    public long Size => Checkpoints is [.., var newest] ? newest.Seq : 0;

    /// <summary>The newest checkpoint, where it was selected itself: what it signs was verified, and itself only the one after it signs. Null where it was not.</summary>
    public long? LastCheckpoint => Size > 0 && Proven < Selected.Count && Selected[Proven] == Size ? Size : null;

    /// <param name="survey">What the copy has.</param>
    /// <param name="selected">The selected entries, ascending.</param>
    /// <param name="head">The last entry of the copy.</param>
    /// <param name="before">Checkpoints from this sequence on are not used.</param>
    /// <param name="everyStep">Whether the ratchet is given whole however long it is.</param>
    public static EvidencePlan Make(ChainSurvey survey, IReadOnlyList<long> selected, long head, long before, bool everyStep)
    {
        List<SignedCheckpoint> usable = survey.CanProve ? [.. survey.Checkpoints.TakeWhile(checkpoint => checkpoint.Seq < before)] : [];
        List<SignedCheckpoint> proving = [];
        int proven = 0, at = 0;
        foreach (long seq in selected)
        {
            while (at < usable.Count && usable[at].Seq <= seq)
            {
                at++;
            }

            if (at == usable.Count)
            {
                break;
            }

            proven++;
            if (proving.Count == 0 || proving[^1] != usable[at])
            {
                proving.Add(usable[at]);
            }
        }

        if (usable.Count > 0 && (proving.Count == 0 || proving[^1] != usable[^1]))
        {
            proving.Add(usable[^1]);
        }

        bool whole = survey.SignedSince is not null && usable.Count > 0 && (everyStep || usable.Count <= EvidenceRequest.ShortRatchet);
        long from = usable.Count > 0 ? usable[^1].Seq - 1 : proven < selected.Count ? selected[proven] : 0;
        long needed = proven < selected.Count ? head - from + 1 : 0;
        return new EvidencePlan
        {
            Selected = selected,
            Checkpoints = whole ? usable : proving,
            Proving = proving,
            WholeRatchet = whole,
            Proven = proven,
            LinksNeeded = needed,
            LinksFrom = needed is > 0 and <= MostLinks ? from : null,
        };
    }

    /// <summary>The entries that are given and that the newest checkpoint covers.</summary>
    public IEnumerable<long> Leaves(bool genesis, long first) => Selected
        .Concat(Checkpoints.Select(checkpoint => checkpoint.Seq))
        .Concat(Announcements)
        .Concat(genesis ? [0] : [])
        .Concat(LinksFrom is { } from ? [Math.Max(from, first)] : [])
        .Where(seq => seq < Size);
}
