namespace CcConsole.Core.Crontab.Lint;

/// <summary>What is known beyond the table's own text. Each part may be unknown, and is then not judged.</summary>
public sealed record LintContext
{
    /// <summary>Nothing but the text is known.</summary>
    public static LintContext Empty { get; } = new();

    /// <summary>Whose table it is; null when not known, or for a system table.</summary>
    public string? TableUser { get; init; }

    /// <summary>The host's users; null when not known.</summary>
    public IReadOnlySet<string>? Users { get; init; }

    /// <summary>The file that holds the table; null when not known.</summary>
    public TableFile? File { get; init; }
}
