using System.Text.Json;
using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>
/// What a verified chain says of itself, followed entry by entry or block by block: its tree, its keys and checkpoints, its clocks. Entries
/// come here only when they are whole and linked.
/// </summary>
internal sealed class ChainTrack
{
    private const int MostWarnings = 20;

    private readonly RatchetVerifier? _ratchet;
    private readonly List<VerifyWarning> _warnings = [];
    private readonly long _remembered;
    private CompactRange? _tree;
    private ChainClock _clock;
    private CheckpointDue _due;
    private LateCheckpoint? _overdue;
    // With how many entries in a row segments began up to the one that comes next, and the clocks before: they may be the first of a start, long after the run before.
    private (long Next, int Entries, EntryClock? Before) _rotated;
    private (Hash32 Previous, long NextSeq)? _missing;

    /// <param name="known">Where the chain is taken up; null for its first entry.</param>
    /// <param name="signatures">Whether checkpoints are held against the chain's keys: not where neither its first entry nor its keys are known.</param>
    /// <param name="tree">Whether the tree is followed from the first entry on.</param>
    /// <param name="remembered">What was known of the chain before, if anything.</param>
    public ChainTrack(KnownChain? known, bool signatures, bool tree, RememberedHead? remembered = null)
    {
        _remembered = remembered is { ByHost: false } ? remembered.Count : 0;
        _tree = known?.Tree?.Copy() ?? (known is null && tree ? new CompactRange() : null);
        if (signatures)
            _ratchet = new RatchetVerifier(known?.Ratchet ?? default);
        if (known is not null && _ratchet is { HasKey: true })
            _due.Restart(known.Since, new EntryClock(-1, -1));
    }

    /// <summary>Whether the leaves of what follows are wanted.</summary>
    public bool WantsLeaves => _tree is not null;

    /// <summary>Whether the chain says that it is signed, so far.</summary>
    public bool HasKey => _ratchet is { HasKey: true };

    /// <summary>A chain that became signed later than at its first entry: its tree is wanted from the first entry on, and was not followed.</summary>
    public bool MissesTree { get; private set; }

    public RatchetState Ratchet => _ratchet?.State ?? default;

    /// <summary>What was not signed in time, and is not covered by what is remembered.</summary>
    public LateCheckpoint? Overdue => _overdue;

    public IReadOnlyList<VerifyWarning> Warnings => _warnings.Count == 0 ? [] : [.. _warnings];

    /// <summary>What an entry told of the entries before the first one that is left.</summary>
    public KnownChain? Pruned { get; private set; }

    /// <summary>Whether checkpoints are held against the chain's keys.</summary>
    public bool ChecksSignatures => _ratchet is not null && _missing is null;

    /// <summary>Whether entries before the first are missing, and none has told of that yet.</summary>
    public bool SeeksPrune => _missing is not null && Pruned is null;

    /// <summary>The chain's first entries are gone: neither its tree nor its keys are known before an entry tells of them.</summary>
    public void Miss(Hash32 previous, long nextSeq) => (_missing, _tree) = ((previous, nextSeq), null);

    /// <summary>Leaves the tree to another pass: none of the entries so far says that the chain is signed.</summary>
    public void DropTree() => _tree = null;

    public KnownChain Known(Hash32 head, long nextSeq) => new(head, nextSeq, _tree?.Copy(), Ratchet, _due.Since);

    /// <summary>One entry.</summary>
    /// <param name="line">The line without its line feed.</param>
    /// <param name="found">What the scan found in it.</param>
    /// <param name="seq">Its sequence number.</param>
    /// <param name="number">Its 1-based line.</param>
    public Finding? Line(ReadOnlySpan<byte> line, in EntryLine found, long seq, long number)
    {
        var clock = EntryClock.Of(line, found);
        var mark = EntryMarks.Of(line.Slice(found.Event, found.EventLength));
        // Another boot's clock begins anew; a start sees to that.
        if (mark is not (EntryMark.Started or EntryMark.Healed or EntryMark.Rotated) && clock.IsKnown && _clock.OfRun is { } before && clock.Mono < before.Mono)
            _due.GoesBack(number - 1, before);
        if (mark != EntryMark.None && Marked(mark, line, clock, _clock.OfRun, seq, number, null) is { } finding)
            return finding;
        _tree?.Append(MerkleHash.Leaf(line));
        Take(clock, number, EntryMarks.IsOfChain(line.Slice(found.Event, found.EventLength)));
        return null;
    }

    /// <summary>A block whose lines follow on; nothing has moved when it returns false, and its lines are to be gone over one by one.</summary>
    /// <param name="block">Its summary.</param>
    /// <param name="lines">Its bytes.</param>
    /// <param name="seq">Sequence number of its first line.</param>
    /// <param name="number">1-based number of its first line.</param>
    /// <param name="checks">Takes the signatures that are yet to be checked, with their lines in the block; null checks them at once.</param>
    public bool TryBlock(in BlockSummary block, ReadOnlySpan<byte> lines, long seq, long number, List<(SignatureCheck Check, MarkedLine Line, RatchetState Before)>? checks)
    {
        if (_tree is not null && block.Tree is null)
            return false;
        var before = (_clock, _due, _overdue, _rotated, Ratchet, Warnings: _warnings.Count, Tree: block.Marks.Length > 0 ? _tree?.Copy() : null);
        if (Block(block, lines, seq, number, checks))
            return true;
        (_clock, _due, _overdue, _rotated) = (before._clock, before._due, before._overdue, before._rotated);
        if (_ratchet is not null)
            _ratchet.State = before.Ratchet;
        _warnings.RemoveRange(before.Warnings, _warnings.Count - before.Warnings);
        _tree = before.Tree ?? _tree;
        checks?.Clear();
        return false;
    }

    /// <summary>The end of what there is.</summary>
    /// <param name="nextSeq">How many entries there are, with those that are gone.</param>
    /// <param name="lines">How many lines.</param>
    public void End(long nextSeq, long lines)
    {
        if (HasKey)
            Ends(nextSeq, lines + 1, _clock.OfRun, ended: false);
    }

    private bool Block(in BlockSummary block, ReadOnlySpan<byte> lines, long seq, long number, List<(SignatureCheck, MarkedLine, RatchetState)>? checks)
    {
        var (subtrees, cut, spans) = (0, 0, 0);
        // The first span is that of the lines before the first start in the block.
        if (!_clock.TrySpan(block.Clocks[spans++]))
            return false;
        foreach (var marked in block.Marks)
        {
            var line = lines.Slice(marked.At, marked.Length);
            if (marked.Mark == EntryMark.Checkpoint && _tree is not null)
                Append(block.Tree!, ref subtrees, block.Tree!.Cuts[cut++]);
            var state = Ratchet;
            Action<SignatureCheck>? later = checks is null ? null : check => checks.Add((check, marked, state));
            var before = marked.Line == 0 ? _clock.OfRun : marked.Before;
            if (Marked(marked.Mark, line, marked.Clock, before, seq + marked.Line, number + marked.Line, later) is not null)
                return false;
            if (BlockVerifier.BeginsSpan(marked.Mark) && !_clock.TrySpan(block.Clocks[spans++]))
                return false;
        }
        if (_tree is not null)
            Append(block.Tree!, ref subtrees, block.Tree!.Subtrees.Count);
        return true;
    }

    private void Append(BlockTree tree, ref int done, int end)
    {
        for (; done < end; done++)
            _tree!.Append(tree.Subtrees[done].Root, tree.Subtrees[done].Level);
    }

    private Finding? Marked(EntryMark mark, ReadOnlySpan<byte> line, EntryClock clock, EntryClock? before, long seq, long number, Action<SignatureCheck>? later)
    {
        switch (mark)
        {
            case EntryMark.Healed:
                Starts(seq, number, clock, before);
                _clock.Heal(begins: true);
                return null;
            case EntryMark.Rotated:
                _rotated = _rotated.Next == seq ? (seq + 1, _rotated.Entries + 1, _rotated.Before) : (seq + 1, 1, before);
                _clock.Heal(begins: false);
                return null;
            case EntryMark.Prune:
                Prune(line);
                return null;
        }
        using var entry = EntryValues.Parse(line);
        var said = entry?.RootElement ?? default;
        if (mark == EntryMark.Started || (mark == EntryMark.Genesis && seq == 0))
        {
            Starts(seq, number, clock, before);
            _clock.Start(entry is null ? null : said.Text("boot_id"u8));
        }
        return _ratchet is null || _missing is not null ? null : Signed(mark, entry is null ? null : said, clock, seq, number, later);
    }

    private Finding? Signed(EntryMark mark, JsonElement? said, EntryClock clock, long seq, long number, Action<SignatureCheck>? later)
    {
        var had = HasKey;
        Finding? finding = null;
        switch (mark)
        {
            case EntryMark.Genesis when seq == 0:
                finding = _ratchet!.Begin(said?.Text("vkey"u8), said?.Text("chain"u8), TimeOf(clock));
                break;
            case EntryMark.KeyNext:
                finding = _ratchet!.Announce(said?.Text("vkey"u8), said?.Text("chain"u8), seq, TimeOf(clock));
                break;
            case EntryMark.Checkpoint:
                Look(seq, number, clock, ended: true);
                finding = _ratchet!.Seal(said?.Text("note"u8), seq, _tree?.Root, TimeOf(clock), later);
                _due.Restart(seq, clock);
                break;
        }
        MissesTree |= HasKey && _tree is null;
        if (HasKey && !had)
            _due.Restart(seq, clock);
        return finding;
    }

    /// <summary>An entry that may tell of those that are missing.</summary>
    public void Prune(ReadOnlySpan<byte> line)
    {
        if (_missing is { } missing && Pruned is null)
            Pruned = PrunedStart.Read(line, missing.Previous, missing.NextSeq);
    }

    /// <summary>Looks whether a checkpoint was due at an entry.</summary>
    /// <param name="seq">The entry's sequence number.</param>
    /// <param name="number">Its 1-based line.</param>
    /// <param name="clock">Its clocks, or of the last one that has any.</param>
    /// <param name="ended">Whether what was not signed in time ends here: by a checkpoint, or the start of another run.</param>
    private void Look(long seq, long number, EntryClock? clock, bool ended)
    {
        if (_due.Look(seq, number, clock) is not { } late)
            return;
        var from = Math.Max(1, number - (seq - (Ratchet.Last?.Size ?? Ratchet.SignedSince ?? seq)));
        var found = new LateCheckpoint(from, $"from line {from} on it was not signed in time: line {late.Line} {late.What}");
        if (!ended || seq >= _remembered)
            _overdue ??= found;
        else
            Warn(new VerifyWarning(from, $"{found.Message}; what is remembered covers it", Verdict.Overdue));
    }

    /// <summary>A run ends before this entry.</summary>
    private void Starts(long seq, long number, EntryClock clock, EntryClock? before)
    {
        if (!HasKey)
            return;
        Ends(seq, number, before, ended: true);
        _due.Restart(seq, clock);
    }

    /// <summary>Looks whether a checkpoint was due at the end of a run: before the new segments that it ends with, if any.</summary>
    /// <param name="next">The sequence number of what follows.</param>
    /// <param name="number">Its 1-based line.</param>
    /// <param name="last">The clocks of the entry before it.</param>
    /// <param name="ended">As <see cref="Look"/> takes it.</param>
    private void Ends(long next, long number, EntryClock? last, bool ended)
    {
        var (begun, before) = _rotated.Next == next ? (_rotated.Entries, _rotated.Before) : (0, last);
        if (number - 1 > begun)
            Look(next - 1 - begun, number - 1 - begun, before, ended);
    }

    private void Take(EntryClock clock, long number, bool ofChain)
    {
        if (_clock.Take(clock, ofChain) is { } warning)
            Warn(new VerifyWarning(number, $"line {number} {warning}"));
    }

    /// <summary>Each kind has its own limit: many of one do not hide another.</summary>
    private void Warn(VerifyWarning warning)
    {
        if (_warnings.Count(other => other.Of == warning.Of) < MostWarnings)
            _warnings.Add(warning);
    }

    private static DateTimeOffset? TimeOf(EntryClock clock) =>
        clock.Wall < 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(clock.Wall * TimeSpan.TicksPerMicrosecond);
}
