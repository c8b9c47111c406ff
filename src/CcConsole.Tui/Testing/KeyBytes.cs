using System.Globalization;
using System.Text;
using CcConsole.Tui.Input;

namespace CcConsole.Tui.Testing;

/// <summary>The bytes that xterm sends for a key.</summary>
public static class KeyBytes
{
    /// <summary>The bytes of a key.</summary>
    public static byte[] Of(Key key)
    {
        var modifier = 1 + (int)key.Modifiers;
        var text = key.Code switch
        {
            KeyCode.Char when (key.Modifiers & KeyModifiers.Ctrl) != 0 && key.Rune.Value is (>= 'a' and <= 'z') or '\\' or ']' or '^' or '_' =>
                ((char)(key.Rune.Value & 0x1f)).ToString(),
            KeyCode.Char when key.Modifiers is KeyModifiers.None or KeyModifiers.Alt => key.Rune.ToString(),
            KeyCode.Char => Format($"\e[{key.Rune.Value};{modifier}u"),
            KeyCode.Tab when key.Modifiers == KeyModifiers.Shift => "\e[Z",
            KeyCode.Enter when key.Modifiers is KeyModifiers.None or KeyModifiers.Alt => "\r",
            KeyCode.Tab when key.Modifiers is KeyModifiers.None or KeyModifiers.Alt => "\t",
            KeyCode.Backspace when key.Modifiers is KeyModifiers.None or KeyModifiers.Alt => "\x7f",
            KeyCode.Escape when key.Modifiers == KeyModifiers.None => "\e",
            KeyCode.Enter => Format($"\e[13;{modifier}u"),
            KeyCode.Tab => Format($"\e[9;{modifier}u"),
            KeyCode.Backspace => Format($"\e[127;{modifier}u"),
            KeyCode.Escape => Format($"\e[27;{modifier}u"),
            KeyCode.Up => Letter('A'),
            KeyCode.Down => Letter('B'),
            KeyCode.Right => Letter('C'),
            KeyCode.Left => Letter('D'),
            KeyCode.End => Letter('F'),
            KeyCode.Home => Letter('H'),
            KeyCode.Insert => Number(2),
            KeyCode.Delete => Number(3),
            KeyCode.PageUp => Number(5),
            KeyCode.PageDown => Number(6),
            >= KeyCode.F1 and <= KeyCode.F5 => Number(11 + (key.Code - KeyCode.F1)),
            >= KeyCode.F6 and <= KeyCode.F10 => Number(17 + (key.Code - KeyCode.F6)),
            KeyCode.F11 or KeyCode.F12 => Number(23 + (key.Code - KeyCode.F11)),
            _ => throw new ArgumentException($"no terminal sends {key}", nameof(key)),
        };
        var alt = (key.Modifiers & KeyModifiers.Alt) != 0 && text[0] != '\e';
        return Encoding.UTF8.GetBytes(alt ? "\e" + text : text);

        string Letter(char final) => modifier == 1 ? $"\e[{final}" : Format($"\e[1;{modifier}{final}");
        string Number(int number) => modifier == 1 ? Format($"\e[{number}~") : Format($"\e[{number};{modifier}~");
        static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }
}
