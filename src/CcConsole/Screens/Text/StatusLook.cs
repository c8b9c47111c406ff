using CcConsole.Core.Crontab.Lint;
using CcConsole.Core.Reports;
using CcConsole.Fleet;
using CcConsole.Store.Reports;

namespace CcConsole.Screens;

/// <summary>A status as screens show it: a glyph, a word and a style, never a colour alone.</summary>
/// <param name="Glyph">One column wide.</param>
/// <param name="AsciiGlyph">The same where only ASCII may be sent.</param>
/// <param name="Word">One word.</param>
/// <param name="Scope">Its scope in the theme.</param>
internal sealed record StatusLook(string Glyph, string AsciiGlyph, string Word, string Scope)
{
    private static readonly StatusLook Ok = new("✓", "+", "ok", "state.ok");
    private static readonly StatusLook Fail = new("✗", "x", "fail", "state.fail");
    private static readonly StatusLook Late = new("!", "!", "late", "state.late");
    private static readonly StatusLook Run = new("▶", ">", "run", "state.run");
    private static readonly StatusLook Off = new("–", "-", "off", "state.off");
    private static readonly StatusLook Offline = new("○", "o", "offline", "state.offline");
    private static readonly StatusLook Unknown = new("?", "?", "unknown", "state.unknown");

    private static readonly StatusLook LintError = new("✗", "x", "error", "state.fail");
    private static readonly StatusLook LintWarning = new("!", "!", "warning", "state.late");
    private static readonly StatusLook LintNote = new("·", ".", "note", "text.dim");

    /// <summary>The look of what the daemon leaves out.</summary>
    public static readonly StatusLook Ignored = new("–", "-", "ignored", "state.off");

    /// <summary>The look of what could not be looked at.</summary>
    public static readonly StatusLook Gap = new("?", "?", "gap", "state.late");

    /// <summary>The looks of a change that is one of many.</summary>
    public static readonly StatusLook Applied = new("✓", "+", "applied", "state.ok"),
        Refused = new("✗", "x", "refused", "state.fail"),
        Failed = new("✗", "x", "failed", "state.fail"),
        Undone = new("–", "-", "undone", "state.off"),
        Waiting = new("–", "-", "waiting", "state.off"),
        NotBegun = new("–", "-", "not begun", "state.off");

    /// <summary>The looks of an agent.</summary>
    public static readonly StatusLook Up = new("✓", "+", "up", "state.ok"),
        Down = new("✗", "x", "down", "state.fail"),
        Absent = new("–", "-", "absent", "state.off"),
        Alarm = new("!", "!", "alarm", "state.late"),
        Conflict = new("✗", "x", "conflict", "state.fail"),
        Outdated = new("!", "!", "outdated", "state.late");

    private static readonly StatusLook Skipped = new("–", "-", "refused", "state.late");
    private static readonly StatusLook LostRun = new("?", "?", "lost", "state.fail");

    private string? _shown;
    private string? _shownAscii;

    /// <summary>The look of a status.</summary>
    public static StatusLook Of(Status status) => status switch
    {
        Status.Ok => Ok,
        Status.Fail => Fail,
        Status.Late => Late,
        Status.Running => Run,
        Status.Off => Off,
        Status.Offline => Offline,
        _ => Unknown,
    };

    /// <summary>The look of something that the linter says.</summary>
    public static StatusLook Of(LintSeverity severity) => severity switch
    {
        LintSeverity.Error => LintError,
        LintSeverity.Warning => LintWarning,
        _ => LintNote,
    };

    /// <summary>The look of a run that ended with an exit code.</summary>
    public static StatusLook OfExit(int exitCode) => exitCode == 0 ? Ok : Fail;

    /// <summary>The look of a run as it was reported: one that was refused did not go well, and of one that was lost nobody knows.</summary>
    public static StatusLook Of(ExecutionReport report) => report.Refused is not null ? Skipped : report.Lost == true ? LostRun : OfExit(report.ExitCode);

    /// <summary>The same of a run without its output.</summary>
    public static StatusLook Of(RunSummary run) => run.Refused is not null ? Skipped : run.IsLost ? LostRun : OfExit(run.ExitCode);

    /// <summary>The same of a report as it is kept.</summary>
    public static StatusLook Of(StoredReport run) => run.Refused is not null ? Skipped : run.IsLost ? LostRun : OfExit(run.ExitCode);

    /// <summary>Glyph and word; the same string each time.</summary>
    public string Shown(bool ascii) => ascii ? _shownAscii ??= $"{AsciiGlyph} {Word}" : _shown ??= $"{Glyph} {Word}";

    /// <summary>The glyph.</summary>
    public string Mark(bool ascii) => ascii ? AsciiGlyph : Glyph;
}
