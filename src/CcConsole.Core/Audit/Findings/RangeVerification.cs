using System.Text.Json;
using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit.Findings;

/// <summary>
/// Verifies some entries of a chain and their neighbours' links, without verifying the others: theirs is only what the tree says, where a
/// checkpoint behind the range signs its root. Whether the key was the one in force only a verification of the whole shows.
/// </summary>
public sealed class RangeVerification
{
    private readonly ChainRange _range;
    private readonly RememberedHead? _remembered;
    private readonly AnnouncedKeys _keys = new();
    private CompactRange? _tree;
    private ChainVerifier? _verifier;
    private Hash32? _carried;
    private long _first, _next;
    private bool _begun, _held, _parted, _follows;
    private RangeCheckpoint? _signed;

    private RangeVerification(ChainRange range, RememberedHead? remembered) => (_range, _remembered) = (range, remembered);

    /// <summary>Reads a chain as far as the range and the next checkpoint need.</summary>
    /// <param name="chain">The chain from its first line.</param>
    /// <param name="range">What to verify.</param>
    /// <param name="remembered">What was known of the chain before, if anything.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="ProblemException">The chain ends before the range, or begins after it.</exception>
    public static RangeFinding Verify(Stream chain, ChainRange range, RememberedHead? remembered = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(chain);
        ArgumentNullException.ThrowIfNull(range);
        var verification = new RangeVerification(range, remembered);
        // A line that is longer is none of an entry: cut, it shows as that.
        var buffer = new byte[4 * (EntryLimits.MaxLineBytes + 2)];
        var filled = 0;
        for (var more = true; more;)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = chain.Read(buffer.AsSpan(filled));
            filled += read;
            var rest = buffer.AsSpan(0, filled);
            while (more && rest.IndexOf((byte)'\n') is var feed and >= 0)
            {
                more = verification.Line(rest[..(feed + 1)]);
                rest = rest[(feed + 1)..];
            }
            if (read == 0 || (rest.Length == buffer.Length && more))
            {
                more = more && !rest.IsEmpty && verification.Line(rest) && read > 0;
                rest = default;
            }
            rest.CopyTo(buffer);
            filled = rest.Length;
        }
        return verification.Finish();
    }

    /// <param name="text">A line with its line feed; the last one may have none.</param>
    /// <returns>Whether more is needed.</returns>
    private bool Line(ReadOnlySpan<byte> text)
    {
        var line = text.EndsWith("\n"u8) ? text[..^1] : text;
        if (!_begun)
        {
            _begun = true;
            _first = _next = Member(line, "seq"u8) is { } seq && long.TryParse(seq, out var number) && number > 0 ? number : 0;
            _tree = _first == 0 ? new CompactRange() : null;
            if (_range.From < _first)
                throw new ProblemException($"the chain begins with #{_first} here", "give --from and --to within it");
        }
        var at = _next++;
        var audit = line.IndexOf("\"event\": \"audit."u8) >= 0;
        if (at > _range.To && audit && Signs(line, at))
            return false;
        if (at < _range.From)
            _carried = at == _range.From - 1 ? Hash(Member(line, "hash"u8)) : null;
        else if (at <= _range.To)
            Take(text, line, at);
        else if (at == _range.To + 1)
            _parted = _verifier!.IsGood && !(_follows = Hash(Member(line, "prev_hash"u8)) == _verifier.Head);
        if (audit && VerifierKey.TryParse(Member(line, "vkey"u8), out var key))
            _keys.Add(key);
        if (line.Length > EntryLimits.MaxLineBytes)
            _tree = null;
        _tree?.Append(MerkleHash.Leaf(line));
        // Behind the range only a checkpoint is looked for, and one is not to come without keys or tree.
        return at <= _range.To || (!_parted && _tree is not null && _keys.Name is not null);
    }

    private void Take(ReadOnlySpan<byte> text, ReadOnlySpan<byte> line, long at)
    {
        _verifier ??= at == 0 ? ChainVerifier.Start() : ChainVerifier.Start(_carried ?? Hash(Member(line, "prev_hash"u8)) ?? default, at);
        // What was remembered is the entry before the range, which the range's first entry names.
        if (_remembered is not null && at == _range.From && _remembered.Count == at)
            _held = Hash(Member(line, "prev_hash"u8)) == _remembered.Hash;
        _verifier.Append(text);
        if (_remembered is not null && _remembered.Count == at + 1)
            _held = _verifier.IsGood && _verifier.Head == _remembered.Hash;
    }

    /// <summary>Whether a line is a checkpoint that signs all lines before it.</summary>
    private bool Signs(ReadOnlySpan<byte> line, long at)
    {
        if (_tree is null || Member(line, "event"u8) != AuditEvents.Checkpoint || !SignedNote.TryParse(Member(line, "note"u8), out var note)
            || !Checkpoint.TryParse(note.Text, out var checkpoint) || checkpoint.Size != at || checkpoint.Root != _tree.Root)
            return false;
        if (checkpoint.Origin != _keys.Name || !_keys.Signed(note))
            return false;
        _signed = new RangeCheckpoint(at, checkpoint);
        return true;
    }

    private RangeFinding Finish()
    {
        if (_verifier is null)
        {
            throw new ProblemException(
                _begun ? $"the chain ends with #{_next - 1}, before #{_range.From}" : "there is no entry",
                "give --from and --to within it");
        }
        var result = _verifier.Finish();
        var range = _range with { To = Math.Min(_range.To, _range.From + result.Entries - 1) };
        return new RangeFinding(Judge(result, range), _first, range, _follows, _signed);
    }

    private VerifyResult Judge(VerifyResult result, ChainRange range)
    {
        result = result with { Anchored = _held };
        var before = range.From - _first;
        var whole = $"{Spelling.Whole(result.Verified)} and linked";
        if (result.FirstBad is { } bad)
            return result with { FirstBad = bad + before, Message = result.Message.Replace($"line {bad}", $"line {bad + before}", StringComparison.Ordinal) };
        if (_parted)
            return result with { Verdict = Verdict.Link, FirstBad = range.To - _first + 2, Message = $"line {range.To - _first + 2} does not follow the last entry of the range" };
        if (_remembered is { } head && head.Count >= range.From && head.Count <= range.To + 1 && head.Count > 0)
        {
            return _held
                ? result with { Verdict = Verdict.Ok, Message = $"{whole}, and {Spelling.Form(result.Verified, "holds or follows", "hold or follow")} the remembered entry #{head.Count - 1}" }
                : result with { Verdict = Verdict.Fork, FirstBad = head.Count - _first, Message = $"line {head.Count - _first} is another entry than the one remembered" };
        }
        if (_remembered is { } missing && missing.Count > range.To + 1 && missing.Count - 1 <= _range.To)
            return result with { Verdict = Verdict.Rollback, FirstBad = range.To - _first + 2, Message = $"the chain ends with #{range.To}, and #{missing.Count - 1} was remembered" };
        return result with
        {
            Verdict = Verdict.Unanchored,
            Message = $"{whole}; " + (_remembered is null ? $"nothing remembered was given to hold {Spelling.Form(result.Verified, "it", "them")} against" : "the remembered entry lies outside of the range"),
        };
    }

    private static Hash32? Hash(string? text) => Hash32.TryParse(text, out var hash) ? hash : null;

    /// <summary>A member of the entry that is text or a number; null when it has none.</summary>
    private static string? Member(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        var json = new Utf8JsonReader(line);
        try
        {
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                    continue;
                var found = json.ValueTextEquals(name);
                json.Read();
                if (!found)
                    json.Skip();
                else if (json.TokenType == JsonTokenType.String)
                    return json.GetString();
                else
                    return json.TokenType == JsonTokenType.Number ? System.Text.Encoding.ASCII.GetString(json.ValueSpan) : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a text with half a surrogate pair: within the range the verification says what it is.
        }
        return null;
    }
}
