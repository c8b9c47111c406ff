using CcConsole.Tui.Cells;
using CcConsole.Tui.Theming;

namespace CcConsole.Tui.App;

/// <summary>With what an <see cref="Application"/> starts.</summary>
public sealed record ApplicationOptions
{
    /// <summary>The clock of timers, toasts and double clicks.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How many colours the terminal shows; <see cref="Terminal.TerminalEnvironment.Depth"/> reads it from the environment.</summary>
    public ColorDepth Depth { get; init; } = ColorDepth.Ansi16;

    /// <summary>The themes to choose from.</summary>
    public ThemeLibrary Themes { get; init; } = new();

    /// <summary>The theme to start with; null for <see cref="BasicTheme"/>.</summary>
    public string? Theme { get; init; }

    /// <summary>Whether only ASCII may be sent.</summary>
    public bool Ascii { get; init; }

    /// <summary>Whether to ask for reports of the mouse.</summary>
    public bool Mouse { get; init; } = true;
}
