namespace CcConsole.Store.Reports;

/// <summary>A run without its output.</summary>
/// <param name="ReportId">The report's number in the cache.</param>
/// <param name="StartedAt">Start.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="ExitCode">Exit code.</param>
public readonly record struct RunSummary(long ReportId, DateTimeOffset StartedAt, TimeSpan Duration, int ExitCode);
