using System.Globalization;

namespace CcConsole.Tui.Cells;

/// <summary>How a <see cref="Color"/> is given.</summary>
public enum ColorKind : byte
{
    /// <summary>Not given: what lies beneath shows through.</summary>
    Unset,

    /// <summary>The terminal's own default.</summary>
    Default,

    /// <summary>One of the 256 colours of the terminal's palette; the first 16 are the person's own.</summary>
    Indexed,

    /// <summary>24 bits.</summary>
    Rgb,
}

/// <summary>A colour of text or ground, in four bytes.</summary>
public readonly record struct Color
{
    private readonly uint _packed;

    private Color(ColorKind kind, uint value) => _packed = ((uint)kind << 24) | value;

    /// <summary>Not given: what lies beneath shows through.</summary>
    public static Color Unset => default;

    /// <summary>The terminal's own default.</summary>
    public static Color Default => new(ColorKind.Default, 0);

    /// <summary>How the colour is given.</summary>
    public ColorKind Kind => (ColorKind)(_packed >> 24);

    /// <summary>The place in the palette, 0 to 255, of an indexed colour.</summary>
    public byte Index => (byte)_packed;

    /// <summary>Red, 0 to 255, of a 24-bit colour.</summary>
    public byte R => (byte)(_packed >> 16);

    /// <summary>Green, 0 to 255, of a 24-bit colour.</summary>
    public byte G => (byte)(_packed >> 8);

    /// <summary>Blue, 0 to 255, of a 24-bit colour.</summary>
    public byte B => (byte)_packed;

    /// <summary>A colour of the terminal's palette: 0 to 15 the ANSI colours, 16 to 231 the cube, 232 to 255 greys.</summary>
    public static Color Indexed(byte index) => new(ColorKind.Indexed, index);

    /// <summary>A 24-bit colour.</summary>
    public static Color Rgb(byte r, byte g, byte b) => new(ColorKind.Rgb, ((uint)r << 16) | ((uint)g << 8) | b);

    /// <summary>
    /// Reads <c>default</c>, an ANSI name (<c>red</c>, <c>bright-red</c>, …, <c>gray</c> = bright-black), an index
    /// <c>0</c>…<c>255</c>, or <c>#rrggbb</c>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Color color)
    {
        color = Unset;
        if (text is "default")
            color = Default;
        else if (text.Length == 7 && text[0] == '#' && uint.TryParse(text[1..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb))
            color = new Color(ColorKind.Rgb, rgb);
        else if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            color = Indexed(index);
        else if (AnsiIndex(text) is { } ansi)
            color = Indexed(ansi);
        return color != Unset;
    }

    private static byte? AnsiIndex(ReadOnlySpan<char> name)
    {
        if (name is "gray" or "grey")
            return 8;
        byte bright = 0;
        if (name.StartsWith("bright-"))
        {
            bright = 8;
            name = name["bright-".Length..];
        }
        byte? plain = name switch
        {
            "black" => 0,
            "red" => 1,
            "green" => 2,
            "yellow" => 3,
            "blue" => 4,
            "magenta" => 5,
            "cyan" => 6,
            "white" => 7,
            _ => null,
        };
        return (byte?)(plain + bright);
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        ColorKind.Default => "default",
        ColorKind.Indexed => Index.ToString(CultureInfo.InvariantCulture),
        ColorKind.Rgb => $"#{_packed & 0xFFFFFF:x6}",
        _ => "unset",
    };
}
