namespace CcConsole.Tui.Cells;

/// <summary>Attributes of text (ECMA-48, SGR).</summary>
[Flags]
public enum TextAttributes : byte
{
    /// <summary>Plain.</summary>
    None = 0,

    /// <summary>SGR 1.</summary>
    Bold = 1,

    /// <summary>SGR 2.</summary>
    Dim = 2,

    /// <summary>SGR 3.</summary>
    Italic = 4,

    /// <summary>SGR 4.</summary>
    Underline = 8,

    /// <summary>SGR 7.</summary>
    Reverse = 16,

    /// <summary>SGR 9.</summary>
    Strike = 32,
}

/// <summary>How a cell looks. A colour that is unset lets show through what was drawn before.</summary>
/// <param name="Foreground">Colour of the glyph.</param>
/// <param name="Background">Colour of the ground.</param>
/// <param name="Attributes">Bold and the like; they add to those beneath only through <see cref="StyleTable.Overlay"/>.</param>
public readonly record struct Style(Color Foreground, Color Background, TextAttributes Attributes = TextAttributes.None)
{
    /// <summary>The terminal's own colours, plain.</summary>
    public static Style Default => new(Color.Default, Color.Default);

    /// <summary>Whether nothing beneath shows through.</summary>
    public bool IsOpaque => Foreground != Color.Unset && Background != Color.Unset;
}

/// <summary>A style's number in a <see cref="StyleTable"/>; 0 is <see cref="Style.Default"/>.</summary>
/// <param name="Value">Place in the table.</param>
public readonly record struct StyleId(ushort Value)
{
    /// <summary>The terminal's own colours, plain.</summary>
    public static StyleId Default => default;
}
