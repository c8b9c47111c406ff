namespace CcConsole.Tui.Terminal;

/// <summary>The modes that are switched on entering and off on leaving (xterm's ctlseqs; kitty's keyboard protocol).</summary>
internal static class TerminalModes
{
    /// <summary>Alternate screen, no wrapping at the margin, no cursor, bracketed paste, focus.</summary>
    public static ReadOnlySpan<byte> Enter => "\e[?1049h\e[?7l\e[?25l\e[?2004h\e[?1004h"u8;

    /// <summary>The reverse; a synchronized update that was cut short is ended too.</summary>
    public static ReadOnlySpan<byte> Leave => "\e[?2026l\e[?1006l\e[?1002l\e[?1000l\e[?1004l\e[?2004l\e[m\e[?7h\e[?25h\e[?1049l"u8;

    /// <summary>Presses, releases, dragging, the wheel, in SGR form.</summary>
    public static ReadOnlySpan<byte> MouseOn => "\e[?1000h\e[?1002h\e[?1006h"u8;

    /// <summary>No reports.</summary>
    public static ReadOnlySpan<byte> MouseOff => "\e[?1006l\e[?1002l\e[?1000l"u8;

    /// <summary>Pushes flag 1: keys that would look alike are told apart.</summary>
    public static ReadOnlySpan<byte> UnambiguousKeysOn => "\e[>1u"u8;

    /// <summary>Pops what was pushed.</summary>
    public static ReadOnlySpan<byte> UnambiguousKeysOff => "\e[<u"u8;
}
