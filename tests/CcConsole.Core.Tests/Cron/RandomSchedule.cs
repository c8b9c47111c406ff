using System.Globalization;
using CcConsole.Core.Cron;

namespace CcConsole.Core.Tests.Cron;

/// <summary>A schedule made of sets, written down as text, so that the reference needs no parser.</summary>
internal sealed record RandomSchedule(CronDialect Dialect, string Text, bool[][] Fields, bool[] Stars)
{
    private static readonly (int Low, int High)[] Bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];

    /// <summary>True for a job that debian and cronie treat as one with a wildcard: the minute or the hour starts with a star.</summary>
    public bool IsWildcard => Stars[0] || Stars[1];

    public static RandomSchedule Create(Random random, CronDialect dialect)
    {
        var texts = new string[5];
        var sets = new bool[5][];
        var stars = new bool[5];
        for (var i = 0; i < 5; i++)
        {
            (texts[i], sets[i]) = dialect == CronDialect.Busybox ? BusyboxField(random, i) : VixieField(random, i);
            stars[i] = texts[i][0] == '*';
        }

        return new RandomSchedule(dialect, string.Join(' ', texts), sets, stars);
    }

    public bool MatchesTime(int hour, int minute) => Fields[0][minute] && Fields[1][hour];

    public bool MatchesDate(int month, int day, int weekday) => Fields[3][month] && (Dialect == CronDialect.Busybox
        ? BusyboxDay(day, weekday)
        : Stars[2] || Stars[4] ? Fields[2][day] && Fields[4][weekday] : Fields[2][day] || Fields[4][weekday]);

    public bool Matches(DateTime local) =>
        MatchesTime(local.Hour, local.Minute) && MatchesDate(local.Month, local.Day, (int)local.DayOfWeek);

    /// <summary>busybox: where one of the two day fields holds every value (a day 0 included) and the other does not, the other decides.</summary>
    private bool BusyboxDay(int day, int weekday)
    {
        var (fullDays, fullWeekdays) = (Fields[2].All(static set => set), Fields[4].All(static set => set));
        return fullDays == fullWeekdays ? Fields[2][day] || Fields[4][weekday] : fullDays ? Fields[4][weekday] : Fields[2][day];
    }

    private static (string Text, bool[] Set) VixieField(Random random, int field)
    {
        var (low, high) = Bounds[field];
        var set = new bool[64];
        var parts = new List<string>();
        for (var n = random.Next(4) == 0 ? 2 : 1; n > 0; n--)
        {
            var step = random.Next(2, 8);
            var from = random.Next(low, high + 1);
            var to = random.Next(from, high + 1);
            var (text, first, last, by) = random.Next(field < 2 ? 6 : 9) switch
            {
                0 => (Say($"{from}-{to}"), from, to, 1),
                1 => (Say($"{from}-{to}/{step}"), from, to, step),

                // The weekday's star goes to 7, which is Sunday again.
                2 => (Say($"*/{step}"), low, field == 4 ? 7 : high, step),
                3 or 4 => (Say($"{from}"), from, from, 1),
                _ => ("*", low, high, 1),
            };
            parts.Add(text);
            for (var value = first; value <= last; value += by)
            {
                set[field == 4 ? value % 7 : value] = true;
            }
        }

        return (string.Join(',', parts), set);
    }

    /// <summary>Ranges may end before they start, and then go round; stars and rounds of the days of the month have a day 0.</summary>
    private static (string Text, bool[] Set) BusyboxField(Random random, int field)
    {
        int[] sizes = [60, 24, 32, 12, 7];
        var (size, written) = (sizes[field], field == 3 ? 1 : 0);
        var marks = new bool[size];
        var parts = new List<string>();
        for (var n = random.Next(4) == 0 ? 2 : 1; n > 0; n--)
        {
            var step = random.Next(2, 8);
            var from = random.Next(field == 2 ? 1 : 0, size);
            var to = random.Next(field == 2 ? 1 : 0, size);
            var (text, first, last, by) = random.Next(field < 2 ? 6 : 9) switch
            {
                0 => (Say($"{from + written}-{to + written}"), from, to, 1),
                1 => (Say($"{from + written}-{to + written}/{step}"), from, to, step),
                2 => (Say($"*/{step}"), 0, size - 1, step),
                3 or 4 => (Say($"{from + written}"), from, from, 1),
                _ => ("*", 0, size - 1, 1),
            };
            parts.Add(text);
            last += last < first ? size : 0;
            for (var value = first; value <= last; value += by)
            {
                marks[value % size] = true;
            }
        }

        return (string.Join(',', parts), field == 3 ? [false, .. marks] : marks);
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
