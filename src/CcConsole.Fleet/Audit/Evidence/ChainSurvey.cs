using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit.Evidence;

/// <summary>
/// One way through a copy, which finds what proofs are made of: its checkpoints and the keys that they are signed by. Up to the first that does
/// not continue the ratchet: what is signed after it proves nothing. Signatures and roots are not looked at here.
/// </summary>
internal sealed class ChainSurvey
{
    private readonly List<SignedCheckpoint> _checkpoints = [];
    // By id; two keys of a long chain may share one.
    private readonly Dictionary<uint, List<(long Seq, VerifierKey Key)>> _announced = [];
    private (long Seq, VerifierKey Key)? _inForce, _next;
    private long? _expected;

    /// <summary>The first entry that the copy holds; null for a copy without entries.</summary>
    public ChainLine? First { get; private set; }

    /// <summary>The checkpoints, in order.</summary>
    public IReadOnlyList<SignedCheckpoint> Checkpoints => _checkpoints;

    /// <summary>The entry with the chain's first key, from which on it is signed; null when nothing is signed, or the chain's start is gone.</summary>
    public long? SignedSince { get; private set; }

    /// <summary>The tree before the first entry, of a chain whose start is gone; null when it is not known.</summary>
    public CompactRange? Start { get; private set; }

    /// <summary>The first checkpoint that is none, and why; null when there is none.</summary>
    public (long Seq, string Words)? Bad { get; private set; }

    /// <summary>Whether the copy begins with the genesis entry.</summary>
    public bool HasGenesis => First is { Seq: 0 };

    /// <summary>Whether entries can be proven at all: the tree from the chain's start on is known, and something signs it.</summary>
    public bool CanProve => _checkpoints.Count > 0 && (HasGenesis || Start is not null);

    /// <param name="lines">The copy's lines.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="until">Stops at the first checkpoint that covers this entry.</param>
    /// <param name="first">The first entry that the copy should hold; null for the first line's own.</param>
    public static ChainSurvey Of(IEnumerable<ChainLine> lines, CancellationToken cancellation, long until = long.MaxValue, long? first = null)
    {
        ChainSurvey survey = new() { _expected = first };
        foreach (ChainLine line in lines)
        {
            cancellation.ThrowIfCancellationRequested();
            survey.Take(line);
            if (survey._checkpoints is [.., var last] && last.Seq > until)
            {
                break;
            }
        }

        return survey;
    }

    private void Take(ChainLine line)
    {
        ReadOnlySpan<byte> bytes = line.Bytes.Span;
        if (line.Seq != (_expected ?? line.Seq))
        {
            // No tree can be made over what is not there.
            Bad ??= (_expected!.Value, line.Seq - _expected == 1 ? $"the copy lacks the entry #{_expected}" : $"the copy lacks the entries #{_expected} to #{line.Seq - 1}");
        }

        _expected = line.Seq + 1;
        if (First is null)
        {
            First = line;
            if (line.Seq == 0 && VerifierKey.TryParse(ChainLines.Member(bytes, "vkey"u8), out VerifierKey? key))
            {
                SignedSince = 0;
                Announce(0, key);
            }
        }

        // Most lines are about something else: they are not read.
        if (bytes.IndexOf("\"audit."u8) < 0)
        {
            return;
        }

        switch (ChainLines.Member(bytes, "event"u8))
        {
            case AuditEvents.KeyNext when VerifierKey.TryParse(ChainLines.Member(bytes, "vkey"u8), out VerifierKey? key):
                SignedSince ??= HasGenesis ? line.Seq : null;
                Announce(line.Seq, key);
                break;
            case AuditEvents.Checkpoint when Bad is null:
                Checkpoint(line.Seq, ChainLines.Member(bytes, "note"u8));
                break;
            case AuditEvents.Prune when First is { Seq: > 0 } first && Start is null:
                try
                {
                    Start = TreeAt(line, first.Seq);
                }
                catch (InvalidOperationException)
                {
                    // Half a surrogate pair, which has no text here: no tree.
                }

                break;
        }
    }

    private void Announce(long seq, VerifierKey key)
    {
        if (!_announced.TryGetValue(key.Id, out List<(long, VerifierKey)>? same))
        {
            _announced.Add(key.Id, same = []);
        }

        same.Add((seq, key));
        // The first key of a chain is in force at once; of one whose start is gone it is not known which that is.
        if (_inForce is null && HasGenesis)
        {
            _inForce = (seq, key);
        }
        else
        {
            _next = (seq, key);
        }
    }

    private void Checkpoint(long seq, string? text)
    {
        if (!SignedNote.TryParse(text, out SignedNote? note) || note.Signatures is not [var signature] || !Core.Audit.Checkpoints.Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint))
        {
            Bad = (seq, $"checkpoint #{seq} is no signed note");
            return;
        }

        (long Seq, VerifierKey Key)? by = _inForce is { } key && key.Key.IsBy(signature) ? key
            : _announced.GetValueOrDefault(signature.KeyId)?.LastOrDefault(announced => announced.Key.IsBy(signature)) is { Key: not null } found ? found : null;
        if (by is null && !HasGenesis && _inForce is null)
        {
            // Signed by a key that was announced in the part that is gone: the ones after it are the first that can be held against something.
            _inForce = _next;
            return;
        }

        if (by is not { } known || (_inForce is not null && known != _inForce))
        {
            Bad = (seq, $"checkpoint #{seq} is not signed by the key that was in force");
        }
        else if (checkpoint.Size != seq || checkpoint.Origin != known.Key.Name)
        {
            Bad = (seq, $"checkpoint #{seq} does not sign the entries before it");
        }
        else if (_next is null)
        {
            Bad = (seq, $"checkpoint #{seq} was signed without a next key");
        }
        else
        {
            _checkpoints.Add(new SignedCheckpoint(seq, checkpoint.Root, known.Seq));
            (_inForce, _next) = (_next, null);
        }
    }

    /// <summary>The tree at the start of what a pruned chain still has; null when the entry is about another cut.</summary>
    private static CompactRange? TreeAt(ChainLine line, long first)
    {
        using JsonDocument? document = Parse(line);
        if (document is null)
        {
            return null;
        }

        JsonElement entry = document.RootElement;
        if (!entry.TryGetProperty("last", out JsonElement last) || last.ValueKind != JsonValueKind.Number || !last.TryGetInt64(out long seq) || seq + 1 != first
            || !entry.TryGetProperty("tree", out JsonElement tree) || tree.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        List<Hash32> hashes = [];
        foreach (JsonElement hash in tree.EnumerateArray())
        {
            if (hash.ValueKind != JsonValueKind.String || !Hash32.TryParse(hash.GetString(), out Hash32 value))
            {
                return null;
            }

            hashes.Add(value);
        }

        return hashes.Count == System.Numerics.BitOperations.PopCount((ulong)first) ? CompactRange.From(first, hashes) : null;
    }

    /// <summary>Null for a line that is no JSON, as one that was edited in the cache.</summary>
    private static JsonDocument? Parse(ChainLine line)
    {
        try
        {
            return JsonDocument.Parse(line.Bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
