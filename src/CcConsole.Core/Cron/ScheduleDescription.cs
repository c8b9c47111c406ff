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
    private static readonly string[] MonthNames =
        ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly string[] WeekdayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    /// <summary>One clause, beginning in lower case, without a full stop: <c>at 02:30 on Monday to Friday</c>.</summary>
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

        return schedule.IsRandom || Times(fields) is not { } times || Days(fields) is not { } days
            ? schedule.Text
            : times + days + Months(fields);
    }

    private static string? Times(in ScheduleFields fields)
    {
        var minutes = BitOperations.PopCount(fields.Minutes);
        var hours = BitOperations.PopCount(fields.Hours);
        var everyHour = fields.Hours == ScheduleFields.AllHours;
        if (minutes * hours <= MaxTimes)
        {
            var times = new List<string>();
            foreach (var hour in Values(fields.Hours))
            {
                foreach (var minute in Values(fields.Minutes))
                {
                    times.Add(Clock(hour, minute));
                }
            }

            return "at " + Join(times);
        }

        if (Interval(fields.Minutes) is { } step && (everyHour || IsRun(fields.Hours)))
        {
            var what = step == 1 ? "every minute" : $"every {step} minutes";
            return everyHour
                ? what
                : $"{what} from {Clock(BitOperations.TrailingZeroCount(fields.Hours), 0)} to {Clock(BitOperations.Log2(fields.Hours), 60 - step)}";
        }

        if (minutes > MaxList)
        {
            return null;
        }

        var at = minutes == 1
            ? BitOperations.TrailingZeroCount(fields.Minutes) is var only && only == 0 ? "on the hour" : $"at minute {Number(only)}"
            : $"at minutes {Join(Values(fields.Minutes).Select(Number))}";
        if (everyHour)
        {
            return minutes == 1 && fields.Minutes == 1 ? "every hour, on the hour" : $"{at} of every hour";
        }

        var which = IsRun(fields.Hours)
            ? $"{Clock(BitOperations.TrailingZeroCount(fields.Hours), 0)[..2]} to {Clock(BitOperations.Log2(fields.Hours), 0)[..2]}"
            : Join(Values(fields.Hours).Select(hour => Clock(hour, 0)[..2]));
        return fields.Minutes == 1 ? $"on the hour, in hours {which}" : $"{at} of hours {which}";
    }

    private static string? Days(in ScheduleFields fields)
    {
        var allDays = fields.Days == ScheduleFields.AllDays;
        var allWeekdays = fields.Weekdays == ScheduleFields.AllWeekdays;
        if (fields.DayStar || fields.WeekdayStar)
        {
            return (allDays, allWeekdays) switch
            {
                (true, true) => EveryDay(fields),
                (true, false) => " on " + Weekdays(fields.Weekdays),
                (false, true) => MonthDays(fields.Days) is { } days ? $" on {days} of the month" : null,
                _ => MonthDays(fields.Days) is { } days ? $" on {days} of the month if it is {Join(Values(fields.Weekdays).Select(Weekday), "or")}" : null,
            };
        }

        // Neither starts with a star: either may match, so a full field alone means every day.
        if (allDays || allWeekdays)
        {
            return EveryDay(fields);
        }

        return (fields.Days, fields.Weekdays) switch
        {
            (0, _) => " on " + Weekdays(fields.Weekdays),
            (_, 0) => MonthDays(fields.Days) is { } days ? $" on {days} of the month" : null,
            _ => MonthDays(fields.Days) is { } days ? $" on {days} of the month, and also on {Weekdays(fields.Weekdays)}" : null,
        };
    }

    private static string EveryDay(in ScheduleFields fields) =>
        BitOperations.PopCount(fields.Minutes) * BitOperations.PopCount(fields.Hours) <= MaxTimes || fields.Hours != ScheduleFields.AllHours
            ? " every day"
            : "";

    private static string Weekdays(uint bits) => bits != 0 && (bits & 1) == 0 && IsRun(bits) && BitOperations.PopCount(bits) > 2
        ? $"{Weekday(BitOperations.TrailingZeroCount(bits))} to {Weekday(BitOperations.Log2(bits))}"
        : Join(Values(bits).Select(Weekday));

    private static string? MonthDays(uint bits)
    {
        var count = BitOperations.PopCount(bits);
        return count == 1 ? $"day {Number(BitOperations.TrailingZeroCount(bits))}"
            : count > 2 && IsRun(bits) ? $"days {BitOperations.TrailingZeroCount(bits)} to {BitOperations.Log2(bits)}"
            : count <= MaxList ? $"days {Join(Values(bits).Select(Number))}"
            : null;
    }

    private static string Months(in ScheduleFields fields) => fields.Months == ScheduleFields.AllMonths
        ? ""
        : IsRun(fields.Months) && BitOperations.PopCount(fields.Months) > 2
            ? $" in {MonthNames[BitOperations.TrailingZeroCount(fields.Months)]} to {MonthNames[BitOperations.Log2(fields.Months)]}"
            : $" in {Join(Values(fields.Months).Select(month => MonthNames[month]))}";

    /// <summary>The step of minutes that go on evenly over the hour; null when they do not.</summary>
    private static int? Interval(ulong minutes)
    {
        for (var step = 1; step <= 30; step++)
        {
            var bits = 0UL;
            for (var minute = 0; minute < 60; minute += step)
            {
                bits |= 1UL << minute;
            }

            if (60 % step == 0 && bits == minutes)
            {
                return step;
            }
        }

        return null;
    }

    private static bool IsRun(ulong bits) =>
        bits != 0 && BitOperations.PopCount(bits) == BitOperations.Log2(bits) - BitOperations.TrailingZeroCount(bits) + 1;

    private static IEnumerable<int> Values(ulong bits)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            yield return BitOperations.TrailingZeroCount(bits);
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

    private static string Weekday(int day) => WeekdayNames[day];

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Clock(int hour, int minute) => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}");
}
