namespace CcConsole.Core.Crontab.Lint;

/// <summary>A kind of finding.</summary>
/// <param name="Name">Its stable name: small letters and hyphens.</param>
/// <param name="Severity">How bad each of its findings is.</param>
/// <param name="Meaning">What it stands for: one sentence without a final full stop.</param>
public sealed record LintCode(string Name, LintSeverity Severity, string Meaning)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}
