using System.Globalization;
using System.Numerics;
using System.Text;

namespace CcConsole.Core.Cron;

/// <summary>
/// Says a schedule in English, from its bitmaps rather than from its text, so that it says what the daemon does. Where
/// no short sentence would be true, the text of the schedule is returned instead.
/// </summary>
public static class ScheduleDescription
{
    private const int MaxTimes = 4;
    private const int MaxList = 12;
    private const int ShortestRun = 3;
    private const string Also = "and also on";
    private const uint OddDays = 0xAAAAAAAA;
    private const uint EvenDays = 0x55555554;
    private static readonly string[] MonthNames =
        ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly string[] WeekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    /// <summary>One clause, beginning in lower case, without a full stop: <c>at 02:30 on Monday to Friday</c>. The times are those of
    /// the clock that the entry runs by.</summary>
    public static string Describe(Schedule schedule)
    {
        var fields = schedule.Fields;
        if (schedule.IsReboot)
        {
            return "when the system starts";
        }

        if (schedule.NeverFires)
        {
            return "never";
        }

        // A time that is drawn, or one that the daemon made out of an error, is not put into words.
        if (schedule.IsRandom || schedule.Fault is not null || Times(fields) is not { } times || Days(fields) is not { } days)
        {
            return schedule.Text;
        }

        // After "and also on" a month would seem to be said of the weekday alone.
        var months = Months(fields.Months);
        return days.Contains(Also) && months.Length > 0 ? $"{times}{months},{days}" : times + days + months;
    }

    private static string? Times(in ScheduleFields fields)
    {
        var (minutes, hours) = (fields.Minutes, fields.Hours);
        var everyHour = hours == ScheduleFields.AllHours;
        if (BitOperations.PopCount(minutes) * BitOperations.PopCount(hours) <= MaxTimes)
        {
            return "at " + Join(Values(hours).SelectMany(hour => Values(minutes).Select(minute => Clock(hour, minute))));
        }

        var (start, step) = Interval(minutes, 60);
        if (step == 60)
        {
            return everyHour ? start == 0 ? "every hour, on the hour" : $"at minute {Number(start)} of every hour"
                : Interval(hours, 24) is (var firstHour, var hourStep) && hourStep is > 1 and < 24 ? $"every {Number(hourStep)} hours from {Clock(firstHour, start)} to {Clock(Last(hours), start)}"
                : IsRun(hours) ? $"every hour from {Clock(First(hours), start)} to {Clock(Last(hours), start)}"
                : BitOperations.PopCount(hours) <= MaxList ? $"at {Join(Values(hours).Select(hour => Clock(hour, start)))}"
                : null;
        }

        if (step > 0 && (everyHour || IsRun(hours)))
        {
            var what = step == 1 ? "every minute" : $"every {Number(step)} minutes";
            return !everyHour ? $"{what} from {Clock(First(hours), start)} to {Clock(Last(hours), Last(minutes))}"
                : start == 0 ? what
                : $"{what}, from minute {Number(start)} of every hour";
        }

        if (List(minutes) is not { } at)
        {
            return null;
        }

        if (BitOperations.PopCount(hours) == 1 && BitOperations.PopCount(minutes) <= MaxList)
        {
            return $"at {Join(Values(minutes).Select(minute => Clock(First(hours), minute)))}";
        }

        return everyHour ? $"at minutes {at} of every hour"
            : BitOperations.PopCount(hours) == 1 ? $"at minutes {at} of the hour {List(hours)}"
            : IsRun(hours) || BitOperations.PopCount(hours) <= MaxList ? $"at minutes {at} of the hours {List(hours)}"
            : null;
    }

    private static string? Days(in ScheduleFields fields)
    {
        var allDays = fields.Days == ScheduleFields.AllDays;
        var allWeekdays = fields.Weekdays == ScheduleFields.AllWeekdays;
        var days = MonthDays(fields.Days);
        if (fields.DayStar || fields.WeekdayStar)
        {
            return (allDays, allWeekdays) switch
            {
                (true, true) => EveryDay(fields),
                (true, false) => " on " + Weekdays(fields.Weekdays, "and"),
                (false, true) => days is null ? null : $" on {days} of the month",
                _ => days is null ? null : $" on {days} of the month if it is {Weekdays(fields.Weekdays, "or")}",
            };
        }

        // Neither starts with a star: either may match, so a full field alone means every day.
        return allDays || allWeekdays ? EveryDay(fields)
            : fields.Days == 0 ? " on " + Weekdays(fields.Weekdays, "and")
            : days is null ? null
            : fields.Weekdays == 0 ? $" on {days} of the month"
            : $" on {days} of the month, {Also} {Weekdays(fields.Weekdays, "and")}";
    }

    private static string EveryDay(in ScheduleFields fields) => fields.Hours != ScheduleFields.AllHours ? " every day" : "";

    private static string Weekdays(uint bits, string and) => (bits & 1) == 0 && IsRun(bits) && BitOperations.PopCount(bits) >= ShortestRun
        ? $"{(and == "or" ? "a day from " : "")}{WeekdayNames[First(bits)]} to {WeekdayNames[Last(bits)]}"
        : Join(Values(bits).Select(day => WeekdayNames[day]), and);

    private static string? MonthDays(uint bits) => bits switch
    {
        OddDays => "the odd days",
        EvenDays => "the even days",
        _ => List(bits) is { } list ? (BitOperations.PopCount(bits) == 1 ? "day " : "days ") + list : null,
    };

    private static string Months(uint bits) => bits == ScheduleFields.AllMonths ? ""
        : IsRun(bits) && BitOperations.PopCount(bits) >= ShortestRun ? $" in {MonthNames[First(bits)]} to {MonthNames[Last(bits)]}"
        : $" in {Join(Values(bits).Select(month => MonthNames[month]))}";

    /// <summary>The first value and the step of values that go on evenly round the field; a step of 0 when they do not.</summary>
    private static (int First, int Step) Interval(ulong bits, int size)
    {
        var first = First(bits);
        for (var step = 1; step <= size; step++)
        {
            var even = 0UL;
            for (var value = first; value < size; value += step)
            {
                even |= 1UL << value;
            }

            if (size % step == 0 && first < step && even == bits)
            {
                return (first, step);
            }
        }

        return (first, 0);
    }

    /// <summary>Numbers one by one, or the first and the last of a run; null for none or too many.</summary>
    private static string? List(ulong bits) =>
        IsRun(bits) && BitOperations.PopCount(bits) >= ShortestRun ? $"{Number(First(bits))} to {Number(Last(bits))}"
        : BitOperations.PopCount(bits) is > 0 and <= MaxList ? Join(Values(bits).Select(Number))
        : null;

    private static bool IsRun(ulong bits) => bits != 0 && BitOperations.PopCount(bits) == Last(bits) - First(bits) + 1;

    private static int First(ulong bits) => BitOperations.TrailingZeroCount(bits);

    private static int Last(ulong bits) => BitOperations.Log2(bits);

    private static IEnumerable<int> Values(ulong bits)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            yield return First(bits);
        }
    }

    private static string Join(IEnumerable<string> items, string and = "and")
    {
        var list = items.ToList();
        var text = new StringBuilder(list[0]);
        for (var i = 1; i < list.Count; i++)
        {
            text.Append(i == list.Count - 1 ? $" {and} " : ", ").Append(list[i]);
        }

        return text.ToString();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Clock(int hour, int minute) => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}");
}
