using System.Globalization;
using CcConsole.Store.Reports;

namespace CcConsole.Screens;

/// <summary>How a run ended, in words. Why one was refused is the host's text.</summary>
internal static class OutcomeText
{
    /// <summary>In few columns: <c>exit 0</c>, <c>refused (overlap)</c>, <c>lost</c>.</summary>
    public static string Short(RunSummary run) => run switch
    {
        { Refused: { } why } => $"refused ({why})",
        { IsLost: true } => "lost",
        _ => string.Create(CultureInfo.InvariantCulture, $"exit {run.ExitCode}"),
    };

    /// <summary>Why a run was not begun.</summary>
    public static string Refused(string why) => why == "overlap" ? "not begun: the run before was still going"
        : why == "audit" ? "not begun: the audit log could not be written" : $"not begun: {why}";

    /// <summary>Of a run that was lost.</summary>
    public const string Lost = "not known: its wrapper died before it could report";
}
