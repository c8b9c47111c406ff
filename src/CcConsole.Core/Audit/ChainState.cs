using System.Buffers;
using System.Buffers.Text;
using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>
/// Where a verification stands, and the definitive check of one line after another: slower than <see cref="BlockVerifier"/>, but it
/// names the line and the finding. The check agrees with the public Python verifier, or is stricter.
/// </summary>
/// <param name="start">Where the chain is taken up.</param>
/// <param name="remembered">What was known of it before, if anything.</param>
/// <param name="track">What follows the chain's own sayings.</param>
internal sealed class ChainState(ChainStart start, RememberedHead? remembered, ChainTrack track)
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("-0123456789"u8);

    private readonly EntrySorter _sorter = new();
    private readonly Sha256 _hasher = new();
    private readonly List<(SignatureCheck Check, MarkedLine Line, RatchetState Before)> _found = [];
    private byte[]? _chain;
    private PendingSignature? _failed;

    public ChainTrack Track => track;

    /// <summary>Lines seen, the bad one included.</summary>
    public long Entries { get; private set; }

    public long Verified { get; private set; }

    public long VerifiedBytes { get; private set; }

    public Hash32 Head { get; private set; } = start.Previous;

    /// <summary>Sequence number of the first line that is here.</summary>
    public long FirstSeq { get; private set; } = start.NextSeq;

    public long NextSeq => FirstSeq + Verified;

    public Hash32? First { get; private set; }

    /// <summary>How many entries there were with the remembered one, 0 while it has not been seen.</summary>
    public long RememberedAt { get; private set; }

    /// <summary>What the first line names as its predecessor, where entries before it are missing.</summary>
    public Hash32? MissingBefore { get; private set; }

    public (Verdict Verdict, long Line, string Message)? Bad { get; private set; }

    /// <summary>Counts lines after the bad one.</summary>
    public void Count(long lines)
    {
        Entries += lines;
        // Only a last line is torn: what is incomplete and goes on is something else.
        if (Bad is { Verdict: Verdict.Torn } torn && lines > 0)
            Bad = (Verdict.NonCanonical, torn.Line, $"line {torn.Line} is incomplete");
    }

    /// <summary>Takes over the summary of lines that were found good, if they follow on.</summary>
    /// <param name="block">Their summary.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="pending">Takes the signatures that are yet to be checked; null checks them at once.</param>
    public bool TryAdvance(in BlockSummary block, ReadOnlySpan<byte> lines, ICollection<PendingSignature>? pending)
    {
        if (Bad is not null || !block.Good || block.Previous != Head)
            return false;
        if (block.SeqBase is { } seq && seq != NextSeq)
            return false;
        if (block.Chain is not null && _chain is not null && !block.Chain.AsSpan().SequenceEqual(_chain))
            return false;
        if (!track.TryBlock(block, lines, NextSeq, Entries + 1, pending is null ? null : _found))
            return false;
        foreach (var (check, line, before) in _found)
        {
            var head = PreviousOf(lines[line.At..]);
            pending!.Add(new PendingSignature(check, Entries + line.Line + 1, Verified + line.Line, VerifiedBytes + line.At, head, before));
        }
        _found.Clear();
        First ??= block.First;
        if (block.RememberedAt > 0 && RememberedAt == 0)
            RememberedAt = NextSeq + block.RememberedAt;
        _chain ??= block.Chain;
        Entries += block.Lines;
        Verified += block.Lines;
        VerifiedBytes += block.Bytes;
        Head = block.Head;
        return true;
    }

    /// <summary>What a line that was verified names as its predecessor.</summary>
    private static Hash32 PreviousOf(ReadOnlySpan<byte> line) =>
        EntryScanner.Scan(line, out var found) && Hash32.TryParse(line.Slice(found.Previous, Hash32.HexLength), out var previous)
            ? previous
            : throw new InvalidOperationException("the line was verified");

    /// <summary>A signature that was checked later does not hold: the verification ends at its line, wherever it has come to since.</summary>
    public void Fail(PendingSignature pending)
    {
        if (_failed is null || pending.Line < _failed.Value.Line)
            _failed = pending;
    }

    /// <summary>Checks whole lines, up to the first bad one; counts those after it.</summary>
    public void Lines(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            if (Bad is not null)
            {
                Count(lines.Count((byte)'\n'));
                SeekPrune(lines);
                return;
            }
            var length = lines.IndexOf((byte)'\n') + 1;
            Line(lines[..length], terminated: true);
            lines = lines[length..];
        }
    }

    /// <param name="text">One line and a line feed, which need not be part of the chain's bytes: see <paramref name="terminated"/>.</param>
    /// <param name="terminated">Whether the line feed stands in the chain.</param>
    public void Line(ReadOnlySpan<byte> text, bool terminated)
    {
        Count(1);
        if (Bad is null)
            Check(text, terminated);
        if (Bad is not null)
            SeekPrune(text);
    }

    private void Check(ReadOnlySpan<byte> text, bool terminated)
    {
        var line = text[..^1];
        var good = EntryScanner.Scan(text, out var found);
        scoped ReadOnlySpan<byte> unhashed = default;
        if (good && !found.InOrder && !_sorter.TrySort(line, out unhashed))
        {
            found.Fault = LineFault.Duplicate;
            good = false;
        }
        if (!good)
        {
            var (verdict, message) = LineText.Explain(line, found, Entries, terminated);
            Bad = (verdict, Entries, message);
            return;
        }
        if (found.Hash == 0)
        {
            Bad = (Verdict.Hash, Entries, $"line {Entries} has no hash of its own");
            return;
        }
        if (found.InOrder)
            _hasher.Append(line[..found.Unhashed]);
        _hasher.Append(found.InOrder ? "}"u8 : unhashed);
        var hash = _hasher.Finish();
        if (!Hash32.TryParse(line.Slice(found.Hash, Hash32.HexLength), out var named) || named != hash)
            Bad = (Verdict.Hash, Entries, $"line {Entries} is not what its hash was made of");
        else if (Follows(line, found, hash) is { } bad)
            Bad = (bad.Verdict, Entries, bad.Message);
        else if (track.Line(line, found, NextSeq, Entries) is { } finding)
            Bad = (finding.Verdict, Entries, $"line {Entries} {finding.What}");
        else
            Advance(line, found, hash, terminated);
    }

    /// <summary>
    /// Behind a bad line, that one included: looks for the entry that tells of those before the first. It need not follow on, only be what its hash
    /// was made of: what is there is verified with what it says, and ends at the bad line all the same.
    /// </summary>
    private void SeekPrune(ReadOnlySpan<byte> lines)
    {
        while (track.SeeksPrune && lines.IndexOf("\"event\": \"audit.prune\""u8) is var at and >= 0)
        {
            var from = lines[..at].LastIndexOf((byte)'\n') + 1;
            var length = lines[from..].IndexOf((byte)'\n') + 1;
            var line = lines.Slice(from, length);
            if (EntryScanner.Scan(line, out var found) && found is { InOrder: true, Hash: > 0 }
                && EntryMarks.Of(line.Slice(found.Event, found.EventLength)) == EntryMark.Prune)
            {
                _hasher.Append(line[..found.Unhashed]);
                _hasher.Append("}"u8);
                var hash = _hasher.Finish();
                if (Hash32.TryParse(line.Slice(found.Hash, Hash32.HexLength), out var named) && named == hash)
                    track.Prune(line[..^1]);
            }
            lines = lines[(from + length)..];
        }
    }

    private void Advance(ReadOnlySpan<byte> line, in EntryLine found, Hash32 hash, bool terminated)
    {
        Verified++;
        VerifiedBytes += terminated ? line.Length + 1 : 0;
        Head = hash;
        First ??= hash;
        if (remembered is not null && hash == remembered.Hash && RememberedAt == 0)
            RememberedAt = NextSeq;
        if (_chain is null && found.ChainLength > 0)
            _chain = line.Slice(found.Chain, found.ChainLength).ToArray();
    }

    /// <summary>Null when the entry is the one that comes next.</summary>
    private (Verdict Verdict, string Message)? Follows(ReadOnlySpan<byte> line, in EntryLine found, Hash32 hash)
    {
        var expected = NextSeq;
        var seq = expected;
        if (found.SeqLength > 0 && !TryWhole(line.Slice(found.Seq, found.SeqLength), out seq))
            return (Verdict.NonCanonical, $"line {Entries} has a seq that is no whole number");
        if (seq > expected && start.MayBePruned && Entries == 1 && seq < long.MaxValue
            && found.Previous > 0 && Hash32.TryParse(line.Slice(found.Previous, Hash32.HexLength), out var missing) && missing != default)
        {
            // Its first entries are gone: an entry must tell of that, or it is a gap.
            (FirstSeq, Head, MissingBefore) = (seq, missing, missing);
            track.Miss(missing, seq);
            expected = seq;
        }
        if (seq > expected)
            return (Verdict.Gap, $"line {Entries} has sequence number {seq} where {expected} comes next: {seq - expected} missing");
        if (seq < expected || (Verified > 0 && hash == Head))
            return (Verdict.Duplicate, $"line {Entries} repeats an entry that came before");
        if (found.Previous == 0 || !Hash32.TryParse(line.Slice(found.Previous, Hash32.HexLength), out var previous))
            return (Verdict.Link, $"line {Entries} does not name the entry before it");
        if (previous != Head)
        {
            return (Verdict.Link, Verified == 0 && Head == default
                ? $"line {Entries} is not the first entry of a chain: it names another before it"
                : $"line {Entries} does not follow the entry before it");
        }
        if (_chain is not null && found.ChainLength > 0 && !line.Slice(found.Chain, found.ChainLength).SequenceEqual(_chain))
            return (Verdict.Link, $"line {Entries} belongs to another chain");
        return null;
    }

    /// <summary>A whole number in canonical spelling; one beyond 64 bits counts as the largest.</summary>
    internal static bool TryWhole(ReadOnlySpan<byte> text, out long value)
    {
        if (Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length)
            return true;
        value = text[0] == '-' ? long.MinValue : long.MaxValue;
        return !text.ContainsAnyExcept(Digits);
    }

    /// <summary>The finding over all that was seen.</summary>
    public VerifyResult Result()
    {
        if (_failed is { } failed)
            return Ended(failed);
        if (Bad is null)
            track.End(NextSeq, Entries);
        return new ChainFinding(this, start, remembered).Result();
    }

    private VerifyResult Ended(PendingSignature failed) => new(
        Entries, failed.Verified, failed.Verified == 0 && !start.Anchored ? null : failed.Head, Verdict.BadSig, failed.Line,
        $"line {failed.Line} is a checkpoint whose signature does not verify", failed.VerifiedBytes)
    {
        FirstSeq = FirstSeq,
        Anchored = start.Anchored || remembered is not null,
        SignedSince = failed.Before.SignedSince,
        SignedAt = failed.Before.SignedAt,
        Checkpoints = failed.Before.Checkpoints,
        LastCheckpoint = failed.Before.Last,
        Warnings = [.. track.Warnings.Where(warning => warning.Line < failed.Line)],
    };
}
