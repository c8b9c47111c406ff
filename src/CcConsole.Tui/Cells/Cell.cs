using System.Runtime.InteropServices;

namespace CcConsole.Tui.Cells;

/// <summary>
/// One cell in eight bytes, so that rows are compared as vectors of 64-bit words. A glyph is a Unicode scalar, or
/// the number of a longer cluster in a <see cref="GlyphPool"/>. A wide glyph is a head of width 2 and a tail of
/// width 0 in the same style; a grid never holds one without the other.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 8)]
public readonly record struct Cell(uint Glyph, StyleId Style, byte Width, CellFlags Flags = CellFlags.None)
{
    /// <summary>A space in the default style: what a cleared terminal shows.</summary>
    public static Cell Blank => new(' ', StyleId.Default, 1);

    /// <summary>Whether this is the right half of a wide glyph.</summary>
    public bool IsTail => Width == 0;

    internal static Cell Tail(StyleId style) => new(0, style, 0);
}

/// <summary>What the renderer must know of a glyph.</summary>
[Flags]
public enum CellFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Terminals differ on its width: the cursor's place is unknown after it.</summary>
    UnsureWidth = 1,
}
