using CcConsole.Core.Cron;

namespace CcConsole.Core.Crontab.Lint;

/// <summary>Entries that run the same command twice at the same times, with the same variables.</summary>
internal sealed class DuplicateEntries
{
    private readonly Dictionary<int, EntryLine> _seen = [];

    /// <summary>Entries below a variable's line are compared among themselves: it may make them differ.</summary>
    public void Reset() => _seen.Clear();

    public void Check(LintSink sink, EntryLine entry)
    {
        var command = sink.Table.Slice(entry.CommandSpan);
        var hash = new HashCode();
        hash.AddBytes(command);
        hash.Add(entry.Schedule.Fields.Minutes);
        hash.Add(entry.Schedule.Fields.Hours);
        var key = hash.ToHashCode();
        if (!_seen.TryGetValue(key, out var first))
        {
            _seen[key] = entry;
        }
        else if (first.User == entry.User && IsSame(first.Schedule.Fields, entry.Schedule.Fields) && sink.Table.Slice(first.CommandSpan).SequenceEqual(command))
        {
            sink.Add(LintCodes.DuplicateEntry, LintPart.Schedule, entry, entry.ScheduleSpan, $"the same as line {first.Number}: the command runs twice at the same times", "Remove one of the two");
        }
    }

    private static bool IsSame(in ScheduleFields a, in ScheduleFields b) =>
        a.Minutes == b.Minutes && a.Hours == b.Hours && a.Days == b.Days && a.Months == b.Months && a.Weekdays == b.Weekdays && a.Reboot == b.Reboot
        && ((a.Days == ScheduleFields.AllDays && a.Weekdays == ScheduleFields.AllWeekdays) || (a.DayStar || a.WeekdayStar) == (b.DayStar || b.WeekdayStar))
        && !a.Random && !b.Random;
}
