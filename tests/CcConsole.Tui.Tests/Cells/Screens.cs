using CcConsole.Tui.Cells;
using CcConsole.Tui.Testing;
using CcConsole.Tui.Theming;

namespace CcConsole.Tui.Tests.Cells;

/// <summary>A frame, the renderer and a model of a terminal that shows what was sent.</summary>
internal sealed class Screens
{
    public Screens(int width, int height, Func<string, int>? widthOfUnsure = null, ColorDepth depth = ColorDepth.TrueColor)
    {
        Theme = BasicTheme.Resolve(Styles, depth);
        Frame = new Frame(new Size(width, height), Styles, Pool, Theme, GlyphSet.Unicode);
        Renderer = new DiffRenderer(Styles, Pool) { Depth = depth };
        Screen = new VtScreen(width, height) { WidthOfUnsure = widthOfUnsure };
    }

    public StyleTable Styles { get; } = new();

    public GlyphPool Pool { get; } = new();

    public Theme Theme { get; }

    public Frame Frame { get; }

    public DiffRenderer Renderer { get; }

    public VtScreen Screen { get; }

    /// <summary>Sends what changed; how many bytes that took.</summary>
    public int Send()
    {
        var bytes = Renderer.Render(Frame.Grid, Frame.Cursor);
        Screen.Feed(bytes);
        return bytes.Length;
    }
}
