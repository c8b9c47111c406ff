using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace CcConsole.Core.Reports;

/// <summary>
/// Escapes in JSON only what must be: quotation mark, backslash and control characters (RFC 8259, section 7). A report is
/// never put into HTML; and the base class library's own relaxed encoder costs a wrapper a part of its start-up time.
/// </summary>
internal sealed class ReportTextEncoder : JavaScriptEncoder
{
    internal static readonly ReportTextEncoder Instance = new();

    private static readonly SearchValues<char> Escaped = SearchValues.Create(Chars());
    private static readonly SearchValues<byte> EscapedBytes = SearchValues.Create(Encoding.ASCII.GetBytes(Chars()));

    private ReportTextEncoder()
    {
    }

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < ' ' or '"' or '\\' or 0x7F;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) =>
        new ReadOnlySpan<char>(text, textLength).IndexOfAny(Escaped);

    public override int FindFirstCharacterToEncodeUtf8(ReadOnlySpan<byte> utf8Text) => utf8Text.IndexOfAny(EscapedBytes);

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        var letter = unicodeScalar switch
        {
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\b' => 'b',
            '\f' => 'f',
            '"' => '"',
            '\\' => '\\',
            _ => '\0',
        };
        if (letter != '\0')
        {
            numberOfCharactersWritten = 2;
            return Put(output, ['\\', letter]);
        }

        numberOfCharactersWritten = 6;
        return Put(output, ['\\', 'u', '0', '0', "0123456789abcdef"[unicodeScalar >> 4], "0123456789abcdef"[unicodeScalar & 15]]);
    }

    private static bool Put(Span<char> output, ReadOnlySpan<char> text)
    {
        if (text.TryCopyTo(output))
            return true;
        return false;
    }

    private static string Chars()
    {
        var characters = new StringBuilder("\"\\\u007F");
        for (var c = '\0'; c < ' '; c++)
            characters.Append(c);
        return characters.ToString();
    }
}
