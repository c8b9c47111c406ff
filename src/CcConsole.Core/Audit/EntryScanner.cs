using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CcConsole.Core.Audit;

/// <summary>
/// Reads one line and decides whether it is, byte for byte, what Python's <c>json.dumps</c> would write for the object
/// that it holds (the order of members apart). Only then does hashing the raw bytes say the same as the public Python
/// verifier, which hashes its own re-encoding: so every line is scanned whole, none is trusted for its looks.
/// </summary>
/// <remarks>
/// Grammar: objects and arrays with <c>", "</c> and <c>": "</c>; strings of printable ASCII with Python's escapes
/// (<c>\" \\ \b \f \n \r \t</c>, else <c>\u</c> and four lower-case digits, never for a printable character); numbers in
/// the spelling that Python gives back; true, false, null. A line feed ends every loop, so none needs a bound: the byte
/// after the line must be one.
/// Each method takes the offset from which it reads and returns the one behind what it has read, or the complement of the one at which the line
/// is not as it must be: an offset kept in memory would let each member wait for the one before.
/// </remarks>
internal ref struct EntryScanner
{
    /// <summary>Bytes from a name's end to its value.</summary>
    private const int KeyEnd = 3;

    private readonly ref byte _line;
    private readonly int _readable;
    private readonly ref EntryLine _found;
    private int _depth;

    private EntryScanner(ref byte line, int readable, ref EntryLine found)
    {
        _line = ref line;
        _readable = readable;
        _found = ref found;
    }

    /// <param name="text">Starts with the line and holds a line feed. More lines may follow.</param>
    /// <param name="found">What was found.</param>
    /// <returns>Whether the line is spelled as it must be.</returns>
    public static bool Scan(ReadOnlySpan<byte> text, out EntryLine found)
    {
        found = default;
        var end = new EntryScanner(ref MemoryMarshal.GetReference(text), text.Length, ref found).Entry();
        var good = end >= 0;
        found.Length = good ? end : ~end;
        if (!good && found.Fault == LineFault.None)
            found.Fault = LineFault.Spelling;
        if (good && found.Length > EntryLimits.MaxLineBytes)
        {
            found.Fault = LineFault.Length;
            return false;
        }
        return good;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly byte At(int at) => Unsafe.Add(ref _line, at);

    private int Fail(LineFault fault, int at)
    {
        _found.Fault = fault;
        return ~at;
    }

    private int Entry()
    {
        var at = 0;
        if (At(at) != '{')
            return ~at;
        at++;
        _depth = 1;
        _found.InOrder = true;
        if (At(at) == '}')
        {
            at++;
            _found.InOrder = false;
            return At(at) == '\n' ? at : ~at;
        }
        var (last, lastLength) = (0, -1);
        var hashSeen = false;
        while (true)
        {
            var key = at + 1;
            at = Key(at);
            if (at < 0)
                return at;
            var value = at;
            var length = value - KeyEnd - key;
            if (length == 4 && Is(key, "hash"u8))
            {
                if (hashSeen)
                    return Fail(LineFault.Duplicate, at);
                hashSeen = true;
                // A lone hash has no comma before it: what it covers is then not a prefix of the line.
                _found.InOrder &= lastLength >= 0;
                at = Value(at);
                if (at < 0)
                    return at;
                _found.Hash = Characters64(value, at);
            }
            else
            {
                if (!Ordered(last, lastLength, key, length))
                    return Fail(LineFault.Duplicate, at);
                _found.InOrder &= !hashSeen;
                (last, lastLength) = (key, length);
                at = Value(at);
                if (at < 0)
                    return at;
                Note(key, length, value, at);
            }
            if (At(at) == '}')
                break;
            at = Comma(at);
            if (at < 0)
                return at;
        }
        at++;
        return At(at) == '\n' ? at : ~at;
    }

    /// <summary>Keeps where the writer's own members are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Note(int key, int length, int value, int end)
    {
        switch (length)
        {
            case 3 when Is(key, "seq"u8):
                (_found.Seq, _found.SeqLength) = (value, end - value);
                break;
            case 5 when Is(key, "chain"u8):
                (_found.Chain, _found.ChainLength) = (value, end - value);
                break;
            case 5 when Is(key, "event"u8):
                (_found.Event, _found.EventLength) = (value, end - value);
                break;
            case 7 when Is(key, "mono_us"u8):
                (_found.Mono, _found.MonoLength) = (value, end - value);
                break;
            case 9 when Is(key, "prev_hash"u8):
                _found.Previous = Characters64(value, end);
                break;
            case 9 when Is(key, "timestamp"u8):
                (_found.Time, _found.TimeLength) = (value, end - value);
                break;
        }
    }

    /// <summary>Where in the line the characters of a text of 64 are; 0 for any other value.</summary>
    private readonly int Characters64(int value, int end) => end - value == Hash32.HexLength + 2 && At(value) == '"' ? value + 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Is(int at, ReadOnlySpan<byte> text) => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _line, at), text.Length).SequenceEqual(text);

    /// <summary>A member's name with its quotes, and the colon and space behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Key(int at)
    {
        if (At(at) != '"')
            return ~at;
        at = Text(at + 1);
        if (at < 0)
            return at;
        if (At(at) != ':')
            return ~at;
        at++;
        return At(at) == ' ' ? at + 1 : ~at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Comma(int at)
    {
        if (At(at) != ',')
            return ~at;
        at++;
        return At(at) == ' ' ? at + 1 : ~at;
    }

    /// <summary>Notes a name that sorts before its predecessor; false for the same name again.</summary>
    private bool Ordered(int last, int lastLength, int key, int length)
    {
        if (lastLength < 0)
            return true;
        var order = CodePointOrder.Compare(
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _line, last), lastLength),
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _line, key), length));
        _found.InOrder &= order < 0;
        return order != 0;
    }

    private int Value(int at)
    {
        var first = At(at);
        if (first == '"')
            return Text(at + 1);
        if ((uint)(first - '0') < 10)
            return Number(at);
        switch (first)
        {
            case (byte)'{':
                return Object(at);
            case (byte)'[':
                return Array(at);
            case (byte)'t':
                return Literal(at, "true"u8);
            case (byte)'f':
                return Literal(at, "false"u8);
            case (byte)'n':
                return Literal(at, "null"u8);
            case (byte)'N' or (byte)'I':
                return Fail(LineFault.Constant, at);
            default:
                return Number(at);
        }
    }

    private int Object(int at)
    {
        if (++_depth > EntryLimits.MaxDepth)
            return Fail(LineFault.Depth, at);
        at++;
        if (At(at) != '}')
        {
            var (last, lastLength) = (0, -1);
            while (true)
            {
                var key = at + 1;
                at = Key(at);
                if (at < 0)
                    return at;
                var length = at - KeyEnd - key;
                if (!Ordered(last, lastLength, key, length))
                    return Fail(LineFault.Duplicate, at);
                (last, lastLength) = (key, length);
                at = Value(at);
                if (at < 0)
                    return at;
                if (At(at) == '}')
                    break;
                at = Comma(at);
                if (at < 0)
                    return at;
            }
        }
        _depth--;
        return at + 1;
    }

    private int Array(int at)
    {
        if (++_depth > EntryLimits.MaxDepth)
            return Fail(LineFault.Depth, at);
        at++;
        if (At(at) != ']')
        {
            while (true)
            {
                at = Value(at);
                if (at < 0)
                    return at;
                if (At(at) == ']')
                    break;
                at = Comma(at);
                if (at < 0)
                    return at;
            }
        }
        _depth--;
        return at + 1;
    }

    private readonly int Literal(int at, ReadOnlySpan<byte> text)
    {
        foreach (var expected in text)
        {
            if (At(at) != expected)
                return ~at;
            at++;
        }
        return at;
    }

    /// <summary>A string's rest, from after its opening quote to after its closing one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Text(int at)
    {
        while (true)
        {
            while (at <= _readable - Vector128<byte>.Count)
            {
                var bytes = Vector128.LoadUnsafe(ref _line, (nuint)at);
                // As signed bytes and with one added, all from 0x7f on is under the space too.
                var stops = (Vector128.LessThan((bytes + Vector128<byte>.One).AsSByte(), Vector128.Create((sbyte)0x21)).AsByte()
                    | Vector128.Equals(bytes, Vector128.Create((byte)'"'))
                    | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))).ExtractMostSignificantBits();
                if (stops != 0)
                {
                    at += BitOperations.TrailingZeroCount(stops);
                    break;
                }
                at += Vector128<byte>.Count;
            }
            switch (At(at))
            {
                case (byte)'"':
                    return at + 1;
                case (byte)'\\':
                    at = Escape(at + 1);
                    if (at < 0)
                        return at;
                    break;
                case < 0x20 or > 0x7e:
                    return ~at;
                default:
                    at++;
                    break;
            }
        }
    }

    private readonly int Escape(int at)
    {
        if (At(at) is (byte)'"' or (byte)'\\' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
            return at + 1;
        if (At(at) != 'u')
            return ~at;
        at++;
        var value = 0;
        for (var end = at + 4; at < end; at++)
        {
            int digit = At(at) switch
            {
                >= (byte)'0' and <= (byte)'9' => At(at) - '0',
                >= (byte)'a' and <= (byte)'f' => At(at) - 'a' + 10,
                _ => -1,
            };
            if (digit < 0)
                return ~at;
            value = value << 4 | digit;
        }
        return value is >= 0x20 and <= 0x7e or '\b' or '\f' or '\n' or '\r' or '\t' ? ~at : at;
    }

    private int Number(int at)
    {
        var start = at;
        if (At(at) == '-')
            at++;
        var digits = at;
        while ((uint)(At(at) - '0') < 10)
            at++;
        var count = at - digits;
        if (count == 0)
            return At(at) == 'I' && digits > start ? Fail(LineFault.Constant, at) : ~at;
        bool good;
        if (At(at) is not ((byte)'.' or (byte)'e'))
        {
            // "-0" is read as 0 and written back so.
            good = At(digits) == '0' ? count == 1 && digits == start : count <= EntryLimits.MaxDigits;
        }
        else
        {
            while (At(at) is (byte)'.' or (byte)'e' or (byte)'-' or (byte)'+' or (>= (byte)'0' and <= (byte)'9'))
                at++;
            good = PythonFloat.IsCanonical(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _line, start), at - start));
        }
        return good ? at : ~at;
    }
}
