using System.Buffers;
using System.Buffers.Text;

namespace CcConsole.Core.Audit;

/// <summary>
/// Where a verification stands, and the definitive check of one line after another: slower than <see cref="BlockVerifier"/>, but it
/// names the line and the finding. The check agrees with the public Python verifier, or is stricter.
/// </summary>
internal sealed class ChainState(Hash32 previous, long nextSeq, RememberedHead? remembered)
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("-0123456789"u8);

    private readonly EntrySorter _sorter = new();
    private readonly Sha256 _hasher = new();
    private byte[]? _chain;

    /// <summary>Lines seen, the bad one included.</summary>
    public long Entries { get; private set; }

    public long Verified { get; private set; }

    public long VerifiedBytes { get; private set; }

    public Hash32 Head { get; private set; } = previous;

    public long NextSeq => nextSeq + Verified;

    public Hash32? First { get; private set; }

    /// <summary>1-based position of the remembered hash, 0 while it has not been seen.</summary>
    public long RememberedAt { get; private set; }

    /// <summary>The value of <c>chain</c> with its quotes; empty before an entry named one.</summary>
    public ReadOnlySpan<byte> Chain => _chain;

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
    public bool TryAdvance(in BlockSummary block)
    {
        if (Bad is not null || !block.Good || block.Previous != Head)
            return false;
        if (block.SeqBase is { } seq && seq != NextSeq)
            return false;
        if (block.Chain is not null && _chain is not null && !block.Chain.AsSpan().SequenceEqual(_chain))
            return false;
        First ??= block.First;
        if (block.RememberedAt > 0 && RememberedAt == 0)
            RememberedAt = Verified + block.RememberedAt;
        _chain ??= block.Chain;
        Entries += block.Lines;
        Verified += block.Lines;
        VerifiedBytes += block.Bytes;
        Head = block.Head;
        return true;
    }

    /// <summary>Checks whole lines, up to the first bad one; counts those after it.</summary>
    public void Lines(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            if (Bad is not null)
            {
                Count(lines.Count((byte)'\n'));
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
        if (Bad is not null)
            return;
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
        else
            Advance(line, found, hash, terminated);
    }

    private void Advance(ReadOnlySpan<byte> line, in EntryLine found, Hash32 hash, bool terminated)
    {
        Verified++;
        VerifiedBytes += terminated ? line.Length + 1 : 0;
        Head = hash;
        First ??= hash;
        if (remembered is not null && hash == remembered.Hash && RememberedAt == 0)
            RememberedAt = Verified;
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
    /// <param name="anchored">Whether it was started from a known entry.</param>
    public VerifyResult Result(bool anchored)
    {
        var (verdict, firstBad, message) = Finding(anchored);
        return new VerifyResult(Entries, Verified, Verified == 0 && !anchored ? null : Head, verdict, firstBad, message, VerifiedBytes);
    }

    private (Verdict Verdict, long? FirstBad, string Message) Finding(bool anchored)
    {
        // A torn tail is no excuse for an entry that was there before; an entry tampered with comes first, since all after it is open.
        if (Bad is { } bad && (bad.Verdict != Verdict.Torn || remembered is null))
            return (bad.Verdict, bad.Line, bad.Message);
        if (remembered is not null)
        {
            if (remembered.Genesis is { } genesis && First is { } first && genesis != first)
                return (Verdict.Replaced, 1, "this is another chain than the one remembered: its first entry differs");
            if (Verified < remembered.Count)
                return (Verdict.Rollback, Verified + 1, $"{Verified} whole entries are here, {remembered.Count} were remembered");
            if (RememberedAt != remembered.Count)
                return (Verdict.Fork, remembered.Count, $"line {remembered.Count} is another entry than the one remembered");
            if (Bad is { } torn)
                return (torn.Verdict, torn.Line, torn.Message);
            return (Verdict.Ok, null, $"{Verified} entries are whole and linked, and hold the remembered entry {remembered.Count}");
        }
        return anchored
            ? (Verdict.Ok, null, $"{Verified} entries are whole and follow the known one")
            : (Verdict.Unanchored, null, $"{Verified} entries are whole and linked; nothing remembered was given to hold them against");
    }
}
