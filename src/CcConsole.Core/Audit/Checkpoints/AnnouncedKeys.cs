using System.Runtime.InteropServices;

namespace CcConsole.Core.Audit.Checkpoints;

/// <summary>
/// Every key that a chain named, to tell a signature by a stranger from one at the wrong time. An idle host announces one each five minutes, for
/// years: of each only the 68 bytes are kept that tell it from the others, and where to find them. All keys of a chain have one name; those of
/// another are not kept, nor is a key that is announced again.
/// </summary>
internal sealed class AnnouncedKeys
{
    /// <summary>Among a million honest keys no four have one id; who makes more of them wants the signatures to be tried without end.</summary>
    internal const int MostOfOneId = 4;

    private const int KeysAtOnce = 64;

    private readonly Dictionary<uint, int> _latest = [];
    private readonly List<int> _before = [];
    private readonly List<byte[]> _points = [];

    /// <summary>The name of all of them; null before the first.</summary>
    public string? Name { get; private set; }

    /// <summary>How many are kept.</summary>
    public int Count => _before.Count;

    public void Add(VerifierKey key)
    {
        Name ??= key.Name;
        if (key.Name == Name)
            Add(key.Id, key.Point);
    }

    internal void Add(uint id, ReadOnlySpan<byte> point)
    {
        ref var latest = ref CollectionsMarshal.GetValueRefOrAddDefault(_latest, id, out var known);
        var before = known ? latest : -1;
        var same = 0;
        for (var at = before; at >= 0; at = _before[at])
        {
            if (++same == MostOfOneId || Point(at).SequenceEqual(point))
                return;
        }
        latest = Count;
        if (Count % KeysAtOnce == 0)
            _points.Add(GC.AllocateUninitializedArray<byte>(KeysAtOnce * VerifierKey.PointBytes));
        _before.Add(before);
        point.CopyTo(Point(latest));
    }

    /// <summary>Whether one of them signed a note; each is tried once.</summary>
    public bool Signed(SignedNote note)
    {
        for (var i = 0; i < note.Signatures.Count; i++)
        {
            var (name, id) = (note.Signatures[i].KeyName, note.Signatures[i].KeyId);
            if (name != Name || IsBefore(note, i, id) || !_latest.TryGetValue(id, out var at))
                continue;
            for (; at >= 0; at = _before[at])
            {
                if (VerifierKey.OfPoint(name, Point(at)).Verify(note))
                    return true;
            }
        }
        return false;
    }

    /// <summary>Whether an earlier line is by a key of this id too: a key looks at all of its lines.</summary>
    private bool IsBefore(SignedNote note, int line, uint id)
    {
        for (var i = 0; i < line; i++)
        {
            if (note.Signatures[i].KeyId == id && note.Signatures[i].KeyName == Name)
                return true;
        }
        return false;
    }

    private Span<byte> Point(int at) => _points[at / KeysAtOnce].AsSpan(at % KeysAtOnce * VerifierKey.PointBytes, VerifierKey.PointBytes);
}
