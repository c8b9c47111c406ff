using System.Globalization;

namespace CcConsole.Core.Tests.Cron;

/// <summary>A schedule made of sets, written down as text, so that the reference needs no parser.</summary>
internal sealed record RandomSchedule(string Text, HashSet<int>[] Fields, bool[] Stars)
{
    private static readonly (int Low, int High)[] Bounds = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];

    public static RandomSchedule Create(Random random)
    {
        var texts = new string[5];
        var sets = new HashSet<int>[5];
        var stars = new bool[5];
        for (var i = 0; i < 5; i++)
        {
            var (low, high) = Bounds[i];
            sets[i] = [];
            var parts = new List<string>();
            for (var n = random.Next(4) == 0 ? 2 : 1; n > 0; n--)
            {
                var step = random.Next(2, 8);
                var from = random.Next(low, high + 1);
                var to = random.Next(from, high + 1);
                switch (random.Next(i < 2 ? 6 : 9))
                {
                    case 0:
                        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{from}-{to}"));
                        sets[i].UnionWith(Enumerable.Range(from, to - from + 1));
                        break;
                    case 1:
                        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{from}-{to}/{step}"));
                        sets[i].UnionWith(Enumerable.Range(from, to - from + 1).Where(value => (value - from) % step == 0));
                        break;
                    case 2:
                        parts.Add(string.Create(CultureInfo.InvariantCulture, $"*/{step}"));

                        // The weekday's star goes to 7, which is Sunday again.
                        sets[i].UnionWith(Enumerable.Range(low, high - low + (i == 4 ? 2 : 1)).Where(value => (value - low) % step == 0).Select(value => i == 4 ? value % 7 : value));
                        break;
                    case 3 or 4:
                        parts.Add(from.ToString(CultureInfo.InvariantCulture));
                        sets[i].Add(from);
                        break;
                    default:
                        parts.Add("*");
                        sets[i].UnionWith(Enumerable.Range(low, high - low + 1));
                        break;
                }
            }

            texts[i] = string.Join(',', parts);
            stars[i] = texts[i][0] == '*';
        }

        return new RandomSchedule(string.Join(' ', texts), sets, stars);
    }

    public bool Matches(DateTime local)
    {
        var (day, weekday) = (Fields[2].Contains(local.Day), Fields[4].Contains((int)local.DayOfWeek));
        return Fields[0].Contains(local.Minute) && Fields[1].Contains(local.Hour) && Fields[3].Contains(local.Month)
            && (Stars[2] || Stars[4] ? day && weekday : day || weekday);
    }
}

/// <summary>Debian's main loop (cron.c), one minute of UTC at a time: the minutes at which it starts a job.</summary>
internal static class DaemonModel
{
    public static List<DateTime> Runs(RandomSchedule schedule, TimeZoneInfo zone, DateTime from, DateTime to)
    {
        var runs = new List<DateTime>();
        var wild = schedule.Stars[0] || schedule.Stars[1];
        var virtualTime = Local(from.AddMinutes(-1), zone);
        for (var now = from; now < to; now = now.AddMinutes(1))
        {
            var clock = Local(now, zone);
            var difference = (int)(clock - virtualTime).TotalMinutes;
            var runsNow = false;
            if (difference is > 0 and <= 5)
            {
                while (virtualTime < clock)
                {
                    virtualTime = virtualTime.AddMinutes(1);
                    runsNow |= schedule.Matches(virtualTime);
                }
            }
            else if (difference is > 5 and <= 180)
            {
                runsNow = wild && schedule.Matches(clock);
                while (virtualTime < clock)
                {
                    virtualTime = virtualTime.AddMinutes(1);
                    runsNow |= !wild && schedule.Matches(virtualTime);
                }
            }
            else if (difference is <= 0 and > -180)
            {
                runsNow = wild && schedule.Matches(clock);
            }
            else
            {
                virtualTime = clock;
                runsNow = schedule.Matches(clock);
            }

            if (runsNow)
            {
                runs.Add(now);
            }
        }

        return runs;
    }

    private static DateTime Local(DateTime utc, TimeZoneInfo zone) => DateTime.SpecifyKind(utc + zone.GetUtcOffset(utc), DateTimeKind.Unspecified);
}
