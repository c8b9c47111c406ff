using CcConsole.Tui.Input;

namespace CcConsole.Tui.App;

/// <summary>Tells the second press of a double click: same cell and button within half a second.</summary>
internal sealed class DoubleClick(TimeProvider time)
{
    private static readonly TimeSpan Within = TimeSpan.FromMilliseconds(500);

    private MouseEvent? _former;
    private long _at;

    public MouseEvent Count(MouseEvent mouse)
    {
        if (mouse.Action != MouseAction.Press)
            return mouse;
        if (_former is { } former && former.At == mouse.At && former.Button == mouse.Button && time.GetElapsedTime(_at) <= Within)
        {
            _former = null;
            return mouse with { Clicks = 2 };
        }
        (_former, _at) = (mouse, time.GetTimestamp());
        return mouse;
    }
}
