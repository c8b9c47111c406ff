namespace CcConsole.Tui.Cells;

/// <summary>The glyphs that the kit itself draws; each one column wide on every terminal, no emoji.</summary>
public sealed record GlyphSet
{
    /// <summary>Box drawing and geometric shapes.</summary>
    public static GlyphSet Unicode { get; } = new();

    /// <summary>For terminals without UTF-8: everything else is shown as <c>?</c>.</summary>
    public static GlyphSet Ascii { get; } = new()
    {
        IsAscii = true,
        Horizontal = '-',
        Vertical = '|',
        UpperLeft = '+',
        UpperRight = '+',
        LowerLeft = '+',
        LowerRight = '+',
        Thumb = '#',
        Ellipsis = "~",
        Separator = ">",
        Ascending = "^",
        Descending = "v",
        Pointer = ">",
        Marked = "*",
        Checked = "[x]",
        Unchecked = "[ ]",
        FieldError = "^",
    };

    /// <summary>Whether nothing but ASCII may be sent.</summary>
    public bool IsAscii { get; init; }

    /// <summary>Line of a frame.</summary>
    public char Horizontal { get; init; } = '─';

    /// <summary>Line of a frame.</summary>
    public char Vertical { get; init; } = '│';

    /// <summary>Corner of a frame.</summary>
    public char UpperLeft { get; init; } = '┌';

    /// <summary>Corner of a frame.</summary>
    public char UpperRight { get; init; } = '┐';

    /// <summary>Corner of a frame.</summary>
    public char LowerLeft { get; init; } = '└';

    /// <summary>Corner of a frame.</summary>
    public char LowerRight { get; init; } = '┘';

    /// <summary>The moving part of a scroll bar.</summary>
    public char Thumb { get; init; } = '█';

    /// <summary>Stands for text that was cut off.</summary>
    public string Ellipsis { get; init; } = "…";

    /// <summary>Between breadcrumbs.</summary>
    public string Separator { get; init; } = "›";

    /// <summary>Sorted upwards.</summary>
    public string Ascending { get; init; } = "▴";

    /// <summary>Sorted downwards.</summary>
    public string Descending { get; init; } = "▾";

    /// <summary>The focused row or field.</summary>
    public string Pointer { get; init; } = "›";

    /// <summary>A marked row.</summary>
    public string Marked { get; init; } = "•";

    /// <summary>A box that is ticked.</summary>
    public string Checked { get; init; } = "[x]";

    /// <summary>A box that is not ticked.</summary>
    public string Unchecked { get; init; } = "[ ]";

    /// <summary>Under a field at fault.</summary>
    public string FieldError { get; init; } = "▲";
}
