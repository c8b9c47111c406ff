using CcConsole.Core.Cron;
using Xunit;

namespace CcConsole.Core.Tests.Cron;

public sealed class ScheduleDescriptionTests
{
    [Theory]
    [InlineData("* * * * *", "every minute")]
    [InlineData("*/15 * * * *", "every 15 minutes")]
    [InlineData("0-59/15 * * * *", "every 15 minutes")]
    [InlineData("0 * * * *", "every hour, on the hour")]
    [InlineData("@hourly", "every hour, on the hour")]
    [InlineData("5 * * * *", "at minute 5 of every hour")]
    [InlineData("*/7 * * * *", "at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour")]
    [InlineData("30 2 * * *", "at 02:30 every day")]
    [InlineData("0 9,17 * * mon-fri", "at 09:00 and 17:00 on Monday to Friday")]
    [InlineData("*/10 9-17 * * 1-5", "every 10 minutes from 09:00 to 17:50 on Monday to Friday")]
    [InlineData("* 9 * * *", "every minute from 09:00 to 09:59 every day")]
    [InlineData("5 */6 * * *", "at 00:05, 06:05, 12:05 and 18:05 every day")]
    [InlineData("0 4 1,15 * *", "at 04:00 on days 1 and 15 of the month")]
    [InlineData("0 4 13 * fri", "at 04:00 on day 13 of the month, and also on Friday")]
    [InlineData("0 4 */2 * fri", "at 04:00 on the odd days of the month if it is Friday")]
    [InlineData("0 4 13 * */5", "at 04:00 on day 13 of the month if it is Sunday or Friday")]
    [InlineData("0 4 1-31 * fri", "at 04:00 every day")]
    [InlineData("0 4 1 * 0-6", "at 04:00 every day")]
    [InlineData("0 4 1 1 *", "at 04:00 on day 1 of the month in January")]
    [InlineData("0 0 30 2 *", "never")]
    [InlineData("0 0 * * fri-sun", "never")]
    [InlineData("0 0 * * sun,sat", "at 00:00 on Sunday and Saturday")]
    [InlineData("@weekly", "at 00:00 on Sunday")]
    [InlineData("@reboot", "when the system starts")]
    [InlineData("1-40 * * * *", "at minutes 1 to 40 of every hour")]
    [InlineData("3-58/5 * * * *", "every 5 minutes, from minute 3 of every hour")]
    [InlineData("5 */2 * * *", "every 2 hours from 00:05 to 22:05 every day")]
    [InlineData("15 8-18 * * mon-fri", "every hour from 08:15 to 18:15 on Monday to Friday")]
    [InlineData("0 1,3,4,9,10,12,22 * * *", "at 01:00, 03:00, 04:00, 09:00, 10:00, 12:00 and 22:00 every day")]
    [InlineData("5,50 8-18 * * *", "at minutes 5 and 50 of the hours 8 to 18 every day")]
    [InlineData("5,50 3 * * *", "at 03:05 and 03:50 every day")]
    [InlineData("0 4 13 1-6 fri", "at 04:00 in January to June, on day 13 of the month, and also on Friday")]
    [InlineData("*/7 */5 1-29/3 * *", "at minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of the hours 0, 5, 10, 15 and 20 on days 1, 4, 7, 10, 13, 16, 19, 22, 25 and 28 of the month")]
    [InlineData("1-59/2,30 * * * *", null)]
    public void A_schedule_is_said_as_the_daemon_takes_it_or_not_at_all(string text, string? words) =>
        Assert.Equal(words ?? text, ScheduleDescription.Describe(Schedule.Parse(text, CronDialect.Debian)));

    [Theory]
    [InlineData("0~10 * * * *", CronDialect.Cronie, "0~10 * * * *")]
    [InlineData("0 4 * * sunday", CronDialect.Busybox, "0 4 * * sunday")]
    [InlineData("0 4 * * 7", CronDialect.Busybox, "0 4 * * 7")]
    [InlineData("0 4 */2 * *", CronDialect.Busybox, "at 04:00 on the even days of the month")]
    [InlineData("0 4 */2 * fri", CronDialect.Busybox, "at 04:00 on the even days of the month, and also on Friday")]
    [InlineData("0 22-1 * * fri-mon", CronDialect.Busybox, "at 00:00, 01:00, 22:00 and 23:00 on Sunday, Monday, Friday and Saturday")]
    [InlineData("0 4 1-31 * fri", CronDialect.Busybox, "at 04:00 every day")]
    [InlineData("@monthly", CronDialect.Busybox, "at 00:00 on day 1 of the month")]
    [InlineData("0 0 0 * *", CronDialect.Busybox, "never")]
    public void Each_daemon_has_its_own_meaning(string text, CronDialect dialect, string words) =>
        Assert.Equal(words, ScheduleDescription.Describe(Schedule.Parse(text, dialect)));

    [Theory]
    [InlineData(CronDialect.Debian)]
    [InlineData(CronDialect.Cronie)]
    [InlineData(CronDialect.Busybox)]
    public void What_the_words_say_is_when_the_daemon_runs_it(CronDialect dialect)
    {
        var random = new Random(7);
        var (said, raw, never) = (0, 0, 0);

        // The 28 years after which the calendar repeats, for as long as no leap year is left out: every date on every weekday.
        var calendar = Enumerable.Range(0, 28 * 365 + 7).Select(day => new DateTime(2026, 1, 1).AddDays(day)).ToArray();
        for (var i = 0; i < 6000; i++)
        {
            var model = RandomSchedule.Create(random, dialect);
            var words = ScheduleDescription.Describe(Schedule.Parse(model.Text, dialect));
            if (words == model.Text)
            {
                raw++;
                continue;
            }

            said++;
            never += words == "never" ? 1 : 0;
            var meaning = EnglishSchedule.Read(words);
            var runs = false;
            for (var time = 0; time < 24 * 60; time++)
            {
                var matches = model.MatchesTime(time / 60, time % 60);
                runs |= matches;
                if (words != "never" && matches != meaning.IsAt(time / 60, time % 60))
                {
                    Assert.Fail($"{model.Text}: {words}, {time / 60}:{time % 60}");
                }
            }

            var days = false;
            foreach (var date in calendar)
            {
                var matches = model.MatchesDate(date.Month, date.Day, (int)date.DayOfWeek);
                days |= matches;
                if (words != "never" && matches != meaning.IsOn(date))
                {
                    Assert.Fail($"{model.Text}: {words}, {date:yyyy-MM-dd}");
                }
            }

            Assert.Equal(words == "never", !(runs && days));
        }

        Assert.True(said > 2 * raw, $"{said} said, {raw} not");
        Assert.True(never > 0, "none that never fires");
    }
}
