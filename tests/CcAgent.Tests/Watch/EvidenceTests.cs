using System.Globalization;
using System.Text;
using CcAgent.Watch;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using Xunit;

namespace CcAgent.Tests.Watch;

/// <summary>What the watch makes of command lines, clocks and tables.</summary>
public sealed class EvidenceTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/usr/bin/cc-agent exec --job-id nightly --socket-path /s -- /bin/sh -c x", "nightly")]
    [InlineData("cc-agent exec --mail never --job-id=nightly -- true", "nightly")]
    [InlineData("cc-agent exec --mail never -- echo --job-id other", null)]
    [InlineData("cc-agent daemon --job-id nightly -- x", null)]
    [InlineData("cc-agent exec --job-ids nightly -- true", null)]
    [InlineData("sleep 300", null)]
    public void A_wrapper_is_known_by_its_command_line(string line, string? job) =>
        Assert.Equal(job, GoingRuns.JobOf(Encoding.UTF8.GetBytes(line.Replace(' ', '\0') + "\0")));

    [Theory]
    [InlineData(600, 600, 600, "Ordinary", 0)]
    [InlineData(605, 600, 600, "Ordinary", 0)]
    [InlineData(4200, 600, 4200, "Suspended", 0)]
    [InlineData(4200, 600, 600, "Skipped", 0)]
    [InlineData(-3000, 600, 600, "Ordinary", 3600)]
    public void Clocks_beside_each_other_tell_a_suspended_host_from_a_clock_that_was_set(int now, int awake, int uptime, string between, int back)
    {
        var history = new HostHistory();
        var before = new HostClock(Noon, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        var after = new HostClock(Noon.AddSeconds(now), before.Awake + TimeSpan.FromSeconds(awake), before.Uptime + TimeSpan.FromSeconds(uptime));
        Assert.Equal(back, (int)after.Since(before, history).TotalSeconds);
        Assert.Equal(between, history.At(Noon.AddSeconds(60), out _).ToString());
    }

    [Fact]
    public void Only_entries_whose_times_are_known_are_judged_and_by_reports_only_those_that_report_here()
    {
        const string table = """
            @reboot true
            #cc-paused 1 1 * * * true
            30 2 30 2 * true
            25 6 * * * test -x /usr/sbin/anacron || run-parts /etc/cron.daily
            0 1 * * * plain
            0 2 * * * /usr/bin/cc-agent exec --job-id 'here' --socket-path '/here' -- /bin/sh -c 'true'
            0 3 * * * /usr/bin/cc-agent exec --job-id 'there' --socket-path '/there' -- /bin/sh -c 'true'
            0 4 * * * /usr/bin/cc-agent exec --job-id 'queue' --overlap queue -- /bin/sh -c 'true'

            """;
        var entries = Entries(table, CronDialect.Debian);
        Assert.Equal([("0 1 * * *", false, false), ("0 2 * * *", true, false), ("0 4 * * *", true, true)],
            entries.Select(static entry => (entry.Schedule.Text, entry.IsReported, entry.Queues)));
        Assert.Equal(new RunKey(0, "here"), entries[1].Key);
        // Debian's cron passes over a table of which one line is bad; and a user that is not there has no runs.
        Assert.Empty(Entries(table + "this is no entry\n", CronDialect.Debian));
        Assert.Empty(WatchedEntry.Of("t", CrontabDocument.Parse("* * * * * no-such-user-here true\n"u8, CronDialect.Debian, isSystem: true), null, TimeZoneInfo.Utc, static (_, _) => true));
    }

    [Fact]
    public void An_entry_of_cronie_is_judged_by_its_own_zone_and_not_when_its_time_is_drawn()
    {
        var entries = Entries("CRON_TZ=Asia/Tokyo\nRANDOM_DELAY=30\n0 9 * * * true\n0~30 9 * * * true\nCRON_TZ=No/Where\n0 10 * * * true\n", CronDialect.Cronie);
        var entry = Assert.Single(entries);
        Assert.Equal(30, entry.Timing.MaxDelay);
        Assert.Equal(new DateTimeOffset(2026, 6, 2, 0, 0, 0, TimeSpan.Zero), entry.Timing.Next(entry.Schedule, Noon));
    }

    [Fact]
    public void A_hundred_thousand_due_times_of_ten_thousand_entries_are_judged_in_slices()
    {
        var table = new StringBuilder();
        for (var i = 0; i < 10_000; i++)
            table.Append(CultureInfo.InvariantCulture, $"* * * * * /usr/bin/cc-agent exec --job-id 'j{i}' --socket-path '/here' -- /bin/sh -c 'true'\n");
        var runs = new MissedRuns();
        var told = new List<MissedRun>();
        var entries = Entries(table.ToString(), CronDialect.Debian);
        runs.Watch("t", entries, static _ => Noon, told.Add);
        foreach (var entry in entries)
        {
            for (var minute = 1; minute <= 10; minute++)
                runs.Begun(entry.Key, Noon.AddMinutes(minute).AddSeconds(1));
        }

        var now = Noon.AddMinutes(10).AddSeconds(90);
        var turns = 0;
        for (; runs.Next <= now; turns++)
            runs.Judge(now, new TestEvidence(), told.Add);
        Assert.Equal((200, 0), (turns, told.Count));
    }

    private static List<WatchedEntry> Entries(string table, CronDialect dialect) =>
        WatchedEntry.Of("t", CrontabDocument.Parse(Encoding.UTF8.GetBytes(table), dialect), "root", TimeZoneInfo.Utc, static (_, socket) => socket is null or "/here");
}
