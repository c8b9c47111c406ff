using System.Globalization;
using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Tests.Crontab;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Core.Tests.Cron;

/// <summary>What Debian's real cron starts over a change of the clock, beside what <see cref="Schedule"/> says.</summary>
public sealed class RealDaemonTests : IAsyncLifetime
{
    private const int MostRuns = 60;
    private const int Jobs = 45;

    private static readonly string[] Chosen =
    [
        "30 2 * * *", "15,30 2 * * *", "0 3 * * *", "30 1 * * *", "5 0 * * *", "59 1 * * *", "1 3 * * *",
        "*/20 2 * * *", "*/30 * * * *", "10 * * * *", "50 */2 * * *", "@hourly", "@daily", "@weekly",
        "40 2 29 * mon", "40 2 25 * mon", "40 2 */2 * sun", "30 2 1-31 * sun", "15 1-4 * * *", "0 0 30 2 *",
    ];

    private CronDaemon _daemon = null!;
    private CronUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _daemon = await CronDaemon.CreateAsync();
        _user = await _daemon.AddUserAsync();
    }

    public ValueTask DisposeAsync() => _daemon.DisposeAsync();

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-28T12:00", "2026-03-29T20:00")]
    [InlineData("Europe/Berlin", "2026-10-24T12:00", "2026-10-25T20:00")]
    [InlineData("America/New_York", "2027-03-13T12:00", "2027-03-14T20:00")]
    [InlineData("America/New_York", "2027-11-06T12:00", "2027-11-07T20:00")]
    [InlineData("Australia/Lord_Howe", "2026-10-03T08:00", "2026-10-04T08:00")]
    [InlineData("Australia/Lord_Howe", "2027-04-03T08:00", "2027-04-04T08:00")]
    public async Task The_real_daemon_starts_each_job_at_the_minutes_that_are_told(string zoneName, string first, string last)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var (from, to) = (Utc(first), Utc(last));
        var random = new Random(11);

        // The daemon waits for ten seconds after each minute that it makes up for: with more than a few of them in one table it is
        // a minute late with every job, which no schedule by itself can tell. The chosen ones have three such minutes; no further ones.
        bool IsMadeUp(Schedule schedule) => EntryTiming.OfHost(zone).ClockNotes(schedule, new(from), new(to)).Any(note => note.Kind == ClockNoteKind.MadeUp);
        var schedules = Chosen.Concat(Enumerable.Range(0, 400).Select(_ => RandomSchedule.Create(random, CronDialect.Debian).Text))
            .Select(text => Schedule.Parse(text, CronDialect.Debian))
            .Select((schedule, at) => (Schedule: schedule, IsChosen: at < Chosen.Length, Runs: schedule.Occurrences(new DateTimeOffset(from), zone).TakeWhile(run => run.UtcDateTime < to).Count()))
            .Where(job => job.IsChosen || job.Runs is > 0 and <= MostRuns && !IsMadeUp(job.Schedule))
            .Select(job => job.Schedule).Take(Jobs).ToList();
        var table = new StringBuilder();
        for (var i = 0; i < schedules.Count; i++)
        {
            table.Append(CultureInfo.InvariantCulture, $"{schedules[i].Text} : job {i}\n");
        }

        var started = await SteppedDaemon.RunAsync(_daemon, _user, table.ToString(), zoneName, from, to);
        var wrong = new List<string>();
        for (var i = 0; i < schedules.Count; i++)
        {
            var told = schedules[i].Occurrences(new DateTimeOffset(from), zone).Select(run => run.UtcDateTime).TakeWhile(run => run < to).ToList();
            var ran = started[$": job {i}"].Select(time => time.AddSeconds(-time.Second)).Distinct().Order().ToList();
            if (!told.SequenceEqual(ran))
            {
                wrong.Add($"{schedules[i].Text}: told {string.Join(" ", told.Except(ran).Select(at => at.ToString("u")))}, ran {string.Join(" ", ran.Except(told).Select(at => at.ToString("u")))}");
            }
        }

        Assert.True(started.Count > 30, $"only {started.Count} jobs ran");
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Many_runs_of_the_skipped_hour_are_made_up_for_one_after_another_ten_seconds_apart()
    {
        var started = await SteppedDaemon.RunAsync(
            _daemon, _user, "0-59/5 2 * * * : skipped\n", "Europe/Berlin", Utc("2026-03-29T00:30"), Utc("2026-03-29T01:30"));
        var runs = started[": skipped"].Order().ToList();
        Assert.Equal(12, runs.Count);
        Assert.Equal(Utc("2026-03-29T01:00:01"), runs[0]);
        Assert.True(runs[^1] < Utc("2026-03-29T01:03"), runs[^1].ToString("u", CultureInfo.InvariantCulture));
        var schedule = Schedule.Parse("0-59/5 2 * * *", CronDialect.Debian);
        var note = Assert.Single(EntryTimingTests.Notes(schedule, "Europe/Berlin", "2026-03-28", "2026-04-01"));
        Assert.Equal((ClockNoteKind.MadeUp, 12), (note.Kind, note.Count));
    }

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
