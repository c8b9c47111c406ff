using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;

namespace CcConsole.Core.Jobs;

/// <summary>Whether cron runs a job.</summary>
public enum JobState
{
    /// <summary>cron runs it when it is due.</summary>
    Active,

    /// <summary>Commented out by the console's mark.</summary>
    Paused,

    /// <summary>A line that the daemon refuses.</summary>
    Unparsed,
}

/// <summary>A line of a table as the screens and verbs show it.</summary>
/// <param name="Id">The wrapper's job id; for a foreign line one made from its bytes, which lasts until they change.
/// Unique within the table (a second line with the same id gets <c>~2</c>).</param>
/// <param name="Name">From the comment line above; null when there is none.</param>
/// <param name="State">Whether cron runs it.</param>
/// <param name="ScheduleText">As written; empty for a line that does not parse.</param>
/// <param name="Schedule">Null for a line that does not parse.</param>
/// <param name="Command">What the job runs, without the wrapper; for a line that does not parse, the line.</param>
/// <param name="User">The user of an entry in a system table; null otherwise.</param>
/// <param name="Wrapped">The wrapper around it; null for a foreign line.</param>
/// <param name="Problem">Why the daemon refuses the line; null when it does not.</param>
/// <param name="Line">The line of the table.</param>
public sealed record Job(
    string Id,
    string? Name,
    JobState State,
    string ScheduleText,
    Schedule? Schedule,
    string Command,
    string? User,
    WrappedCommand? Wrapped,
    string? Problem,
    CrontabLine Line)
{
    /// <summary>True when the agent's wrapper runs it, so that its runs are reported.</summary>
    public bool IsManaged => Wrapped is not null;

    /// <summary>Its tags, from the comment line above; empty when it has none.</summary>
    public IReadOnlyList<string> Tags => Entry?.Tags ?? [];

    /// <summary>The 1-based number of its line.</summary>
    public int LineNumber => Line.Number;

    /// <summary>The entry for <see cref="CrontabDocument"/>'s edits; null for a line that does not parse.</summary>
    public EntryLine? Entry => Line as EntryLine;
}
