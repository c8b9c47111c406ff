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
    [InlineData("0 4 */2 * fri", null)]
    [InlineData("0 4 13 * */5", "at 04:00 on day 13 of the month if it is Sunday or Friday")]
    [InlineData("0 4 1-31 * fri", "at 04:00 every day")]
    [InlineData("0 4 1 * 0-6", "at 04:00 every day")]
    [InlineData("0 4 1 1 *", "at 04:00 on day 1 of the month in January")]
    [InlineData("0 0 30 2 *", "never")]
    [InlineData("0 0 * * fri-sun", "never")]
    [InlineData("0 0 * * sun,sat", "at 00:00 on Sunday and Saturday")]
    [InlineData("@weekly", "at 00:00 on Sunday")]
    [InlineData("@reboot", "when the system starts")]
    [InlineData("1-40 * * * *", null)]
    public void A_schedule_is_said_as_the_daemon_takes_it_or_not_at_all(string text, string? words) =>
        Assert.Equal(words ?? text, ScheduleDescription.Describe(Schedule.Parse(text, CronDialect.Debian)));

    [Fact]
    public void A_drawn_time_is_not_said() =>
        Assert.Equal("0~10 * * * *", ScheduleDescription.Describe(Schedule.Parse("0~10 * * * *", CronDialect.Cronie)));
}
