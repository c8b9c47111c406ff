using System.Globalization;
using System.Text;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcConsole.Core.Tests.Crontab;

public sealed class EntryTimingTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Fact]
    public void An_entry_of_cronie_runs_by_the_zone_above_it_and_up_to_the_delay_later()
    {
        var document = Table("0 3 * * * a\nCRON_TZ=America/New_York\nRANDOM_DELAY=30\n0 3 * * * b\nCRON_TZ=\n0 3 * * * c\n");
        var timings = document.Entries.Select(entry => EntryTiming.Of(document, entry, Berlin, Find)).ToList();
        var after = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal([("2026-11-21T03:00+01:00", 0), ("2026-11-21T03:00-05:00", 30), ("2026-11-21T03:00+01:00", 30)],
            timings.Zip(document.Entries).Select(pair => (Text(pair.First.Next(pair.Second.Schedule, after)), pair.First.MaxDelay)));
        Assert.Empty(timings[0].Notes);
        Assert.Equal(2, timings[1].Notes.Count);
        Assert.Equal("America/New_York", timings[1].Zone!.Id);
        Assert.Equal(30, EntryTiming.Of(document, null, Berlin, Find).MaxDelay);
    }

    [Theory]
    [InlineData(CronDialect.Debian)]
    [InlineData(CronDialect.Busybox)]
    public void To_the_other_daemons_these_are_variables_like_any_other(CronDialect dialect)
    {
        var document = Table("CRON_TZ=America/New_York\nRANDOM_DELAY=30\n0 3 * * * b\n", dialect);
        var timing = EntryTiming.Of(document, document.Entries.Single(), Berlin, Find);
        Assert.Equal((Berlin.Id, 0, 0), (timing.Zone!.Id, timing.MaxDelay, timing.Notes.Count));
    }

    [Theory]
    [InlineData("Mars/Olympus")]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("JST-9")]
    public void A_zone_that_is_not_known_is_said_and_no_run_is_told(string name)
    {
        var document = Table($"CRON_TZ={name}\n0 3 * * * b\n");
        var entry = document.Entries.Single();
        var timing = EntryTiming.Of(document, entry, Berlin, Find);
        Assert.Null(timing.Zone);
        Assert.Null(timing.Next(entry.Schedule, DateTimeOffset.UnixEpoch));
        Assert.Null(timing.Previous(entry.Schedule, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Contains(name, Assert.Single(timing.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1440", 1440, 1)]
    [InlineData("1441", 0, 1)]
    [InlineData("-1", 0, 1)]
    [InlineData("-0", 0, 0)]
    [InlineData("+7x", 7, 1)]
    [InlineData("x", 0, 0)]
    [InlineData("99999999999999999999", 0, 1)]
    public void A_delay_is_read_as_strtol_reads_it(string value, int delay, int notes)
    {
        var timing = EntryTiming.Of(Table($"RANDOM_DELAY={value}\n"), null, Berlin, Find);
        Assert.Equal((delay, notes), (timing.MaxDelay, timing.Notes.Count));
    }

    [Theory]
    [InlineData("30 2 * * *", CronDialect.Debian, "2026-03-29: the clock goes from 02:00 to 03:00; 02:30 does not exist: it runs at 03:00", "2026-10-25: the clock goes from 03:00 to 02:00; 02:30 comes twice: it runs the first time only")]
    [InlineData("*/30 2 * * *", CronDialect.Cronie, "2026-03-29: the clock goes from 02:00 to 03:00; 2 times from 02:00 on do not exist: no run for them", "2026-10-25: the clock goes from 03:00 to 02:00; 2 times from 02:00 on come twice: they run both times")]
    [InlineData("30 2 * * *", CronDialect.Busybox, "2026-03-29: the clock goes from 02:00 to 03:00; 02:30 does not exist: no run", "2026-10-25: the clock goes from 03:00 to 02:00; 02:30 comes twice: it runs both times")]
    [InlineData("30 3 * * *", CronDialect.Debian)]
    [InlineData("@reboot", CronDialect.Debian)]
    public void A_change_of_the_clock_is_said(string text, CronDialect dialect, params string[] notes) =>
        Assert.Equal(notes, Notes(Schedule.Parse(text, dialect), "Europe/Berlin", "2026-01-01", "2027-01-01").Select(note => note.ToString()));

    [Fact]
    public void A_job_with_a_zone_of_its_own_is_left_out_while_the_host_repeats_an_hour()
    {
        var document = Table("CRON_TZ=Asia/Kolkata\n0 6 * * * b\n");
        var entry = document.Entries.Single();
        var timing = EntryTiming.Of(document, entry, Berlin, Find);

        // 06:00 in Kolkata is 00:30 UTC in autumn; the host's clock goes back at 01:00 UTC: from 06:30 to 07:30 nothing starts.
        Assert.Empty(timing.ClockNotes(entry.Schedule, At("2026-10-20"), At("2026-11-01")));
        var late = Schedule.Parse("45 6 * * *", CronDialect.Cronie);
        var note = Assert.Single(timing.ClockNotes(late, At("2026-10-20"), At("2026-11-01")));
        Assert.Equal("2026-10-25: the host's clock goes from 03:00 to 02:00; 06:45 falls into the time that the host's clock repeats: no run", note.ToString());
        Assert.Equal("2026-10-26T06:45+05:30", Text(timing.Next(late, At("2026-10-24T12:00"))));
    }

    internal static IEnumerable<ClockNote> Notes(Schedule schedule, string zone, string from, string to) =>
        EntryTiming.OfHost(TimeZoneInfo.FindSystemTimeZoneById(zone)).ClockNotes(schedule, At(from), At(to));

    private static CrontabDocument Table(string text, CronDialect dialect = CronDialect.Cronie) => CrontabDocument.Parse(Encoding.UTF8.GetBytes(text), dialect);

    private static TimeZoneInfo? Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Text(DateTimeOffset? time) => time!.Value.ToString("yyyy-MM-ddTHH:mmzzz", CultureInfo.InvariantCulture);
}
