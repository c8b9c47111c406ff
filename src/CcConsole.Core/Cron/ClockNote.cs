using System.Globalization;

namespace CcConsole.Core.Cron;

/// <summary>What becomes of a schedule's runs at a change of the clock.</summary>
public enum ClockNoteKind
{
    /// <summary>The clock leaves times out at which it was to run: it runs at once afterwards.</summary>
    MadeUp,

    /// <summary>The clock leaves times out at which it was to run, and they are not made up for.</summary>
    LeftOut,

    /// <summary>Times at which it runs come twice: it runs both times.</summary>
    Twice,

    /// <summary>Times at which it runs come twice: it runs the first time only.</summary>
    Once,

    /// <summary>The job has a zone of its own, and the host's clock goes back: until that shows what it has not shown
    /// before, the daemon leaves the job out.</summary>
    LeftOutByHost,
}

/// <summary>One change of the clock that a schedule meets (crontab(5), "daylight saving time").</summary>
/// <param name="Kind">What becomes of the runs.</param>
/// <param name="At">The first minute with the new offset, by the new clock (for <see cref="ClockNoteKind.LeftOutByHost"/> the host's).</param>
/// <param name="Before">What the clock would have shown at that minute without the change.</param>
/// <param name="Count">How many times of the schedule are concerned.</param>
public sealed record ClockNote(ClockNoteKind Kind, DateTimeOffset At, DateTime Before, int Count)
{
    /// <summary>One sentence, without a full stop.</summary>
    public override string ToString()
    {
        var clock = string.Create(CultureInfo.InvariantCulture, $"{Before:yyyy-MM-dd}: the clock goes from {Before:HH:mm} to {At:HH:mm}");
        var (times, verb) = Count == 1 ? ("one time", "is") : (string.Create(CultureInfo.InvariantCulture, $"{Count} times"), "are");
        return Kind switch
        {
            ClockNoteKind.MadeUp => string.Create(CultureInfo.InvariantCulture, $"{clock}; {times} of the skipped hours {verb} made up for at {At:HH:mm}"),
            ClockNoteKind.LeftOut => $"{clock}; {times} of the skipped hours {verb} left out",
            ClockNoteKind.LeftOutByHost => string.Create(CultureInfo.InvariantCulture, $"{Before:yyyy-MM-dd}: the host's clock goes from {Before:HH:mm} to {At:HH:mm}; {times} of the hours after it {verb} left out"),
            ClockNoteKind.Twice => $"{clock}; {times} of the repeated hours {verb} run twice",
            _ => $"{clock}; {times} of the repeated hours {verb} run once, before the change",
        };
    }

    internal static IEnumerable<ClockNote> Between(Schedule schedule, RunClock clock, DateTimeOffset from, DateTimeOffset to)
    {
        var notes = new List<ClockNote>();
        var (first, last) = (Math.Max(ScheduleSearch.ToMinutes(from.UtcTicks) + 1, 0), ScheduleSearch.ToMinutes(to.UtcTicks));
        for (var at = first; clock.Offsets.TryFirst(at, last, out var change); at = change.Minute + 1)
        {
            // The local minutes that the change leaves out, or shows a second time.
            var offset = clock.Offsets.At(change.Minute);
            var start = change.Minute + offset - Math.Max(change.Shift, 0);
            var kind = change.Shift > 0
                ? clock.CatchesUp(change) ? ClockNoteKind.MadeUp : ClockNoteKind.LeftOut
                : clock.EndOfRepeat(change) > change.Minute ? ClockNoteKind.Once : ClockNoteKind.Twice;
            Add(kind, change, offset, ScheduleSearch.CountLocal(schedule.Fields, start, start + Math.Abs(change.Shift)));
        }

        for (var at = first; clock.Host is { } host && host.TryFirst(at, last, out var change); at = change.Minute + 1)
        {
            if (clock.IsCaughtUpLater(change))
            {
                var start = change.Minute + clock.Offsets.At(change.Minute);
                Add(ClockNoteKind.LeftOutByHost, change, host.At(change.Minute), ScheduleSearch.CountLocal(schedule.Fields, start, start - change.Shift));
            }
        }

        return notes;

        void Add(ClockNoteKind kind, ZoneChange change, int offset, int count)
        {
            if (count > 0)
            {
                var moment = ScheduleSearch.ToTime(change.Minute, offset);
                notes.Add(new ClockNote(kind, moment, moment.DateTime.AddMinutes(-change.Shift), count));
            }
        }
    }
}
