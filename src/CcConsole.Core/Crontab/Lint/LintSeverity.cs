namespace CcConsole.Core.Crontab.Lint;

/// <summary>How bad a finding is.</summary>
public enum LintSeverity
{
    /// <summary>Worth knowing; nothing is wrong with it.</summary>
    Note,

    /// <summary>The daemon takes it, and does something else than it seems to say.</summary>
    Warning,

    /// <summary>The daemon refuses it, or passes over it: something does not run.</summary>
    Error,
}

/// <summary>The words of <see cref="LintSeverity"/>.</summary>
public static class LintSeverityText
{
    /// <summary><c>note</c>, <c>warning</c> or <c>error</c>.</summary>
    public static string Word(this LintSeverity severity) => severity switch
    {
        LintSeverity.Error => "error",
        LintSeverity.Warning => "warning",
        _ => "note",
    };
}
