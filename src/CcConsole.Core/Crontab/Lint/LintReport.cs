using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>What the linter says of a table.</summary>
/// <param name="Accepted">What the daemon's own <c>crontab</c> would say of the whole file; of a system table, whether
/// the daemon takes all of it.</param>
/// <param name="Dialect">The daemon that was asked about.</param>
/// <param name="Findings">In the order of the lines; those about the whole table first.</param>
public sealed record LintReport(bool Accepted, CronDialect Dialect, IReadOnlyList<LintFinding> Findings)
{
    /// <summary>True when the table is accepted and there is nothing worse than a note.</summary>
    public bool IsGood => Accepted && !Findings.Any(static finding => finding.Severity > LintSeverity.Note);
}
