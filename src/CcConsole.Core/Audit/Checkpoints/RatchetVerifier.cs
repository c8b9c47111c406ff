namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// Holds a chain's checkpoints against its keys. The first entry names the key that signs the first checkpoint; the last announcement before a
/// checkpoint names the one that signs the next. So a key stolen at some time signs nothing of before. Fed the entries that matter, in order.
/// </summary>
internal sealed class RatchetVerifier
{
    private readonly AnnouncedKeys _known = new();
    private RatchetState _state;

    public RatchetVerifier(RatchetState state = default)
    {
        _state = state;
        Know(state.InForce);
        Know(state.Announced);
    }

    /// <summary>Where it stands; may be set back to where it stood before.</summary>
    public RatchetState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>Whether the chain says that it is signed.</summary>
    public bool HasKey => _state.InForce is not null;

    /// <summary>The chain's first entry.</summary>
    /// <param name="vkey">Its key; null when it has none.</param>
    /// <param name="chain">The chain's id, as the entry gives it.</param>
    /// <param name="time">When it was written.</param>
    public Finding? Begin(string? vkey, string? chain, DateTimeOffset? time) => vkey is null ? null : First(vkey, chain, 0, time);

    /// <summary>An announcement of the next key; in a chain without keys it gives the first one.</summary>
    /// <param name="vkey">The key; null when the entry has none.</param>
    /// <param name="chain">The chain's id, as the entry gives it.</param>
    /// <param name="seq">The entry's sequence number.</param>
    /// <param name="time">When it was written.</param>
    public Finding? Announce(string? vkey, string? chain, long seq, DateTimeOffset? time)
    {
        if (_state.InForce is not { } now)
            return First(vkey, chain, seq, time);
        if (!VerifierKey.TryParse(vkey, out var key))
            return new Finding(Verdict.Ratchet, "announces no key that can be read");
        if (key.Name != now.Name)
            return new Finding(Verdict.Ratchet, "announces a key of another name than the chain's");
        Know(key);
        _state = _state with { Announced = key };
        return null;
    }

    /// <summary>A checkpoint.</summary>
    /// <param name="note">Its note; null when the entry has none.</param>
    /// <param name="seq">The entry's sequence number.</param>
    /// <param name="root">The root over all entries before it; null where they are not known.</param>
    /// <param name="time">When it was written.</param>
    /// <param name="later">Takes the signature when all else is good; null checks it at once.</param>
    public Finding? Seal(string? note, long seq, Hash32? root, DateTimeOffset? time, Action<SignatureCheck>? later)
    {
        if (!SignedNote.TryParse(note, out var signed) || !Checkpoint.TryParse(signed.Text, out var checkpoint))
            return new Finding(Verdict.BadSig, "is a checkpoint without a signed note");
        if (_state.InForce is not { } checkedKey)
            return new Finding(Verdict.BadSig, "is a checkpoint, and the chain never named a key");
        if (!signed.Signatures.Any(checkedKey.IsBy))
            return Stranger(signed);
        var finding = Content(checkpoint, checkedKey, seq, root);
        // The signature of what is found wrong is checked at once: a changed note is no wrong root.
        if (finding is not null || later is null)
        {
            if (!checkedKey.Verify(signed))
                return new Finding(Verdict.BadSig, "is a checkpoint whose signature does not verify");
        }
        else
        {
            later(new SignatureCheck(checkedKey, signed));
        }
        if (finding is not null)
            return finding;
        _state = new RatchetState(_state.Announced, null, _state.SignedSince, _state.Checkpoints + 1, new VerifiedCheckpoint(seq, checkpoint.Size, checkpoint.Root, time), _state.SignedAt);
        return null;
    }

    private Finding? Content(Checkpoint checkpoint, VerifierKey key, long seq, Hash32? root)
    {
        if (checkpoint.Origin != key.Name)
            return new Finding(Verdict.Root, "is a checkpoint of another chain");
        if (checkpoint.Size != seq)
            return new Finding(Verdict.Root, "is a checkpoint of another number of entries than there are before it");
        if (root is { } actual && checkpoint.Root != actual)
            return new Finding(Verdict.Root, "is a checkpoint of other entries than those before it");
        return _state.Announced is null
            ? new Finding(Verdict.Ratchet, "is a checkpoint before which no next key was announced")
            : null;
    }

    /// <summary>A note without a signature by the key in force.</summary>
    private Finding Stranger(SignedNote note) => _known.Signed(note)
        ? new Finding(Verdict.Ratchet, "is a checkpoint signed by a key of the chain that was not in force")
        : new Finding(Verdict.BadSig, "is a checkpoint that is not signed by any key that the chain announced");

    private Finding? First(string? vkey, string? chain, long seq, DateTimeOffset? time)
    {
        if (!VerifierKey.TryParse(vkey, out var key))
            return new Finding(Verdict.Ratchet, "names no key that can be read");
        if (!IsName(key.Name, chain))
            return new Finding(Verdict.Ratchet, "names a key of another chain");
        Know(key);
        _state = _state with { InForce = key, SignedSince = seq, SignedAt = time };
        return null;
    }

    private static bool IsName(string name, string? chain) =>
        chain is not null && (name == Checkpoint.OfHost(chain) || name == Checkpoint.OfConsole(chain));

    private void Know(VerifierKey? key)
    {
        if (key is not null)
            _known.Add(key);
    }
}
