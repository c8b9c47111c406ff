using CcConsole.Tui.Cells;
using CcConsole.Tui.Input;

namespace CcConsole.Tui.App;

/// <summary>What an <see cref="Application"/> shows. All calls come on the UI thread.</summary>
public interface IView
{
    /// <summary>Draws everything, each time; the kit sends only what changed.</summary>
    void Draw(Canvas canvas);

    /// <summary>Takes what the person did. The screen is drawn again afterwards, whatever the answer.</summary>
    /// <returns>Whether the event was used; an unused Ctrl+C, Ctrl+L or Ctrl+Z has the kit's own meaning (quit, repaint, suspend).</returns>
    bool Handle(InputEvent input);
}
