using CcConsole.Tui.App;
using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;
using CcConsole.Tui.Testing;

namespace CcConsole.Tui.Tests.Widgets;

/// <summary>A widget as the whole screen.</summary>
internal static class WidgetDriver
{
    public delegate void Drawing(Canvas canvas);

    public static ScreenDriver Start(Drawing draw, Func<InputEvent, bool> handle, int width = 40, int height = 8) =>
        new(_ => new View(draw, handle), width, height);

    public static string[] Rows(this ScreenDriver driver) => driver.Text.Split('\n');

    private sealed class View(Drawing draw, Func<InputEvent, bool> handle) : IView
    {
        public void Draw(Canvas canvas) => draw(canvas);

        public bool Handle(InputEvent input) => handle(input);
    }
}
