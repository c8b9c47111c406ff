using System.Runtime.InteropServices;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// Every key that a chain named, to tell a signature by a stranger from one at the wrong time. An idle host announces one each five minutes, for
/// years: of each only the 68 bytes are kept that tell it from the others. All keys of a chain have one name; those of another are not kept.
/// </summary>
internal sealed class AnnouncedKeys
{
    private const int KeysAtOnce = 64;

    private readonly List<uint> _ids = [];
    private readonly List<byte[]> _points = [];

    /// <summary>The name of all of them; null before the first.</summary>
    public string? Name { get; private set; }

    public void Add(VerifierKey key)
    {
        Name ??= key.Name;
        if (key.Name != Name)
            return;
        var at = _ids.Count % KeysAtOnce;
        if (at == 0)
            _points.Add(GC.AllocateUninitializedArray<byte>(KeysAtOnce * VerifierKey.PointBytes));
        key.Point.CopyTo(_points[^1].AsSpan(at * VerifierKey.PointBytes));
        _ids.Add(key.Id);
    }

    /// <summary>Whether one of them signed a note.</summary>
    public bool Signed(SignedNote note)
    {
        foreach (var signature in note.Signatures)
        {
            if (signature.KeyName != Name)
                continue;
            var ids = CollectionsMarshal.AsSpan(_ids);
            for (var from = 0; ids[from..].IndexOf(signature.KeyId) is var found and >= 0; from += found + 1)
            {
                var at = from + found;
                var point = _points[at / KeysAtOnce].AsSpan(at % KeysAtOnce * VerifierKey.PointBytes, VerifierKey.PointBytes);
                if (VerifierKey.OfPoint(Name, point).Verify(note))
                    return true;
            }
        }
        return false;
    }
}
