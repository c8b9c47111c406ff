using System.Text;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab;

/// <summary>Where an entry goes.</summary>
/// <param name="Table">The table that it is added to.</param>
public sealed record EntryDestination(CrontabDocument Table)
{
    /// <summary>The user that runs it, for a system table; null for a user's table.</summary>
    public string? User { get; init; }

    /// <summary>Where the agent lies there; null when there is none.</summary>
    public string? AgentPath { get; init; }

    /// <summary>The agent's socket there; null leaves it to the agent.</summary>
    public string? SocketPath { get; init; }

    /// <summary>Another job id than the entry has; null to keep it.</summary>
    public string? JobId { get; init; }

    /// <summary>Whether a wrapped entry loses its wrapper where there is no agent; else it is refused.</summary>
    public bool MayRelease { get; init; }

    /// <summary>Whether the variables that differ are written above the entry.</summary>
    public bool BringVariables { get; init; }
}

/// <summary>A table with an entry of another one.</summary>
/// <param name="After">The table.</param>
/// <param name="Differences">What is not as it was for the job, in words.</param>
public sealed record TransferredEntry(CrontabDocument After, IReadOnlyList<string> Differences);

/// <summary>
/// Writes an entry into another table, which another daemon may read: the same schedule, the same text for the shell, the same input,
/// its name and its tags. What cannot be the same there is refused, or told as a difference.
/// </summary>
public static class EntryTransfer
{
    /// <summary>Appends an entry to another table.</summary>
    /// <exception cref="ProblemException">The daemon there would run it at other times, or has no notation for it.</exception>
    public static TransferredEntry Append(CrontabDocument from, EntryLine entry, EntryDestination to)
    {
        var table = to.Table;
        List<string> differences = [];
        RequireSameRuns(entry.Schedule, table.Dialect, differences);
        foreach (var (name, here, there) in Variables(from, entry, table))
        {
            if (to.BringVariables && here is not null)
            {
                table = table.AddVariable(table.Lines.Count + 1, name, here);
                differences.Add($"{name} is set above the job, and for what is added below it later");
            }
            else
            {
                differences.Add($"{name} is {Shown(here)} now and will be {Shown(there)}");
            }
        }

        if (table.IsSystem)
        {
            CrontabDocument.CheckUser(to.User ?? throw new ProblemException("An entry of a system table names a user", "Say which user runs the job"));
        }

        var user = table.IsSystem ? to.User : null;
        var command = Command(from, entry, to with { Table = table }, differences);
        var (first, option) = Decorations(from, entry);
        if ((first.Length > 0 || option.Length > 0) && table.Dialect != CronDialect.Cronie)
        {
            throw new ProblemException($"Line {entry.Number} has cronie's {(first.Length > 0 ? "- (do not log)" : "-n (mail on failure only)")}, for which {table.Dialect.Name()} has no notation", "Edit the job first");
        }

        byte[] line =
        [
            .. EntryMark.Line(entry.Name, entry.Tags, from.MarkOf(entry)),
            .. entry.IsPaused ? CrontabDocument.PauseMark : [],
            .. first,
            .. Encoding.UTF8.GetBytes(entry.Schedule.Text),
            (byte)' ',
            .. Encoding.UTF8.GetBytes(user is null ? "" : user + " "),
            .. option,
            .. command,
            (byte)'\n',
        ];
        return new TransferredEntry(table.Append(line, new EntryText(entry.Schedule.Text, command, user)), differences);
    }

    /// <summary>The variables that an entry would find otherwise at the end of another table: name, value here, value there; null where not set.</summary>
    public static IReadOnlyList<(string Name, string? Here, string? There)> Variables(CrontabDocument from, EntryLine entry, CrontabDocument to)
    {
        var (here, there) = (from.EnvironmentAt(entry), to.EnvironmentAt(null));
        return [.. here.Keys.Union(there.Keys).Order(StringComparer.Ordinal)
            .Select(name => (name, here.GetValueOrDefault(name), there.GetValueOrDefault(name)))
            .Where(static variable => variable.Item2 != variable.Item3)];
    }

    private static string Shown(string? value) => value is null ? "not set" : $"\"{value}\"";

    /// <summary>cronie's options of an entry, with the blank after them: before the schedule, and before the command.</summary>
    private static (byte[] First, byte[] Option) Decorations(CrontabDocument from, EntryLine entry)
    {
        if (from.Dialect != CronDialect.Cronie)
        {
            return ([], []);
        }

        var start = entry.Span.Start + (entry.IsPaused ? CrontabDocument.PauseMark.Length : 0);
        var first = from.Slice(new(start, entry.ScheduleSpan.Start - start)).Contains((byte)'-');
        var between = from.Text(new(entry.ScheduleSpan.End, entry.CommandSpan.Start - entry.ScheduleSpan.End)).Trim();
        return (first ? [(byte)'-'] : [], between == "-n" || between.EndsWith(" -n", StringComparison.Ordinal) || between.EndsWith("\t-n", StringComparison.Ordinal) ? "-n "u8.ToArray() : []);
    }

    private static byte[] Command(CrontabDocument from, EntryLine entry, EntryDestination to, List<string> differences)
    {
        var raw = from.Slice(entry.CommandSpan);
        var isSame = from.Dialect == to.Table.Dialect;
        if (CommandWrapper.Unwrap(raw, from.Dialect) is not { } wrapped)
        {
            var command = CronCommand.Split(raw, from.Dialect);
            return isSame ? raw.ToArray() : CronCommand.Escape(command.Shell.Span, to.Table.Dialect, command.RawInput);
        }

        if (wrapped.IsCutAtPercent)
        {
            throw new ProblemException($"Line {entry.Number} is broken: cron cuts it at a % within its quotes", "Mend it first, by adopting it");
        }

        if (to.AgentPath is { } agent)
        {
            Adoption.ShellOf(to.Table, null);
            var (known, unknown) = WrapperFlags.Part(wrapped.Flags);
            differences.AddRange(unknown.Count == 0 ? [] : [$"the wrapper's {string.Join(' ', unknown)} is left out: the agent does not know it"]);
            return CommandWrapper.Wrap(wrapped with
            {
                AgentPath = agent,
                SocketPath = to.SocketPath,
                JobId = to.JobId ?? wrapped.JobId,
                Flags = known,
                Doubled = isSame ? wrapped.Doubled : [],
            }, to.Table.Dialect);
        }

        if (!to.MayRelease)
        {
            throw new ProblemException("There is no agent that could run the job and report its runs there", "Install the agent there, or ask for the job without its wrapper");
        }

        if (Adoption.CronShell(to.Table, null) is var shell && shell != wrapped.Shell)
        {
            throw new ProblemException($"Line {entry.Number} runs in {wrapped.Shell}, and without the wrapper cron there would run it in {shell}", $"Set SHELL={wrapped.Shell} there first, or bring the variables");
        }

        differences.Add("it loses its wrapper: its runs are not reported there");
        return CronCommand.Escape(wrapped.Command.Span, to.Table.Dialect, wrapped.RawInput, isSame ? wrapped.Doubled : []);
    }

    private static void RequireSameRuns(Schedule schedule, CronDialect dialect, List<string> differences)
    {
        if (schedule.Dialect == dialect)
        {
            return;
        }

        if (!Schedule.TryParse(schedule.Text, dialect, out var there, out var error))
        {
            throw new ProblemException($"{dialect.Name()} cron would refuse \"{schedule.Text}\": {error.Message}", "Write the schedule so that both daemons take it");
        }

        if (schedule.Fault is not null || there!.Fault is not null || !IsSame(schedule, there))
        {
            throw new ProblemException($"{dialect.Name()} cron reads \"{schedule.Text}\" as other times than {schedule.Dialect.Name()} cron", "Write the schedule so that both daemons read the same");
        }

        if (schedule.IsWildcard != there.IsWildcard)
        {
            differences.Add($"around a change of the clock it runs by the rules of {dialect.Name()} cron");
        }
    }

    private static bool IsSame(Schedule a, Schedule b)
    {
        var (x, y) = (a.Fields, b.Fields);
        if (x.Reboot || y.Reboot)
        {
            return x.Reboot == y.Reboot;
        }

        if ((x.Minutes, x.Hours, x.Months, x.Random) != (y.Minutes, y.Hours, y.Months, y.Random))
        {
            return a.NeverFires && b.NeverFires;
        }

        for (var day = 1; day <= 31; day++)
        {
            for (var weekday = 0; weekday < 7; weekday++)
            {
                if (Fires(a, day, weekday) != Fires(b, day, weekday))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool Fires(Schedule schedule, int day, int weekday)
    {
        var fields = schedule.Fields;
        bool byDay = (fields.Days >> day & 1) != 0, byWeekday = (fields.Weekdays >> weekday & 1) != 0;
        return schedule.BothDaysMustMatch ? byDay && byWeekday : byDay || byWeekday;
    }
}
