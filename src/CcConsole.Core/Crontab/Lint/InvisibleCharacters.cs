namespace CcConsole.Core.Crontab.Lint;

/// <summary>Characters that look like a blank or like nothing, and come by copying from a page or a word processor.</summary>
internal static class InvisibleCharacters
{
    /// <summary>The first of them, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> text, out int length, out string name)
    {
        for (var at = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF); at >= 0 && at < text.Length; at++)
        {
            (length, name) = text[at..] switch
            {
                [0xC2, 0xA0, ..] => (2, "a no-break space (U+00A0)"),
                [0xE2, 0x80, 0x8B, ..] => (3, "a zero-width space (U+200B)"),
                [0xE2, 0x80, 0xAF, ..] => (3, "a narrow no-break space (U+202F)"),
                [0xEF, 0xBB, 0xBF, ..] => (3, "a byte order mark (U+FEFF)"),
                _ => (0, ""),
            };
            if (length > 0)
            {
                return at;
            }
        }

        (length, name) = (0, "");
        return -1;
    }
}
