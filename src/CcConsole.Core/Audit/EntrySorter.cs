namespace CcConsole.Core.Audit;

/// <summary>
/// Brings the line of another writer of the same scheme into the order that the hash covers: members sorted by code
/// point, recursively, without the top-level <c>hash</c>. Raw slices are moved, no scalar is ever encoded again. The
/// line must have passed <see cref="EntryScanner"/>, which has checked every spelling.
/// </summary>
internal sealed class EntrySorter
{
    private readonly record struct Member(int Key, int KeyLength, int End);

    private readonly byte[] _output = new byte[EntryLimits.MaxLineBytes];
    private readonly List<Member> _members = [];
    private int _length;

    /// <summary>What the hash covers, or false when a name occurs twice in one object. Valid until the next call.</summary>
    public bool TrySort(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> sorted)
    {
        _length = 0;
        _members.Clear();
        var good = Object(line, 0, out _, top: true);
        sorted = _output.AsSpan(0, _length);
        return good;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_output.AsSpan(_length));
        _length += bytes.Length;
    }

    private bool Value(ReadOnlySpan<byte> line, int at, int end)
    {
        if (line[at] == '{')
            return Object(line, at, out _, top: false);
        if (line[at] == '[')
            return Array(line, at);
        Write(line[at..end]);
        return true;
    }

    private bool Object(ReadOnlySpan<byte> line, int at, out int end, bool top)
    {
        var first = _members.Count;
        at++;
        while (line[at] != '}')
        {
            if (line[at] == ',')
                at += 2;
            var keyEnd = StringEnd(line, at);
            var valueEnd = ValueEnd(line, keyEnd + 2);
            var key = line[(at + 1)..(keyEnd - 1)];
            if (!top || !key.SequenceEqual("hash"u8))
                _members.Add(new Member(at + 1, key.Length, valueEnd));
            at = valueEnd;
        }
        end = at + 1;
        var good = WriteSorted(line, first);
        _members.RemoveRange(first, _members.Count - first);
        return good;
    }

    private bool WriteSorted(ReadOnlySpan<byte> line, int first)
    {
        Sort(line, first);
        Write("{"u8);
        for (var i = first; i < _members.Count; i++)
        {
            var member = _members[i];
            if (i > first)
            {
                if (CodePointOrder.Compare(Key(line, _members[i - 1]), Key(line, member)) == 0)
                    return false;
                Write(", "u8);
            }
            var value = member.Key + member.KeyLength + 3;
            Write(line[(member.Key - 1)..value]);
            if (!Value(line, value, member.End))
                return false;
        }
        Write("}"u8);
        return true;
    }

    /// <summary>A heap sort: in place, without a comparer object over the line, and no worse for a hostile order.</summary>
    private void Sort(ReadOnlySpan<byte> line, int first)
    {
        var count = _members.Count - first;
        for (var root = count / 2 - 1; root >= 0; root--)
            Sift(line, first, root, count);
        for (var last = count - 1; last > 0; last--)
        {
            (_members[first], _members[first + last]) = (_members[first + last], _members[first]);
            Sift(line, first, 0, last);
        }
    }

    private void Sift(ReadOnlySpan<byte> line, int first, int root, int count)
    {
        for (var child = 2 * root + 1; child < count; root = child, child = 2 * root + 1)
        {
            if (child + 1 < count && CodePointOrder.Compare(Key(line, _members[first + child]), Key(line, _members[first + child + 1])) < 0)
                child++;
            if (CodePointOrder.Compare(Key(line, _members[first + root]), Key(line, _members[first + child])) >= 0)
                return;
            (_members[first + root], _members[first + child]) = (_members[first + child], _members[first + root]);
        }
    }

    private static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> line, Member member) => line.Slice(member.Key, member.KeyLength);

    private bool Array(ReadOnlySpan<byte> line, int at)
    {
        Write("["u8);
        at++;
        for (var i = 0; line[at] != ']'; i++)
        {
            if (i > 0)
            {
                at += 2;
                Write(", "u8);
            }
            var end = ValueEnd(line, at);
            if (!Value(line, at, end))
                return false;
            at = end;
        }
        Write("]"u8);
        return true;
    }

    /// <summary>The offset after a value.</summary>
    private static int ValueEnd(ReadOnlySpan<byte> line, int at)
    {
        if (line[at] == '"')
            return StringEnd(line, at);
        var depth = 0;
        while (true)
        {
            switch (line[at])
            {
                case (byte)'"':
                    at = StringEnd(line, at);
                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)'}' or (byte)']' when depth == 0:
                case (byte)',' when depth == 0:
                    return at;
                case (byte)'}' or (byte)']':
                    depth--;
                    if (depth == 0)
                        return at + 1;
                    break;
            }
            at++;
        }
    }

    /// <summary>The offset after a string's closing quote.</summary>
    private static int StringEnd(ReadOnlySpan<byte> line, int at)
    {
        at++;
        while (true)
        {
            at += line[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (line[at] == '"')
                return at + 1;
            at += 2;
        }
    }
}
