using System.Globalization;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Cron;

/// <summary>Runs beside <see cref="DaemonModel"/>, which walks over every minute.</summary>
public sealed class ScheduleReferenceTests
{
    private const int Schedules = 2000;
    private const int FurtherSchedules = 150;

    [Theory]
    [InlineData("Europe/Berlin", Schedules)]
    [InlineData("America/New_York", Schedules)]
    [InlineData("Australia/Lord_Howe", Schedules)]
    [InlineData("Antarctica/Troll", FurtherSchedules)]
    [InlineData("America/Havana", FurtherSchedules)]
    [InlineData("Africa/Casablanca", FurtherSchedules)]
    [InlineData("Pacific/Chatham", FurtherSchedules)]
    [InlineData("Europe/Dublin", FurtherSchedules)]
    public void Runs_equal_those_of_the_daemon_minute_by_minute_over_the_weeks_in_which_the_clock_changes(string zoneName, int count)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var weeks = ChangesOf(zone, 2026, 2027).Select(change => (change.AddDays(-3).Date, change.AddDays(4).Date)).ToList();
        Assert.InRange(weeks.Count, 4, 6);
        foreach (var dialect in Enum.GetValues<CronDialect>())
        {
            foreach (var (from, to) in weeks)
            {
                Compare(dialect, zone, from, to, count, null);
            }
        }
    }

    [Theory]
    [InlineData("Pacific/Apia", "2011-12-28", "2012-01-02")]
    [InlineData("Pacific/Kwajalein", "1993-08-19", "1993-08-23")]
    [InlineData("Asia/Pyongyang", "2015-08-13", "2015-08-17")]
    public void Runs_equal_those_of_the_daemon_where_a_clock_jumps_otherwise(string zoneName, string first, string last)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        foreach (var dialect in Enum.GetValues<CronDialect>())
        {
            Compare(dialect, zone, Utc(first), Utc(last), FurtherSchedules, null);
        }
    }

    [Theory]
    [InlineData("Europe/Berlin", "America/New_York")]
    [InlineData("America/New_York", "Australia/Lord_Howe")]
    [InlineData("Australia/Lord_Howe", "Europe/Berlin")]
    [InlineData("Europe/Berlin", "Europe/Berlin")]
    [InlineData("UTC", "Europe/Berlin")]
    [InlineData("Europe/Berlin", "Asia/Kolkata")]
    public void A_job_of_cronie_with_a_zone_of_its_own_runs_as_the_daemon_runs_it(string hostName, string jobName)
    {
        var (host, job) = (TimeZoneInfo.FindSystemTimeZoneById(hostName), TimeZoneInfo.FindSystemTimeZoneById(jobName));
        var changes = ChangesOf(host, 2026, 2027).Concat(ChangesOf(job, 2026, 2027)).Distinct().ToList();
        Assert.InRange(changes.Count, 4, 8);
        foreach (var change in changes)
        {
            Compare(CronDialect.Cronie, job, change.AddDays(-2).Date, change.AddDays(3).Date, 300, host);
        }
    }

    private static void Compare(CronDialect dialect, TimeZoneInfo zone, DateTime from, DateTime to, int count, TimeZoneInfo? host)
    {
        var random = new Random((from.DayOfYear * 10) + (int)dialect);
        var looks = host is null ? DaemonModel.Looks(dialect, zone, from, to) : DaemonModel.Looks(dialect, host, from, to, zone);
        var table = host is null ? null : CrontabDocument.Parse(System.Text.Encoding.UTF8.GetBytes($"CRON_TZ={zone.Id}\n"), dialect);
        for (var i = 0; i < count; i++)
        {
            var model = RandomSchedule.Create(random, dialect);
            var schedule = Schedule.Parse(model.Text, dialect);
            Assert.Null(schedule.Fault);
            var timing = table is null ? EntryTiming.OfHost(zone) : EntryTiming.Of(table, null, host!, TimeZoneInfo.FindSystemTimeZoneById);
            var expected = DaemonModel.Runs(model, looks);
            var found = timing.Occurrences(schedule, new DateTimeOffset(from).AddTicks(-1)).Select(run => run.UtcDateTime).TakeWhile(run => run < to).ToList();
            if (!expected.SequenceEqual(found))
            {
                var at = expected.Except(found).Concat(found.Except(expected)).Min();
                Assert.Fail($"{dialect} {zone.Id}: {model.Text} differs first at {at:u}: {(expected.Contains(at) ? "left out" : "too many")}");
            }

            var back = new List<DateTime>();
            for (var run = timing.Previous(schedule, new DateTimeOffset(to)); run is { } at && at.UtcDateTime >= from; run = timing.Previous(schedule, at))
            {
                back.Add(at.UtcDateTime);
            }

            back.Reverse();
            Assert.Equal(expected, back);
        }
    }

    /// <summary>The moments at which the zone's offset changes, found by asking for every hour.</summary>
    private static List<DateTime> ChangesOf(TimeZoneInfo zone, int firstYear, int lastYear)
    {
        var changes = new List<DateTime>();
        var end = Utc($"{lastYear + 1}-01-01");
        for (var at = Utc($"{firstYear}-01-01"); at < end; at = at.AddHours(1))
        {
            if (zone.GetUtcOffset(at) != zone.GetUtcOffset(at.AddHours(-1)))
            {
                changes.Add(at);
            }
        }

        return changes;
    }

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
