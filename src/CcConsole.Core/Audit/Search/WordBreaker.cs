using System.Buffers;
using System.Globalization;
using System.Text;

namespace CcConsole.Core.Audit.Search;

/// <summary>
/// Cuts text into words: runs of letters and digits, folded (see <see cref="LetterFolding"/>). Everything else separates them, so that the
/// words of a path are its names. In scripts that are written without spaces each character is a word of its own, and a word of theirs is found as
/// a sequence.
/// </summary>
internal ref struct WordBreaker(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _at;

    /// <summary>Where the word given last begins in the text, and where it ends.</summary>
    public int Start { get; private set; }

    /// <summary>The place after the last character of the word given last.</summary>
    public int End { get; private set; }

    /// <summary>Writes the next word, folded, to a place that has room for the text's length.</summary>
    /// <returns>Its length; 0 at the end.</returns>
    public int Next(Span<char> word)
    {
        int length = 0;
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (char.IsAscii(c))
            {
                if (char.IsAsciiLetterOrDigit(c))
                {
                    if (length == 0)
                        Start = _at;
                    word[length++] = char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
                    End = ++_at;
                    continue;
                }

                if (length > 0)
                    return length;
                _at++;
                continue;
            }

            // Half of a surrogate pair is no character: it separates.
            if (Rune.DecodeFromUtf16(_text[_at..], out Rune rune, out int taken) != OperationStatus.Done || !IsOfWord(rune))
            {
                if (length > 0)
                    return length;
                _at += taken;
                continue;
            }

            if (LetterFolding.IsDropped(rune))
            {
                _at += taken;
                if (length > 0)
                    End = _at;
                continue;
            }

            bool alone = IsWithoutSpaces(rune);
            if (alone && length > 0)
                return length;
            if (length == 0)
                Start = _at;
            length += LetterFolding.Fold(rune).EncodeToUtf16(word[length..]);
            End = _at += taken;
            if (alone)
                return length;
        }

        return length;
    }

    private static bool IsOfWord(Rune rune) => LetterFolding.IsDropped(rune) || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    // Thai and Lao, Myanmar, Khmer, kana, Han (with its extensions), and half-width katakana.
    private static bool IsWithoutSpaces(Rune rune) => rune.Value is
        >= 0x0e00 and <= 0x0eff or >= 0x1000 and <= 0x109f or >= 0x1780 and <= 0x17ff or >= 0x3040 and <= 0x30ff or >= 0x31f0 and <= 0x31ff
        or >= 0x3400 and <= 0x4dbf or >= 0x4e00 and <= 0x9fff or >= 0xf900 and <= 0xfaff or >= 0xff66 and <= 0xff9f or >= 0x20000 and <= 0x3ffff;
}
