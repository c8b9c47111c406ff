using System.Text;

namespace CcConsole.Tui.Input;

/// <summary>Sequences that stand for keys: xterm's, VT220's, rxvt's, modifyOtherKeys and kitty's <c>CSI u</c>.</summary>
internal static class KeySequence
{
    public static Key? FromCsi(CsiSequence sequence)
    {
        // kitty: the third part of the second parameter is the kind of event; 3 is a release.
        if (sequence.Parameter(1, part: 1) == 3)
            return null;
        var modifiers = Modifiers(sequence.Parameter(1, 1));
        switch (sequence.Final)
        {
            case '~' when sequence.Parameter(0) == 27:
                return FromCodePoint(sequence.Parameter(2), 0, modifiers);
            case '~':
                return Numbered(sequence.Parameter(0)) is { } numbered ? new Key(numbered, default, modifiers) : null;
            case 'u':
                return FromCodePoint(sequence.Parameter(0), sequence.Parameter(0, part: 1), modifiers);
            case 'Z':
                return new Key(KeyCode.Tab, default, modifiers | KeyModifiers.Shift);
            case >= 'a' and <= 'd':
                return new Key(Lettered((char)(sequence.Final - 'a' + 'A')), default, KeyModifiers.Shift);
            default:
                return Lettered(sequence.Final) is var code and not KeyCode.None ? new Key(code, default, modifiers) : null;
        }
    }

    public static Key? FromSs3(byte final) => (char)final switch
    {
        'M' => KeyCode.Enter,
        'I' => KeyCode.Tab,
        ' ' => ' ',
        'X' => '=',
        >= 'j' and <= 'y' => (char)(final - 'j' + '*'),
        var letter => Lettered(letter) is var code and not KeyCode.None ? new Key(code) : null,
    };

    private static readonly KeyCode[] Keypad =
    [
        KeyCode.Left, KeyCode.Right, KeyCode.Up, KeyCode.Down, KeyCode.PageUp, KeyCode.PageDown, KeyCode.Home, KeyCode.End,
        KeyCode.Insert, KeyCode.Delete,
    ];

    private static KeyModifiers Modifiers(int parameter) => (KeyModifiers)(Math.Max(parameter - 1, 0) & 15);

    private static KeyCode Lettered(char final) => final switch
    {
        'A' => KeyCode.Up,
        'B' => KeyCode.Down,
        'C' => KeyCode.Right,
        'D' => KeyCode.Left,
        'F' => KeyCode.End,
        'H' => KeyCode.Home,
        'P' => KeyCode.F1,
        'Q' => KeyCode.F2,
        'R' => KeyCode.F3,
        'S' => KeyCode.F4,
        _ => KeyCode.None,
    };

    private static KeyCode? Numbered(int number) => number switch
    {
        1 or 7 => KeyCode.Home,
        2 => KeyCode.Insert,
        3 => KeyCode.Delete,
        4 or 8 => KeyCode.End,
        5 => KeyCode.PageUp,
        6 => KeyCode.PageDown,
        >= 11 and <= 15 => KeyCode.F1 + (number - 11),
        >= 17 and <= 21 => KeyCode.F6 + (number - 17),
        23 => KeyCode.F11,
        24 => KeyCode.F12,
        _ => null,
    };

    private static Key? FromCodePoint(int code, int shifted, KeyModifiers modifiers)
    {
        switch (code)
        {
            case 13 or 57414:
                return new Key(KeyCode.Enter, default, modifiers);
            case 9:
                return new Key(KeyCode.Tab, default, modifiers);
            case 27:
                return new Key(KeyCode.Escape, default, modifiers);
            case 8 or 127:
                return new Key(KeyCode.Backspace, default, modifiers);
            case >= 57399 and <= 57408: // kitty's keypad digits
                return new Key(KeyCode.Char, new Rune('0' + code - 57399), modifiers);
            case >= 57417 and <= 57426:
                return new Key(Keypad[code - 57417], default, modifiers);
            case >= 57344 and <= 63743: // kitty's further private points: locks, media
                return null;
        }
        if (!Rune.IsValid(code) || code < 32)
            return null;
        var rune = new Rune(code);
        if ((modifiers & KeyModifiers.Shift) == 0)
            return new Key(KeyCode.Char, rune, modifiers);
        // Shift is part of the character: Shift+g is G; with Ctrl or Alt letters stay lower case.
        if (modifiers == KeyModifiers.Shift)
            return new Key(KeyCode.Char, shifted > 0 && Rune.IsValid(shifted) ? new Rune(shifted) : Rune.ToUpperInvariant(rune));
        return new Key(KeyCode.Char, rune, modifiers);
    }
}
