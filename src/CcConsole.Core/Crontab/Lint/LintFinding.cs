namespace CcConsole.Core.Crontab.Lint;

/// <summary>The part of an entry, or of a table, that a finding is about.</summary>
public enum LintPart
{
    /// <summary>The table as a whole, or the file that holds it.</summary>
    Table,

    /// <summary>A line that is no entry and no variable.</summary>
    Line,

    /// <summary>A variable's line.</summary>
    Variable,

    /// <summary>An entry's schedule.</summary>
    Schedule,

    /// <summary>The user of a system table's entry.</summary>
    User,

    /// <summary>An entry's command.</summary>
    Command,
}

/// <summary>One thing that the linter says.</summary>
/// <param name="Line">1-based; 0 when it is about the table as a whole.</param>
/// <param name="Column">1-based, in characters of the line: Unicode code points, a tab being one, and what is not UTF-8
/// being as many as U+FFFD stand for it (Unicode, 3.9, maximal subparts); 0 when it is about the table as a whole. Of a draft (<see cref="CrontabLinter.LintEntry"/>):
/// within the text of <paramref name="Part"/>.</param>
/// <param name="Length">How many characters, from <paramref name="Column"/> on; at least 1 unless the table as a whole is meant.</param>
/// <param name="Part">What it is about.</param>
/// <param name="Code">Its kind, with its severity.</param>
/// <param name="Message">One clause, beginning in lower case, without a final full stop.</param>
/// <param name="Hint">What to do; never empty.</param>
public sealed record LintFinding(int Line, int Column, int Length, LintPart Part, LintCode Code, string Message, string Hint)
{
    /// <summary>How bad it is.</summary>
    public LintSeverity Severity => Code.Severity;

    /// <summary>What is found, and what to do; without the last full stop.</summary>
    public string Sentence => $"{char.ToUpperInvariant(Message[0])}{Message[1..]}. {Hint}";
}
