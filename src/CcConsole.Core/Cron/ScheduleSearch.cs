using System.Numerics;

namespace CcConsole.Core.Cron;

/// <summary>
/// Finds runs. Times are minutes since 1970: of UTC, or of the local clock. The daemon is taken to be awake all the time.
/// </summary>
/// <remarks>
/// debian and cronie keep a virtual local minute: what lies between it and the clock is run when the clock jumps ahead by 6
/// to 180 minutes (fixed-time jobs; wildcard jobs only for the minute that the clock shows), and only wildcard jobs run
/// until the clock has caught up when it goes back by less than three hours (cron.c, main loop). busybox asks for each
/// minute of UTC what the local clock shows (crond.c, flag_starting_jobs), and cronie does so for a job with a zone of its
/// own; it leaves out such a job while it itself is catching up, however (cron.c, find_jobs).
/// </remarks>
internal static class ScheduleSearch
{
    private const int MinutesOfDay = 1440;
    private const int LastYear = 9000;
    private const int LargeJump = 180;

    // More than any two offsets are apart: where none changes for so long, no change after it shows again what the clock showed
    // before, and none moves a run by as much.
    private const int Certain = 2 * MinutesOfDay;
    private static readonly long LastMinute = (new DateTime(LastYear, 1, 1).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute;

    public static bool CanFire(in ScheduleFields fields)
    {
        if (fields.Minutes == 0 || fields.Hours == 0 || fields.Months == 0)
        {
            return false;
        }

        var dayExists = false;
        for (var month = 1; month <= 12; month++)
        {
            // 2000 is a leap year; every date of the calendar meets every weekday in time.
            dayExists |= (fields.Months & (1u << month)) != 0 && (fields.Days & DaysOf(2000, month)) != 0;
        }

        return fields.DayStar || fields.WeekdayStar
            ? dayExists && fields.Weekdays != 0
            : dayExists || fields.Weekdays != 0;
    }

    public static DateTimeOffset? Next(in ScheduleFields fields, in RunClock clock, DateTimeOffset after)
    {
        var offsets = clock.Offsets;
        for (var at = Math.Max(ToMinutes(after.UtcTicks) + 1, 0); at < LastMinute;)
        {
            var offset = offsets.At(at);
            var start = at;
            if (offsets.TryLast(at, at - LargeJump - 1, out var past))
            {
                if (past.Minute == at && RunsAtJump(fields, clock, past, offset))
                {
                    return ToTime(at, offset);
                }

                start = Math.Max(at, clock.EndOfRepeat(past));
            }

            if (!TryNextLocal(fields, start + offset, out var local))
            {
                return null;
            }

            var candidate = local - offset;
            if (candidate - at > 2 * Certain && !offsets.TryFirst(at + 1, at + Certain, out _))
            {
                at = candidate - Certain;
            }
            else if (offsets.TryFirst(at + 1, candidate, out var change))
            {
                at = change.Minute;
            }
            else if (clock.IsLeftOut(candidate, out var end))
            {
                at = end;
            }
            else
            {
                return ToTime(candidate, offset);
            }
        }

        return null;
    }

    public static DateTimeOffset? Previous(in ScheduleFields fields, in RunClock clock, DateTimeOffset before)
    {
        var offsets = clock.Offsets;
        for (var at = Math.Min(ToMinutes(before.UtcTicks + TimeSpan.TicksPerMinute - 1) - 1, LastMinute); at >= 0;)
        {
            var offset = offsets.At(at);
            var found = TryPreviousLocal(fields, at + offset, out var local);
            var candidate = found ? local - offset : -Certain;
            if (at - candidate > 2 * Certain && !offsets.TryLast(at, at - Certain, out _))
            {
                at = candidate + Certain;
                continue;
            }

            var changed = offsets.TryLast(at, candidate - LargeJump - 1, out var past);
            if (found && candidate >= 0 && (!changed || candidate >= clock.EndOfRepeat(past)))
            {
                if (!clock.IsLeftOut(candidate, out _))
                {
                    return ToTime(candidate, offset);
                }

                at = candidate - 1;
                continue;
            }

            if (!changed)
            {
                return null;
            }

            if (RunsAtJump(fields, clock, past, offset))
            {
                return ToTime(past.Minute, offset);
            }

            at = past.Minute - 1;
        }

        return null;
    }

    /// <summary>How many minutes of the local clock match, from the first to the one before the last, and which is the first that does.</summary>
    public static int CountLocal(in ScheduleFields fields, long from, long to, out long first)
    {
        var count = 0;
        for (first = from; TryNextLocal(fields, from, out var local) && local < to; from = local + 1)
        {
            first = count++ == 0 ? local : first;
        }

        return count;
    }

    /// <summary>Whether the first minute after a jump ahead runs the job, for itself or for the minutes left out.</summary>
    private static bool RunsAtJump(in ScheduleFields fields, in RunClock clock, in ZoneChange change, int offset)
    {
        if (!clock.CatchesUp(change))
        {
            return false;
        }

        var end = change.Minute + offset;
        return TryNextLocal(fields, end - change.Shift, out var local) && local <= end;
    }

    private static bool TryNextLocal(in ScheduleFields fields, long local, out long found)
    {
        var (day, minute) = Split(local);
        var date = new DateTime((day * TimeSpan.TicksPerDay) + DateTime.UnixEpoch.Ticks);
        var (year, month, first) = (date.Year, date.Month, date.Day);
        found = 0;
        if (Matches(fields, year, month, first) && TryNextMinute(fields, minute, out var within))
        {
            found = (day * MinutesOfDay) + within;
            return true;
        }

        // Not today: the next day that matches, at its first minute.
        uint left = first == 31 ? 0 : ~0u << (first + 1);
        for (; year < LastYear; left = ~0u)
        {
            if ((fields.Months & (1u << month)) != 0 && (DaysThatMatch(fields, year, month) & left) is not 0 and var days)
            {
                var start = new DateTime(year, month, BitOperations.TrailingZeroCount(days));
                found = ((start.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute)
                    + (BitOperations.TrailingZeroCount(fields.Hours) * 60) + BitOperations.TrailingZeroCount(fields.Minutes);
                return true;
            }

            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1);
        }

        return false;
    }

    private static bool TryPreviousLocal(in ScheduleFields fields, long local, out long found)
    {
        var (day, minute) = Split(local);
        var date = new DateTime((day * TimeSpan.TicksPerDay) + DateTime.UnixEpoch.Ticks);
        var (year, month, last) = (date.Year, date.Month, date.Day);
        found = 0;
        if (Matches(fields, year, month, last) && TryPreviousMinute(fields, minute, out var within))
        {
            found = (day * MinutesOfDay) + within;
            return true;
        }

        for (var left = (1u << last) - 1; year >= 1969; left = ~0u)
        {
            if ((fields.Months & (1u << month)) != 0 && (DaysThatMatch(fields, year, month) & left) is not 0 and var days)
            {
                var start = new DateTime(year, month, BitOperations.Log2(days));
                found = ((start.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute)
                    + (BitOperations.Log2(fields.Hours) * 60) + BitOperations.Log2(fields.Minutes);
                return true;
            }

            (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1);
        }

        return false;
    }

    private static bool TryNextMinute(in ScheduleFields fields, int minute, out int found)
    {
        var hour = minute / 60;
        var minutes = fields.Minutes & (~0UL << (minute % 60));
        if ((fields.Hours & (1u << hour)) != 0 && minutes != 0)
        {
            found = (hour * 60) + BitOperations.TrailingZeroCount(minutes);
            return true;
        }

        var hours = fields.Hours & (~0u << (hour + 1));
        found = (BitOperations.TrailingZeroCount(hours) * 60) + BitOperations.TrailingZeroCount(fields.Minutes);
        return hours != 0;
    }

    private static bool TryPreviousMinute(in ScheduleFields fields, int minute, out int found)
    {
        var hour = minute / 60;
        var minutes = fields.Minutes & ((2UL << (minute % 60)) - 1);
        if ((fields.Hours & (1u << hour)) != 0 && minutes != 0)
        {
            found = (hour * 60) + BitOperations.Log2(minutes);
            return true;
        }

        var hours = fields.Hours & ((1u << hour) - 1);
        found = (BitOperations.Log2(hours) * 60) + BitOperations.Log2(fields.Minutes);
        return hours != 0;
    }

    private static bool Matches(in ScheduleFields fields, int year, int month, int day) =>
        (fields.Months & (1u << month)) != 0 && (DaysThatMatch(fields, year, month) & (1u << day)) != 0;

    private static uint DaysThatMatch(in ScheduleFields fields, int year, int month)
    {
        // Bit k of the week: whether the weekday of day 1 + k matches; repeated over the month.
        var first = (int)new DateTime(year, month, 1).DayOfWeek;
        var week = ((fields.Weekdays >> first) | (fields.Weekdays << (7 - first))) & ScheduleFields.AllWeekdays;
        var weekdays = (week | (week << 7) | (week << 14) | (week << 21) | (week << 28)) << 1;
        var days = fields.DayStar || fields.WeekdayStar ? fields.Days & weekdays : fields.Days | weekdays;
        return days & DaysOf(year, month);
    }

    private static uint DaysOf(int year, int month) => (uint)((2UL << DateTime.DaysInMonth(year, month)) - 1) & ~1u;

    private static (long Day, int Minute) Split(long local)
    {
        var day = Math.DivRem(local, MinutesOfDay, out var minute);
        return minute < 0 ? (day - 1, (int)minute + MinutesOfDay) : (day, (int)minute);
    }

    public static long ToMinutes(long utcTicks)
    {
        var minutes = Math.DivRem(utcTicks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMinute, out var rest);
        return rest < 0 ? minutes - 1 : minutes;
    }

    public static DateTimeOffset ToTime(long minute, int offset) => new(
        ((minute + offset) * TimeSpan.TicksPerMinute) + DateTime.UnixEpoch.Ticks, TimeSpan.FromMinutes(offset));
}
