using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CcConsole.Core.Audit.Search;

/// <summary>
/// The values of one entry, in the order of its line, with what they say: escapes are taken out, base64 under a <c>_b64</c> name is
/// decoded, and half of a surrogate pair, which has no text, stays what it is.
/// </summary>
internal ref struct EntryReader
{
    private Utf8JsonReader _json;
    private char[] _text;
    private ReadOnlySpan<byte> _member;
    private ReadOnlySpan<byte> _name;
    private int _length;

    /// <param name="line">The line.</param>
    /// <param name="text">Room for the texts, which is made larger where one needs it.</param>
    public EntryReader(ReadOnlySpan<byte> line, char[] text)
    {
        _json = new Utf8JsonReader(line);
        _text = text;
    }

    /// <summary>The member of the entry's own object in which the value is, as it is spelled.</summary>
    public readonly ReadOnlySpan<byte> Member => _member;

    /// <summary>The name before the value: that of the member, or of one inside of it.</summary>
    public readonly ReadOnlySpan<byte> Name => _name;

    /// <summary>Whether the value is the member's own, not one inside of it.</summary>
    public readonly bool IsWhole => _json.CurrentDepth == 1;

    /// <summary>What kind of value.</summary>
    public readonly JsonTokenType Type => _json.TokenType;

    /// <summary>What it says: a text's characters, a number's digits, or nothing.</summary>
    public readonly ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>The room for texts, as large as it has become: for the next reader.</summary>
    public readonly char[] Room => _text;

    /// <summary>Goes to the next value.</summary>
    /// <returns>False after the last.</returns>
    /// <exception cref="JsonException">The line is not JSON.</exception>
    public bool Read()
    {
        while (_json.Read())
        {
            switch (_json.TokenType)
            {
                case JsonTokenType.PropertyName:
                    _name = _json.ValueSpan;
                    if (_json.CurrentDepth == 1)
                        _member = _name;
                    break;
                case JsonTokenType.String:
                    if (!_name.EndsWith("_b64"u8) || !Decode(_json.ValueSpan))
                        Unescape(_json.ValueSpan);
                    return true;
                case JsonTokenType.Number:
                    Need(_json.ValueSpan.Length);
                    _length = Encoding.ASCII.GetChars(_json.ValueSpan, _text);
                    return true;
                case JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null:
                    _length = 0;
                    return true;
            }
        }

        return false;
    }

    private void Unescape(ReadOnlySpan<byte> text)
    {
        Need(text.Length);
        _length = 0;
        while (!text.IsEmpty)
        {
            int plain = text.IndexOf((byte)'\\');
            plain = plain < 0 ? text.Length : plain;
            // A line of ours is ASCII; another one may hold any UTF-8.
            _length += Encoding.UTF8.GetChars(text[..plain], _text.AsSpan(_length));
            text = text[plain..];
            if (text.IsEmpty)
                return;
            if (text[1] == 'u')
            {
                ushort code = ushort.Parse(text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                _text[_length++] = (char)code;
                text = text[6..];
            }
            else
            {
                _text[_length++] = text[1] switch
                {
                    (byte)'b' => '\b',
                    (byte)'f' => '\f',
                    (byte)'n' => '\n',
                    (byte)'r' => '\r',
                    (byte)'t' => '\t',
                    var itself => (char)itself,
                };
                text = text[2..];
            }
        }
    }

    private bool Decode(ReadOnlySpan<byte> base64)
    {
        byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (Base64.DecodeFromUtf8(base64, bytes, out _, out int written) != System.Buffers.OperationStatus.Done)
            return false;
        Need(written);
        _length = Encoding.UTF8.GetChars(bytes.AsSpan(0, written), _text);
        return true;
    }

    private void Need(int length)
    {
        if (_text.Length < length)
            _text = new char[length];
    }
}
