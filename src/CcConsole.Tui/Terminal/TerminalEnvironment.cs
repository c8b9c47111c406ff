using CcConsole.Tui.Cells;

namespace CcConsole.Tui.Terminal;

/// <summary>What the environment says of the terminal. Takes the variables as a function, so that it can be tested.</summary>
public static class TerminalEnvironment
{
    /// <summary>Colours: none if NO_COLOR is not empty (no-color.org) or TERM is dumb or a vt, else by COLORTERM, else by TERM.</summary>
    public static ColorDepth Depth(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var term = variable("TERM") ?? "";
        if (!string.IsNullOrEmpty(variable("NO_COLOR")) || term is "" or "dumb" || term.StartsWith("vt", StringComparison.Ordinal))
            return ColorDepth.None;
        if (variable("COLORTERM") is "truecolor" or "24bit" || term.EndsWith("-direct", StringComparison.Ordinal))
            return ColorDepth.TrueColor;
        return term.Contains("256color", StringComparison.Ordinal) ? ColorDepth.Palette256 : ColorDepth.Ansi16;
    }

    /// <summary>Whether only ASCII may be sent: the locale (LC_ALL, LC_CTYPE, LANG in this order) is set and is not UTF-8.</summary>
    public static bool IsAscii(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        foreach (var name in (ReadOnlySpan<string>)["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (variable(name) is { Length: > 0 } locale)
                return !locale.Replace("-", "", StringComparison.Ordinal).EndsWith("utf8", StringComparison.OrdinalIgnoreCase);
        }
        return false;
    }

    /// <summary>Whether a full screen can be shown: input and output are terminals and TERM is not dumb.</summary>
    public static bool CanShowScreen(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return variable("TERM") is { Length: > 0 } term && term != "dumb" && Libc.IsTerminal(0) && Libc.IsTerminal(1);
    }
}
