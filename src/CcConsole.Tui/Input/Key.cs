using System.Globalization;
using System.Text;

namespace CcConsole.Tui.Input;

/// <summary>Which key. Those that type a character are <see cref="Char"/>.</summary>
public enum KeyCode
{
    /// <summary>No key.</summary>
    None,

    /// <summary>A character, in <see cref="Key.Rune"/>.</summary>
    Char,

    /// <summary>Enter, also of the keypad.</summary>
    Enter,

    /// <summary>Tab; Shift+Tab has the modifier.</summary>
    Tab,

    /// <summary>Backspace.</summary>
    Backspace,

    /// <summary>Escape.</summary>
    Escape,

    /// <summary>Arrow up.</summary>
    Up,

    /// <summary>Arrow down.</summary>
    Down,

    /// <summary>Arrow left.</summary>
    Left,

    /// <summary>Arrow right.</summary>
    Right,

    /// <summary>Home.</summary>
    Home,

    /// <summary>End.</summary>
    End,

    /// <summary>Page up.</summary>
    PageUp,

    /// <summary>Page down.</summary>
    PageDown,

    /// <summary>Insert.</summary>
    Insert,

    /// <summary>Delete.</summary>
    Delete,

    /// <summary>F1.</summary>
    F1,

    /// <summary>F2.</summary>
    F2,

    /// <summary>F3.</summary>
    F3,

    /// <summary>F4.</summary>
    F4,

    /// <summary>F5.</summary>
    F5,

    /// <summary>F6.</summary>
    F6,

    /// <summary>F7.</summary>
    F7,

    /// <summary>F8.</summary>
    F8,

    /// <summary>F9.</summary>
    F9,

    /// <summary>F10.</summary>
    F10,

    /// <summary>F11.</summary>
    F11,

    /// <summary>F12.</summary>
    F12,
}

/// <summary>Keys held down; the values are those of xterm's parameter less one.</summary>
[Flags]
public enum KeyModifiers
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Shift; for characters it is part of the character instead.</summary>
    Shift = 1,

    /// <summary>Alt.</summary>
    Alt = 2,

    /// <summary>Control.</summary>
    Ctrl = 4,

    /// <summary>Super.</summary>
    Super = 8,
}

/// <summary>A key with what was held down. Letters with Ctrl are lower case.</summary>
/// <param name="Code">Which key.</param>
/// <param name="Rune">The character of <see cref="KeyCode.Char"/>, else the zero rune.</param>
/// <param name="Modifiers">What was held down.</param>
public readonly record struct Key(KeyCode Code, Rune Rune = default, KeyModifiers Modifiers = KeyModifiers.None)
{
    /// <summary>A key that types a character.</summary>
    public static implicit operator Key(char character) => new(KeyCode.Char, new Rune(character));

    /// <summary>A key without modifiers.</summary>
    public static implicit operator Key(KeyCode code) => new(code);

    /// <summary>A character with Ctrl.</summary>
    public static Key Ctrl(char character) => new(KeyCode.Char, new Rune(character), KeyModifiers.Ctrl);

    /// <summary>A character with Alt.</summary>
    public static Key Alt(char character) => new(KeyCode.Char, new Rune(character), KeyModifiers.Alt);

    /// <summary>The key with Shift, for keys that type no character.</summary>
    public static Key Shift(KeyCode code) => new(code, default, KeyModifiers.Shift);

    /// <summary>The character that the key types, without Ctrl, Alt or Super; null for others.</summary>
    public Rune? Typed => Code == KeyCode.Char && Modifiers == KeyModifiers.None ? Rune : null;

    /// <summary>Reads what <see cref="ToString"/> writes: <c>q</c>, <c>Ctrl+S</c>, <c>Shift+Tab</c>, <c>F1</c>, <c>Esc</c>, <c>Space</c>.</summary>
    /// <exception cref="FormatException">The text names no key.</exception>
    public static Key Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var modifiers = KeyModifiers.None;
        var rest = text;
        while (rest.Length > 1 && rest.IndexOf('+', 1) is > 0 and var plus && Enum.TryParse<KeyModifiers>(rest[..plus], out var modifier))
        {
            modifiers |= modifier;
            rest = rest[(plus + 1)..];
        }
        if (Codes.FirstOrDefault(c => c.Name == rest) is { Name: not null } named)
            return named.Code == KeyCode.Char ? new Key(KeyCode.Char, new Rune(' '), modifiers) : new Key(named.Code, default, modifiers);
        if (Rune.DecodeFromUtf16(rest, out var rune, out var used) != System.Buffers.OperationStatus.Done || used != rest.Length)
            throw new FormatException($"\"{text}\" names no key");
        return new Key(KeyCode.Char, modifiers == KeyModifiers.None ? rune : Rune.ToLowerInvariant(rune), modifiers);
    }

    /// <summary>The key as it is shown in hints and help.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var modifier in (ReadOnlySpan<KeyModifiers>)[KeyModifiers.Ctrl, KeyModifiers.Alt, KeyModifiers.Shift, KeyModifiers.Super])
        {
            if ((Modifiers & modifier) != 0)
                text.Append(CultureInfo.InvariantCulture, $"{modifier}+");
        }
        if (Code == KeyCode.Char && Rune.Value != ' ')
            return text.Append((Modifiers == KeyModifiers.None ? Rune : Rune.ToUpperInvariant(Rune)).ToString()).ToString();
        var code = Code;
        return text.Append(Codes.FirstOrDefault(c => c.Code == code).Name ?? code.ToString()).ToString();
    }

    private static readonly (KeyCode Code, string Name)[] Codes =
    [
        (KeyCode.Char, "Space"), (KeyCode.Escape, "Esc"), (KeyCode.PageUp, "PgUp"), (KeyCode.PageDown, "PgDn"),
        (KeyCode.Delete, "Del"), (KeyCode.Insert, "Ins"),
        .. Enum.GetValues<KeyCode>().Where(c => c is not (KeyCode.Char or KeyCode.Escape or KeyCode.PageUp or KeyCode.PageDown
            or KeyCode.Delete or KeyCode.Insert or KeyCode.None)).Select(c => (c, c.ToString())),
    ];
}
