using System.Globalization;
using CcAgent.Watch;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcAgent.Tests.Watch;

/// <summary>When a due run counts as missed, and when it does not.</summary>
public sealed class MissedRunsTests
{
    private static readonly RunKey Root = new(0, "job");

    private readonly MissedRuns _runs = new();
    private readonly TestEvidence _host = new();
    private readonly List<MissedRun> _told = [];
    private DateTimeOffset _now;

    [Fact]
    public void A_run_that_began_is_not_missed_however_long_the_daemon_looks()
    {
        Watch("* * * * *", "10:00:30");
        for (var minute = 1; minute <= 59; minute++)
            Begun(At("10:00:01").AddMinutes(minute));
        Judge("11:01:00");
        Assert.Empty(_told);
        Assert.Equal(At("11:01:30"), _runs.Next);
    }

    [Fact]
    public void A_run_that_did_not_begin_is_told_once_with_its_time_and_the_cause()
    {
        Watch("0 10 * * *", "09:00:00");
        Judge("10:01:29");
        Assert.Empty(_told);
        Judge("10:01:30");
        var missed = Assert.Single(_told);
        Assert.Equal((At("10:00:00"), At("10:00:00"), 1, MissedRuns.NoRun), (missed.First, missed.Last, missed.Count, missed.Reason));
        Judge("18:00:00");
        Assert.Single(_told);
    }

    [Fact]
    public void The_one_minute_that_was_left_out_is_told_though_the_next_runs_began_within_its_grace()
    {
        Watch("* * * * *", "09:59:30");
        foreach (var minute in (int[])[0, 1, 3, 4, 5, 6])
            Begun(At("10:00:02").AddMinutes(minute));
        Judge("10:08:00");
        Assert.Equal(At("10:02:00"), Assert.Single(_told).First);
    }

    [Fact]
    public void A_run_that_came_late_together_with_the_next_one_is_not_missed()
    {
        Watch("* * * * *", "09:59:30");
        foreach (var second in (string[])["10:00:02", "10:02:01", "10:02:02", "10:03:01"])
            Begun(At(second));
        Judge("10:04:30");
        Assert.Empty(_told);
    }

    [Fact]
    public void A_run_a_little_before_its_minute_by_a_clock_that_is_slewed_is_the_one_that_was_due()
    {
        Watch("0 10 * * *", "09:00:00");
        Begun(At("09:59:58"));
        Judge("12:00:00");
        Assert.Empty(_told);
    }

    [Fact]
    public void A_run_that_still_goes_on_has_begun_though_nothing_reported_it()
    {
        Watch("0 10 * * *", "09:00:00");
        _host.GoingRuns.Add(At("10:00:01"));
        Judge("12:00:00");
        Assert.Empty(_told);
    }

    [Fact]
    public void A_run_that_goes_on_since_before_does_not_hide_a_missed_one()
    {
        Watch("0 10 * * *", "09:00:00");
        _host.GoingRuns.Add(At("03:00:01"));
        Judge("12:00:00");
        Assert.Equal(MissedRuns.NoRun, Assert.Single(_told).Reason);
    }

    [Fact]
    public void A_run_that_waits_for_the_one_before_it_is_missed_only_when_that_has_ended_and_it_does_not_begin()
    {
        Watch("0 * * * *", "09:30:00", queues: true);
        _host.GoingRuns.Add(At("09:00:01"));
        Judge("10:30:00");
        Assert.Empty(_told);
        Begun(At("10:40:00"));
        _host.GoingRuns.Clear();
        _now = At("10:45:00");
        Judge("10:45:00");
        Assert.Empty(_told);

        _host.GoingRuns.Add(At("10:40:00"));
        Judge("11:20:00");
        Assert.Empty(_told);
        _host.GoingRuns.Clear();
        Judge("11:30:00");
        Assert.Equal((At("11:00:00"), MissedRuns.PreviousRun), (Assert.Single(_told).First, _told[0].Reason));
    }

    [Fact]
    public void Without_a_cron_daemon_that_is_the_cause()
    {
        Watch("0 10 * * *", "09:00:00");
        _host.Cron = static _ => false;
        Judge("10:02:00");
        Assert.Equal(MissedRuns.NoCron, Assert.Single(_told).Reason);
    }

    [Fact]
    public void An_entry_without_a_wrapper_is_missed_only_when_that_is_certain()
    {
        Watch("0 * * * *", "08:30:00", reported: false);
        _host.Cron = static _ => null;
        Judge("09:30:00");
        _host.Cron = static _ => true;
        Judge("10:30:00");
        Assert.Empty(_told);
        _host.Cron = static _ => false;
        Judge("11:30:00");
        Assert.Equal((At("11:00:00"), MissedRuns.NoCron), (Assert.Single(_told).First, _told[0].Reason));
    }

    [Fact]
    public void A_long_time_without_the_host_is_one_entry_with_count_first_and_last()
    {
        Watch("*/10 * * * *", "10:00:00");
        _host.History.Add(HostTime.Down, At("10:05:00"), At("13:15:00"));
        Begun(At("13:20:01"));
        _now = At("13:15:00");
        Judge("13:25:00");
        var missed = Assert.Single(_told);
        Assert.Equal((At("10:10:00"), At("13:10:00"), 19, MissedRuns.HostWasDown, false), (missed.First, missed.Last, missed.Count, missed.Reason, missed.More));
    }

    [Fact]
    public void A_year_without_the_host_is_not_counted_minute_by_minute()
    {
        Watch("* * * * *", "10:00:00");
        var boot = At("10:00:00").AddDays(365);
        _host.History.Add(HostTime.Down, At("10:00:30"), boot);
        _now = boot.AddMinutes(-1);
        Judge(boot.AddMinutes(1));
        var missed = Assert.Single(_told);
        Assert.True(missed.More);
        Assert.Equal(boot.AddMinutes(-1), missed.Last);
        Assert.Equal(boot.AddSeconds(90), _runs.Next);
    }

    [Fact]
    public void When_the_agent_ended_before_the_host_an_entry_without_a_wrapper_is_not_judged_and_a_wrapped_one_by_its_reports()
    {
        Watch("0 * * * *", "09:30:00", reported: false);
        _host.History.Add(HostTime.DownOrOn, At("09:45:00"), At("11:45:00"));
        Judge("11:50:00");
        Assert.Empty(_told);

        Watch("0 * * * *", "09:30:00");
        Begun(At("10:00:01"));
        Judge("11:55:00");
        Assert.Equal((At("11:00:00"), MissedRuns.HostWasDown), (Assert.Single(_told).First, _told[0].Reason));
    }

    [Fact]
    public void What_cron_makes_up_for_after_a_suspension_is_not_missed_and_the_rest_is()
    {
        Watch("0 10 * * *", "09:00:00");
        _host.History.Add(HostTime.Suspended, At("09:50:00"), At("11:00:00"));
        Begun(At("11:00:02"));
        Judge("11:00:30");
        Judge("11:02:00");
        Assert.Empty(_told);

        _runs.Watch("table", [], static _ => default, _told.Add);
        Watch("30 * * * *", "11:05:00");
        _host.History.Add(HostTime.Suspended, At("11:20:00"), At("15:00:00"));
        Judge("15:00:30");
        Assert.Empty(_told);
        Judge("15:02:00");
        var missed = Assert.Single(_told);
        Assert.Equal((4, MissedRuns.HostWasSuspended), (missed.Count, missed.Reason));
    }

    [Fact]
    public void A_time_that_the_clock_left_out_never_was()
    {
        Watch("* * * * *", "10:00:30");
        _host.History.Add(HostTime.Skipped, At("10:00:40"), At("12:00:10"));
        Begun(At("12:01:01"));
        Judge("12:02:00");
        Assert.Empty(_told);
    }

    [Fact]
    public void A_clock_that_is_set_back_makes_nothing_due_twice()
    {
        Watch("0 * * * *", "09:30:00");
        Begun(At("10:00:01"));
        Judge("10:10:00");
        // Back to 09:50: cron holds back what runs at fixed times until 10:10 has come again.
        _now = At("09:50:00");
        Judge("10:30:00");
        Assert.Empty(_told);
        Assert.Equal(At("11:01:30"), _runs.Next);
    }

    [Fact]
    public void Misses_that_follow_each_other_are_told_at_once_and_then_hour_by_hour_each_counted_once()
    {
        Watch("* * * * *", "09:59:30");
        _host.Cron = static _ => false;
        for (var now = At("10:01:30"); now < At("13:00:00"); now += TimeSpan.FromMinutes(1))
            Judge(now);
        Assert.Equal(At("10:00:00"), _told[0].First);
        Assert.InRange(_told.Count, 3, 5);
        _host.Cron = static _ => true;
        Begun(At("12:59:01"));
        Judge("13:01:00");
        Assert.Equal(179, _told.Sum(static missed => missed.Count));
        Assert.Equal(At("12:58:00"), _told[^1].Last);
        Assert.All(_told.Skip(1).Zip(_told), static pair => Assert.Equal(pair.Second.Last.AddMinutes(1), pair.First.First));
    }

    [Fact]
    public void An_edit_keeps_what_is_known_of_entries_that_stay_and_forgets_what_was_due_of_those_that_go()
    {
        Watch("0 10 * * *", "09:00:00");
        var other = Entry("5 10 * * *", reported: true, queues: false);
        _runs.Watch("table", [other, Entry("0 10 * * *", true, false)], _ => At("10:01:00"), _told.Add);
        Judge("10:02:00");
        Assert.Equal(At("10:00:00"), Assert.Single(_told).First);
        _runs.Watch("table", [], static _ => default, _told.Add);
        Judge("12:00:00");
        Assert.Single(_told);
        Assert.Null(_runs.Next);
    }

    [Fact]
    public void What_is_judged_reaches_up_to_the_first_due_time_that_is_not()
    {
        Watch("0 10 * * *", "09:00:00");
        Assert.Equal(At("10:00:30").AddSeconds(-31), _runs.Until(At("10:00:30")));
        Begun(At("10:00:01"));
        Judge("10:02:00");
        Assert.Equal(At("10:02:00"), _runs.Until(At("10:02:00")));
    }

    [Fact]
    public void The_hour_that_the_zone_leaves_out_and_the_one_it_repeats_are_judged_by_crons_rules()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var spring = new DateTimeOffset(2026, 3, 29, 0, 30, 0, TimeSpan.Zero);
        Watch("30 2 * * *", spring, zone);
        // cron runs it right after the jump, at 03:00 local time.
        Begun(new DateTimeOffset(2026, 3, 29, 1, 0, 2, TimeSpan.Zero));
        Judge(spring.AddHours(6));
        Assert.Empty(_told);

        var autumn = new DateTimeOffset(2026, 10, 24, 23, 30, 0, TimeSpan.Zero);
        _runs.Watch("table", [], static _ => default, _told.Add);
        Watch("30 2 * * *", autumn, zone);
        Begun(new DateTimeOffset(2026, 10, 25, 0, 30, 2, TimeSpan.Zero));
        Judge(autumn.AddHours(6));
        Assert.Empty(_told);
    }

    [Fact]
    public void A_run_of_another_user_with_the_same_job_id_does_not_count()
    {
        Watch("0 10 * * *", "09:00:00");
        _runs.Begun(new RunKey(1000, "job"), At("10:00:01"));
        Judge("10:02:00");
        Assert.Single(_told);
    }

    [Fact]
    public void Of_an_entry_that_is_due_once_a_year_no_runs_are_kept_until_then()
    {
        Watch("0 0 1 1 *", "09:00:00");
        for (var i = 0; i < 5000; i++)
            Begun(At("09:00:00").AddSeconds(i));
        Assert.InRange(_runs.KeptCount, 0, 1024);
        // But what a daemon that was away for days has to judge is.
        _runs.Watch("table", [], static _ => default, _told.Add);
        Watch("* * * * *", "00:00:30");
        for (var i = 1; i < 1440; i++)
            Begun(At("00:00:02").AddMinutes(i));
        Judge("23:59:59");
        Assert.Empty(_told);
    }

    [Fact]
    public void Two_entries_of_one_job_each_take_a_run_of_their_own()
    {
        _runs.Watch("table", [Entry("0 10 * * *", true, false), Entry("30 10 * * *", true, false)], _ => At("09:00:00"), _told.Add);
        Begun(At("10:30:01"));
        Judge("11:00:00");
        Assert.Equal(At("10:00:00"), Assert.Single(_told).First);
    }

    private void Watch(string schedule, string since, bool reported = true, bool queues = false) =>
        _runs.Watch("table", [Entry(schedule, reported, queues)], _ => At(since), _told.Add);

    private void Watch(string schedule, DateTimeOffset since, TimeZoneInfo zone)
    {
        _now = since;
        _runs.Watch(
            "table", [new WatchedEntry("table", Root, Schedule.Parse(schedule, CronDialect.Debian), EntryTiming.OfHost(zone), true, false)], _ => since, _told.Add);
    }

    private static WatchedEntry Entry(string schedule, bool reported, bool queues) =>
        new("table", Root, Schedule.Parse(schedule, CronDialect.Debian), EntryTiming.OfHost(TimeZoneInfo.Utc), reported, queues);

    private void Begun(DateTimeOffset start) => _runs.Begun(Root, start);

    private void Judge(string until) => Judge(At(until));

    // As the daemon does: whenever something is to be judged.
    private void Judge(DateTimeOffset until)
    {
        for (var i = 0; i < 10_000 && _runs.Next is { } next && next <= until; i++)
        {
            _now = next > _now ? next : _now;
            _runs.Judge(_now, _host, _told.Add, most: 100);
        }

        _now = until;
        _runs.Judge(_now, _host, _told.Add);
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse("2026-06-01T" + time + "Z", CultureInfo.InvariantCulture);
}
