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
/// <param name="First">The first time of the schedule that is concerned, by the job's clock.</param>
/// <param name="Count">How many are.</param>
public sealed record ClockNote(ClockNoteKind Kind, DateTimeOffset At, DateTime Before, DateTime First, int Count)
{
    /// <summary>One sentence, without a full stop.</summary>
    public override string ToString()
    {
        var (one, host) = (Count == 1, Kind == ClockNoteKind.LeftOutByHost ? "the host's clock" : "the clock");
        var times = string.Create(CultureInfo.InvariantCulture, $"{(one ? "" : $"{Count} times from ")}{First:HH:mm}{(one ? "" : " on")}");
        var what = Kind switch
        {
            ClockNoteKind.MadeUp => string.Create(CultureInfo.InvariantCulture, $"{(one ? "does not exist: it runs at" : "do not exist: they run one after another from")} {At:HH:mm}{(one ? "" : " on")}"),
            ClockNoteKind.LeftOut => one ? "does not exist: no run" : "do not exist: no run for them",
            ClockNoteKind.Twice => one ? "comes twice: it runs both times" : "come twice: they run both times",
            ClockNoteKind.Once => one ? "comes twice: it runs the first time only" : "come twice: they run the first time only",
            _ => one ? "falls into the time that the host's clock repeats: no run" : "fall into the time that the host's clock repeats: no run for them",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Before:yyyy-MM-dd}: {host} goes from {Before:HH:mm} to {At:HH:mm}; {times} {what}");
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
            Add(kind, change, offset, start, start + Math.Abs(change.Shift));
        }

        for (var at = first; clock.Host is { } host && host.TryFirst(at, last, out var change); at = change.Minute + 1)
        {
            if (clock.IsCaughtUpLater(change))
            {
                var start = change.Minute + clock.Offsets.At(change.Minute);
                Add(ClockNoteKind.LeftOutByHost, change, host.At(change.Minute), start, start - change.Shift);
            }
        }

        return notes;

        void Add(ClockNoteKind kind, ZoneChange change, int offset, long start, long end)
        {
            var count = ScheduleSearch.CountLocal(schedule.Fields, start, end, out var first);
            if (count > 0)
            {
                var moment = ScheduleSearch.ToTime(change.Minute, offset);
                notes.Add(new ClockNote(kind, moment, moment.DateTime.AddMinutes(-change.Shift), DateTime.UnixEpoch.AddMinutes(first), count));
            }
        }
    }
}
