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
/// </remarks>
internal ref struct EntryScanner
{
    private readonly ref byte _line;
    private readonly int _readable;
    private int _at;
    private int _depth;
    private EntryLine _found;

    private EntryScanner(ref byte line, int readable)
    {
        _line = ref line;
        _readable = readable;
    }

    /// <param name="text">Starts with the line and holds a line feed. More lines may follow.</param>
    /// <param name="found">What was found.</param>
    /// <returns>Whether the line is spelled as it must be.</returns>
    public static bool Scan(ReadOnlySpan<byte> text, out EntryLine found)
    {
        var scanner = new EntryScanner(ref MemoryMarshal.GetReference(text), text.Length);
        var good = scanner.Entry();
        found = scanner._found;
        found.Length = scanner._at;
        if (!good && found.Fault == LineFault.None)
            found.Fault = LineFault.Spelling;
        if (good && found.Length > EntryLimits.MaxLineBytes)
        {
            found.Fault = LineFault.Length;
            return false;
        }
        return good;
    }

    private readonly byte Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.Add(ref _line, _at);
    }

    private bool Fail(LineFault fault)
    {
        _found.Fault = fault;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Take(byte expected)
    {
        if (Current != expected)
            return false;
        _at++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Take(byte first, byte second)
    {
        if (!Take(first))
            return false;
        return Take(second);
    }

    private bool Entry()
    {
        if (!Take((byte)'{'))
            return false;
        _depth = 1;
        _found.InOrder = true;
        if (Take((byte)'}'))
        {
            _found.InOrder = false;
            return Current == '\n';
        }
        var (last, lastLength) = (0, -1);
        var hashSeen = false;
        while (true)
        {
            var key = _at + 1;
            if (!Key(out var length))
                return false;
            if (length == 4 && Is(key, "hash"u8))
            {
                if (hashSeen)
                    return Fail(LineFault.Duplicate);
                hashSeen = true;
                // A lone hash has no comma before it: what it covers is then not a prefix of the line.
                _found.InOrder &= lastLength >= 0;
                var value = _at;
                if (!Value())
                    return false;
                _found.Hash = Is64Characters(value) ? value + 1 : 0;
            }
            else
            {
                if (!Ordered(last, lastLength, key, length))
                    return false;
                _found.InOrder &= !hashSeen;
                (last, lastLength) = (key, length);
                var value = _at;
                if (!Value())
                    return false;
                Note(key, length, value);
            }
            if (Current == '}')
                break;
            if (!Take((byte)',', (byte)' '))
                return false;
        }
        _at++;
        return Current == '\n';
    }

    /// <summary>Keeps where the writer's own members are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Note(int key, int length, int value)
    {
        switch (length)
        {
            case 3 when Is(key, "seq"u8):
                (_found.Seq, _found.SeqLength) = (value, _at - value);
                break;
            case 5 when Is(key, "chain"u8):
                (_found.Chain, _found.ChainLength) = (value, _at - value);
                break;
            case 5 when Is(key, "event"u8):
                (_found.Event, _found.EventLength) = (value, _at - value);
                break;
            case 7 when Is(key, "mono_us"u8):
                (_found.Mono, _found.MonoLength) = (value, _at - value);
                break;
            case 9 when Is(key, "prev_hash"u8):
                _found.Previous = Is64Characters(value) ? value + 1 : 0;
                break;
            case 9 when Is(key, "timestamp"u8):
                (_found.Time, _found.TimeLength) = (value, _at - value);
                break;
        }
    }

    private readonly bool Is64Characters(int value) => _at - value == Hash32.HexLength + 2 && Unsafe.Add(ref _line, value) == '"';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Is(int at, ReadOnlySpan<byte> text) => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _line, at), text.Length).SequenceEqual(text);

    /// <summary>A member's name with the colon and space after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Key(out int length)
    {
        length = 0;
        if (!Take((byte)'"'))
            return false;
        var start = _at;
        if (!Text())
            return false;
        length = _at - 1 - start;
        return Take((byte)':', (byte)' ');
    }

    /// <summary>Notes a name that sorts before its predecessor; false for the same name again.</summary>
    private bool Ordered(int last, int lastLength, int key, int length)
    {
        if (lastLength < 0)
            return true;
        var order = CodePointOrder.Compare(
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _line, last), lastLength),
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _line, key), length));
        if (order == 0)
            return Fail(LineFault.Duplicate);
        _found.InOrder &= order < 0;
        return true;
    }

    private bool Value()
    {
        switch (Current)
        {
            case (byte)'"':
                _at++;
                return Text();
            case (byte)'{':
                return Object();
            case (byte)'[':
                return Array();
            case (byte)'t':
                return Literal("true"u8);
            case (byte)'f':
                return Literal("false"u8);
            case (byte)'n':
                return Literal("null"u8);
            case (byte)'N' or (byte)'I':
                return Fail(LineFault.Constant);
            default:
                return Number();
        }
    }

    private bool Object()
    {
        if (++_depth > EntryLimits.MaxDepth)
            return Fail(LineFault.Depth);
        _at++;
        if (Current != '}')
        {
            var (last, lastLength) = (0, -1);
            while (true)
            {
                var key = _at + 1;
                if (!Key(out var length) || !Ordered(last, lastLength, key, length) || !Value())
                    return false;
                (last, lastLength) = (key, length);
                if (Current == '}')
                    break;
                if (!Take((byte)',', (byte)' '))
                    return false;
            }
        }
        _at++;
        _depth--;
        return true;
    }

    private bool Array()
    {
        if (++_depth > EntryLimits.MaxDepth)
            return Fail(LineFault.Depth);
        _at++;
        if (Current != ']')
        {
            while (true)
            {
                if (!Value())
                    return false;
                if (Current == ']')
                    break;
                if (!Take((byte)',', (byte)' '))
                    return false;
            }
        }
        _at++;
        _depth--;
        return true;
    }

    private bool Literal(ReadOnlySpan<byte> text)
    {
        foreach (var expected in text)
        {
            if (!Take(expected))
                return false;
        }
        return true;
    }

    /// <summary>A string's rest, from after its opening quote to after its closing one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Text()
    {
        while (true)
        {
            while (_at <= _readable - Vector128<byte>.Count)
            {
                var bytes = Vector128.LoadUnsafe(ref _line, (nuint)_at);
                // As signed bytes, everything over 0x7f is under the space too.
                var stops = (Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)0x20))
                    | Vector128.Equals(bytes.AsSByte(), Vector128.Create((sbyte)0x7f))
                    | Vector128.Equals(bytes.AsSByte(), Vector128.Create((sbyte)'"'))
                    | Vector128.Equals(bytes.AsSByte(), Vector128.Create((sbyte)'\\'))).ExtractMostSignificantBits();
                if (stops != 0)
                {
                    _at += BitOperations.TrailingZeroCount(stops);
                    break;
                }
                _at += Vector128<byte>.Count;
            }
            switch (Current)
            {
                case (byte)'"':
                    _at++;
                    return true;
                case (byte)'\\':
                    if (!Escape())
                        return false;
                    break;
                case < 0x20 or > 0x7e:
                    return false;
                default:
                    _at++;
                    break;
            }
        }
    }

    private bool Escape()
    {
        _at++;
        if (Current is (byte)'"' or (byte)'\\' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
        {
            _at++;
            return true;
        }
        if (!Take((byte)'u'))
            return false;
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            int digit = Current switch
            {
                >= (byte)'0' and <= (byte)'9' => Current - '0',
                >= (byte)'a' and <= (byte)'f' => Current - 'a' + 10,
                _ => -1,
            };
            if (digit < 0)
                return false;
            value = value << 4 | digit;
            _at++;
        }
        return value is not (>= 0x20 and <= 0x7e or '\b' or '\f' or '\n' or '\r' or '\t');
    }

    private bool Number()
    {
        var start = _at;
        if (Current == '-')
            _at++;
        var digits = _at;
        while ((uint)(Current - '0') < 10)
            _at++;
        var count = _at - digits;
        if (count == 0)
            return Current == 'I' && digits > start ? Fail(LineFault.Constant) : false;
        if (Current is not ((byte)'.' or (byte)'e'))
        {
            // "-0" is read as 0 and written back so.
            return Unsafe.Add(ref _line, digits) == '0' ? count == 1 && digits == start : count <= EntryLimits.MaxDigits;
        }
        while (Current is (byte)'.' or (byte)'e' or (byte)'-' or (byte)'+' or (>= (byte)'0' and <= (byte)'9'))
            _at++;
        return PythonFloat.IsCanonical(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _line, start), _at - start));
    }
}
