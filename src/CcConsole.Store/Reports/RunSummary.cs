namespace CcConsole.Store.Reports;

/// <summary>A run without its output.</summary>
/// <param name="ReportId">The report's number in the cache.</param>
/// <param name="StartedAt">Start.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="ExitCode">Exit code; it tells nothing of a run that was refused or lost.</param>
/// <param name="Refused">Why it was not begun (<c>overlap</c>); null when it was.</param>
/// <param name="IsLost">Whether nobody knows how it ended: its wrapper died before it could report.</param>
public readonly record struct RunSummary(long ReportId, DateTimeOffset StartedAt, TimeSpan Duration, int ExitCode, string? Refused = null, bool IsLost = false);
