using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace CcConsole.Core.Audit;

/// <summary>
/// A line under construction, in the spelling of Python's <c>json.dumps</c> with its default <c>ensure_ascii</c>. Bounded:
/// what does not fit sets <see cref="Overflowed"/> and is dropped.
/// </summary>
internal sealed class EntryText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly byte[] _bytes = new byte[EntryLimits.MaxLineBytes];
    private int _length;
    private Hash32 _head;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public bool Overflowed { get; private set; }

    /// <summary>Starts a line that names this hash as its predecessor's.</summary>
    public void Clear(Hash32 head)
    {
        _head = head;
        _length = 0;
        Overflowed = false;
    }

    public void Write(byte value)
    {
        if (Room(1))
            _bytes[_length++] = value;
    }

    public void Write(ReadOnlySpan<byte> ascii)
    {
        if (!Room(ascii.Length))
            return;
        ascii.CopyTo(_bytes.AsSpan(_length));
        _length += ascii.Length;
    }

    public void Write(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out var written);
        Write(digits[..written]);
    }

    /// <summary>The predecessor's hash in quotes.</summary>
    public void WriteHead()
    {
        Span<byte> hex = stackalloc byte[Hash32.HexLength];
        _head.WriteHex(hex);
        Write((byte)'"');
        Write(hex);
        Write((byte)'"');
    }

    /// <summary>Text in quotes.</summary>
    public void WriteQuoted(ReadOnlySpan<char> text)
    {
        Write((byte)'"');
        while (!text.IsEmpty && !Overflowed)
        {
            var run = text.IndexOfAnyExcept(Plain);
            if (run < 0)
                run = text.Length;
            if (!Room(run))
                return;
            Ascii.FromUtf16(text[..run], _bytes.AsSpan(_length), out var written);
            _length += written;
            text = text[run..];
            if (!text.IsEmpty)
            {
                WriteEscape(text[0]);
                text = text[1..];
            }
        }
        Write((byte)'"');
    }

    /// <summary>Seconds since 1970 as Python prints that float.</summary>
    /// <remarks>
    /// Up to 2^33 s doubles lie closer together than microseconds, so two spellings of at most six decimals never name
    /// the same double, and the shortest one that does (what Python prints) is the microseconds without trailing zeros.
    /// </remarks>
    public void WriteSeconds(long micros)
    {
        Write(micros / 1_000_000);
        Write((byte)'.');
        var (rest, digits) = (micros % 1_000_000, 6);
        for (; digits > 1 && rest % 10 == 0; digits--)
            rest /= 10;
        Span<byte> decimals = stackalloc byte[6];
        for (var i = digits - 1; i >= 0; i--, rest /= 10)
            decimals[i] = (byte)('0' + rest % 10);
        Write(decimals[..digits]);
    }

    private void WriteEscape(char c)
    {
        switch (c)
        {
            case '"': Write("\\\""u8); break;
            case '\\': Write("\\\\"u8); break;
            case '\b': Write("\\b"u8); break;
            case '\t': Write("\\t"u8); break;
            case '\n': Write("\\n"u8); break;
            case '\f': Write("\\f"u8); break;
            case '\r': Write("\\r"u8); break;
            default:
                Span<byte> escape = stackalloc byte[6];
                escape[0] = (byte)'\\';
                escape[1] = (byte)'u';
                Utf8Formatter.TryFormat((ushort)c, escape[2..], out _, new StandardFormat('x', 4));
                Write(escape);
                break;
        }
    }

    private bool Room(int count)
    {
        if (!Overflowed && count <= _bytes.Length - _length)
            return true;
        Overflowed = true;
        return false;
    }
}
