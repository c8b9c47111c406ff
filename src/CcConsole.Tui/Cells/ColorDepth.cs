namespace CcConsole.Tui.Cells;

/// <summary>How many colours a terminal shows.</summary>
public enum ColorDepth
{
    /// <summary>None: attributes only.</summary>
    None,

    /// <summary>The 16 ANSI colours.</summary>
    Ansi16,

    /// <summary>The palette of 256.</summary>
    Palette256,

    /// <summary>24 bits.</summary>
    TrueColor,
}

/// <summary>Converts colours down to what a terminal shows, and to red, green and blue.</summary>
public static class ColorConversion
{
    private static readonly byte[] CubeLevels = [0, 95, 135, 175, 215, 255];

    // xterm's default values; the person's own palette can differ.
    private static readonly uint[] Ansi =
    [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5,
        0x7F7F7F, 0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ];

    /// <summary>The nearest colour that a terminal of this depth shows.</summary>
    public static Color To(this Color color, ColorDepth depth) => (color.Kind, depth) switch
    {
        (ColorKind.Unset or ColorKind.Default, _) => Color.Default,
        (_, ColorDepth.None) => Color.Default,
        (_, ColorDepth.TrueColor) => color,
        (ColorKind.Rgb, ColorDepth.Palette256) => Color.Indexed(NearestOf256(color)),
        (ColorKind.Indexed, ColorDepth.Palette256) => color,
        (ColorKind.Indexed, _) when color.Index < 16 => color,
        _ => Color.Indexed(NearestOf16(color.ToRgb() ?? color)),
    };

    /// <summary>The colour as 24 bits, with xterm's values for the palette; null for the terminal's default, which is unknown.</summary>
    public static Color? ToRgb(this Color color)
    {
        if (color.Kind == ColorKind.Rgb)
            return color;
        if (color.Kind != ColorKind.Indexed)
            return null;
        var index = color.Index;
        if (index < 16)
            return Color.Rgb((byte)(Ansi[index] >> 16), (byte)(Ansi[index] >> 8), (byte)Ansi[index]);
        if (index >= 232)
        {
            var grey = (byte)(8 + 10 * (index - 232));
            return Color.Rgb(grey, grey, grey);
        }
        var cube = index - 16;
        return Color.Rgb(CubeLevels[cube / 36], CubeLevels[cube / 6 % 6], CubeLevels[cube % 6]);
    }

    private static byte NearestOf256(Color color) => Nearest(color, 16, 255);

    private static byte NearestOf16(Color color) => Nearest(color, 0, 15);

    private static byte Nearest(Color color, int first, int last)
    {
        var best = first;
        var least = int.MaxValue;
        for (var i = first; i <= last; i++)
        {
            var distance = Distance(color, Color.Indexed((byte)i).ToRgb()!.Value);
            if (distance < least)
                (best, least) = (i, distance);
        }
        return (byte)best;
    }

    // Weighted by how strongly the eye sees each of the three.
    private static int Distance(Color a, Color b)
    {
        int r = a.R - b.R, g = a.G - b.G, blue = a.B - b.B;
        return 3 * r * r + 6 * g * g + blue * blue;
    }
}
