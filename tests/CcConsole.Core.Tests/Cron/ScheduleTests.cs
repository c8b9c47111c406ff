using System.Diagnostics;
using System.Globalization;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Cron;

public sealed class ScheduleTests
{
    [Theory]
    [InlineData("0 0 29 2 *", "2026-01-01", "2028-02-29T00:00")]
    [InlineData("0 0 29 2 */7", "2026-01-01", "2032-02-29T00:00")]
    [InlineData("0 12 29 2 *", "2097-01-01", "2104-02-29T12:00")]
    [InlineData("0 0 13 * 5", "2026-11-14", "2026-11-20T00:00")]
    [InlineData("0 0 13 * */5", "2026-01-01", "2026-02-13T00:00")]
    [InlineData("@yearly", "2026-01-01", "2027-01-01T00:00")]
    [InlineData("@weekly", "2026-11-21", "2026-11-22T00:00")]
    [InlineData("59 23 31 12 *", "2026-01-01", "2026-12-31T23:59")]
    public void Rare_runs_are_found(string text, string after, string next) =>
        Assert.Equal(Utc(next), Schedule.Parse(text, CronDialect.Debian).Next(new DateTimeOffset(Utc(after)), TimeZoneInfo.Utc)!.Value.UtcDateTime);

    [Theory]
    [InlineData("0 0 30 2 *", CronDialect.Debian, true)]
    [InlineData("0 0 30 2 1", CronDialect.Debian, false)]
    [InlineData("0 0 31 4,6,9,11 *", CronDialect.Debian, true)]
    [InlineData("0 0 * * fri-sun", CronDialect.Debian, true)]
    [InlineData("0 0 * * fri-sun", CronDialect.Cronie, false)]
    [InlineData("5-3 * * * *", CronDialect.Cronie, true)]
    [InlineData("0 0 31 2 */2", CronDialect.Debian, true)]
    [InlineData("* * * * *", CronDialect.Debian, false)]
    public void A_schedule_that_never_fires_is_known_at_once(string text, CronDialect dialect, bool never)
    {
        var schedule = Schedule.Parse(text, dialect);
        Assert.Equal(never, schedule.NeverFires);
        Assert.Equal(never, schedule.Next(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null);
        Assert.Equal(never, schedule.Previous(new DateTimeOffset(Utc("2026-01-01")), TimeZoneInfo.Utc) is null);
    }

    [Theory]
    [InlineData("0 0 30 2 *", true)]
    [InlineData("0 0 31 4,6,9,11 *", true)]
    [InlineData("59 23 30,31 2 */1", true)]
    [InlineData("5-3 * 29 2 *", true)]
    [InlineData("0 0 29 2 *", false)]
    [InlineData("0 0 29 2 */7", false)]
    [InlineData("30 2 29 2 */6", false)]
    public void Never_and_hardly_ever_are_answered_within_a_millisecond(string text, bool never)
    {
        // The first of a zone reads its offsets; each further question must be quick, and the fastest is not disturbed by the machine.
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var fastest = TimeSpan.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var watch = Stopwatch.StartNew();
            var schedule = Schedule.Parse(text, CronDialect.Debian);
            var (next, previous) = (schedule.Next(new DateTimeOffset(Utc("2026-11-21")), zone), schedule.Previous(new DateTimeOffset(Utc("2026-11-21")), zone));
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
            Assert.Equal((never, never), (next is null, previous is null));
        }

        Assert.True(fastest < TimeSpan.FromMilliseconds(1), fastest.ToString());
    }

    [Fact]
    public void At_reboot_has_no_time()
    {
        var schedule = Schedule.Parse("@reboot", CronDialect.Debian);
        Assert.True(schedule.IsReboot);
        Assert.False(schedule.NeverFires);
        Assert.Null(schedule.Next(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc));
    }

    [Fact]
    public void Next_runs_are_given_in_the_zone_of_the_daemon()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var next = Schedule.Parse("30 2 * * *", CronDialect.Debian).Next(new DateTimeOffset(Utc("2026-03-29")), zone)!.Value;

        // 02:30 does not exist on that day: the daemon runs the job when the clock has gone forward.
        Assert.Equal("2026-03-29T03:00:00+02:00", next.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("61 * * * *", ScheduleField.Minute, 0)]
    [InlineData("0 24 * * *", ScheduleField.Hour, 2)]
    [InlineData("0 0 0 * *", ScheduleField.DayOfMonth, 4)]
    [InlineData("0 0 * 13 *", ScheduleField.Month, 6)]
    [InlineData("0 0 * * sunday", ScheduleField.DayOfWeek, 8)]
    [InlineData("@every 5m", ScheduleField.TimeSpecifier, 0)]
    [InlineData("* * * * * *", ScheduleField.Command, 10)]
    [InlineData("* * * *", ScheduleField.DayOfWeek, 7)]
    [InlineData("", ScheduleField.Minute, 0)]
    public void A_refused_schedule_names_the_field(string text, ScheduleField field, int offset)
    {
        Assert.False(Schedule.TryParse(text, CronDialect.Debian, out _, out var error));
        Assert.Equal((field, offset), (error.Field, error.Offset));
        Assert.Throws<ProblemException>(() => Schedule.Parse(text, CronDialect.Debian));
    }

    [Fact]
    public void Asking_for_runs_allocates_nothing()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var schedule = Schedule.Parse("*/7 3-9 * * mon-fri", CronDialect.Debian);
        var at = Walk(schedule, zone, new DateTimeOffset(Utc("2026-01-01")));
        var from = at.AddMonths(-6);
        Assert.Equal(0, Measured.Allocation(() => at = Walk(schedule, zone, from)));
        Assert.Equal(2025, at.Year);
    }

    [Fact]
    public void Asking_for_runs_by_a_zone_of_its_own_allocates_nothing()
    {
        var (host, job) = (TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), TimeZoneInfo.FindSystemTimeZoneById("America/New_York"));
        var timing = EntryTiming.Of(CrontabDocument.Parse("CRON_TZ=America/New_York\n"u8, CronDialect.Cronie), null, host, _ => job);
        var schedule = Schedule.Parse("7 3-9 * * *", CronDialect.Cronie);
        var at = timing.Next(schedule, new DateTimeOffset(Utc("2026-01-01")))!.Value;
        Assert.NotNull(timing.Previous(schedule, at.AddYears(1)));
        Assert.Equal(0, Measured.Allocation(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                at = timing.Next(schedule, at)!.Value;
                timing.Previous(schedule, at);
            }
        }));
    }

    [Fact]
    public void Ten_thousand_schedules_are_answered_quickly_and_never_at_once()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
        var random = new Random(5);
        var schedules = Enumerable.Range(0, 10_000).Select(_ => Schedule.Parse(RandomSchedule.Create(random, CronDialect.Debian).Text, CronDialect.Debian)).ToList();
        var now = new DateTimeOffset(Utc("2026-11-21"));
        var fastest = Measured.Time(() =>
        {
            foreach (var schedule in schedules)
            {
                schedule.Next(now, zone);
            }
        });

        // 50 ms, optimised; the bound leaves room for a slow machine and for a debug build.
        Assert.True(fastest < TimeSpan.FromMilliseconds(500), fastest.ToString());
    }

    private static DateTimeOffset Walk(Schedule schedule, TimeZoneInfo zone, DateTimeOffset at)
    {
        for (var i = 0; i < 2000; i++)
        {
            at = schedule.Next(at, zone)!.Value;
            schedule.Previous(at, zone);
        }

        return at;
    }

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
