namespace CcConsole.Tui.Input;

/// <summary>Reports of the mouse: SGR (mode 1006), and X10's three bytes from terminals that lack it.</summary>
internal static class MouseReport
{
    public static MouseEvent? FromSgr(int code, int column, int row, bool released)
    {
        var modifiers = KeyModifiers.None;
        if ((code & 4) != 0)
            modifiers |= KeyModifiers.Shift;
        if ((code & 8) != 0)
            modifiers |= KeyModifiers.Alt;
        if ((code & 16) != 0)
            modifiers |= KeyModifiers.Ctrl;
        var (x, y, button) = (Math.Max(0, column - 1), Math.Max(0, row - 1), code & 3);
        if ((code & 64) != 0)
        {
            // 66 and 67 are the sideways wheel, which nothing here uses.
            return button > 1 ? null : new MouseEvent(button == 0 ? MouseAction.WheelUp : MouseAction.WheelDown, x, y, 0, modifiers);
        }
        if (button == 3 || (code & 128) != 0)
            return null;
        var action = released ? MouseAction.Release : (code & 32) != 0 ? MouseAction.Drag : MouseAction.Press;
        return new MouseEvent(action, x, y, button, modifiers);
    }

    public static MouseEvent? FromX10(byte code, byte column, byte row)
    {
        // X10 does not say which button was released.
        return (code - 32 & 3) == 3 && (code - 32 & 64) == 0
            ? new MouseEvent(MouseAction.Release, Math.Max(0, column - 33), Math.Max(0, row - 33))
            : FromSgr(code - 32, column - 32, row - 32, released: false);
    }
}
