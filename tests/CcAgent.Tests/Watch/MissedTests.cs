using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CcAgent.Tests.Harness;
using CcAgent.Watch;
using CcConsole.Core.Audit;
using Xunit;

namespace CcAgent.Tests.Watch;

/// <summary>Missed runs, as the real daemon records them on a host with the real cron.</summary>
public sealed class MissedTests
{
    [Fact]
    public async Task What_was_due_while_the_host_was_down_is_recorded_once()
    {
        await using var host = await WatchedHost.CreateAsync();
        var boot = HostClock.Read(TimeProvider.System).Boot;
        var due = boot.AddMinutes(-20);
        // The whole of the hour before the boot, and so more than one due time; one of them when the host was still on.
        await host.ShellAsync(
            $"cat >/etc/cron.d/jobs <<'E'\n{At(due, "root " + host.Wrapped("", "wrapped")[1..])}{At(due, "root plain\n")}{At(boot.AddMinutes(-50), "root plain-before\n")}"
            + $"*/5 * * * * root {host.Wrapped("", "often")[1..]}E\n");
        await host.StartAgentAsync();
        await host.StopAgentAsync();
        host.SetBack(boot.AddMinutes(-40), boot: "another");
        await host.StartAgentAsync();
        var missed = await host.EntriesAsync(AuditEvents.JobMissed, 3);
        var wrapped = missed.Single(static entry => Job(entry) == "wrapped");
        Assert.Equal(
            (MissedRuns.HostWasDown, "/etc/cron.d/jobs", 1, true, Minute(due)),
            (wrapped.GetProperty("reason").GetString(), wrapped.GetProperty("table").GetString(), wrapped.GetProperty("count").GetInt32(), wrapped.GetProperty("reported").GetBoolean(),
                wrapped.GetProperty("due").GetString()));
        var often = missed.First(static entry => Job(entry) == "often");
        Assert.InRange(often.GetProperty("count").GetInt32(), 7, 9);
        Assert.Single(missed, static entry => !entry.GetProperty("reported").GetBoolean());

        // Killed: what is in the chain tells the next start how far it had come.
        await host.KillAgentAsync();
        host.SetBack(boot.AddMinutes(-40), boot: "another");
        await host.StartAgentAsync();
        await Task.Delay(13_000);
        var again = await host.EntriesAsync(AuditEvents.JobMissed);
        Assert.Single(again, static entry => Job(entry) == "wrapped");
        Assert.Single(again, static entry => !entry.GetProperty("reported").GetBoolean());
        Assert.Single(again, entry => Job(entry) == "often" && entry.GetProperty("reason").GetString() == MissedRuns.HostWasDown);
        Assert.StartsWith("OK", await host.Folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_whose_report_waits_in_the_spool_and_one_that_still_goes_on_are_not_missed_but_one_that_never_began_is()
    {
        await using var host = await WatchedHost.CreateAsync();
        var now = TimeProvider.System.GetUtcNow();
        // The runs begin by hand after they were due. Within the grace of 90 s there must be time for that on a busy machine.
        if (now.Second > 45)
            await Task.Delay(TimeSpan.FromSeconds(61 - now.Second));
        var due = TimeProvider.System.GetUtcNow();
        await host.ShellAsync(
            $"cat >/etc/cron.d/jobs <<'E'\n{At(due, "root " + host.Wrapped("", "spooled")[1..])}{At(due, "root " + host.Wrapped("", "going")[1..])}{At(due, "root " + host.Wrapped("", "never")[1..])}E\n");
        await host.StartAgentAsync();
        await host.StopAgentAsync();
        host.SetBack(due.AddMinutes(-5));
        Assert.Equal(0, (await AgentProgram.ExecAsync(host.Folder.Path, "spooled", "/bin/true")).Code);
        Assert.NotEmpty(Directory.GetFiles(host.Folder.Spool));
        using var going = Process.Start(new ProcessStartInfo(AgentProgram.Path, ["exec", "--job-id", "going", "--socket-path", host.Folder.Socket, "--", "/bin/sleep", "300"]))!;
        try
        {
            await host.StartAgentAsync();
            var missed = await host.EntriesAsync(AuditEvents.JobMissed, 1, seconds: 240);
            await Task.Delay(1000);
            Assert.Equal("never", Job(Assert.Single(await host.EntriesAsync(AuditEvents.JobMissed))));
            Assert.Contains(missed[0].GetProperty("reason").GetString(), (string[])[MissedRuns.NoRunAtAll, MissedRuns.NoRun, MissedRuns.NoCron]);
        }
        finally
        {
            TestUser.Run("/bin/kill", "-TERM", going.Id.ToString(CultureInfo.InvariantCulture));
            await going.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Takes some four minutes of the real cron: run it by <c>-explicit only</c>.</summary>
    [Fact(Explicit = true)]
    public async Task A_cron_daemon_that_is_killed_shows_by_what_it_does_not_begin()
    {
        await using var host = await WatchedHost.CreateAsync();
        await host.ShellAsync($"cat >/etc/cron.d/jobs <<'E'\n* * * * * root {host.Wrapped("", "each")[1..]}* * * * * root true plain\nE\n");
        await host.StartAgentAsync();
        await host.StopAgentAsync();
        host.SetBack(TimeProvider.System.GetUtcNow());
        host.Cron.StartDaemon();
        await host.StartAgentAsync();
        await host.EntriesAsync(AuditEvents.JobFinished, 1, seconds: 90);
        var killed = TimeProvider.System.GetUtcNow();
        await host.Cron.StopDaemonAsync();
        var missed = await host.EntriesAsync(AuditEvents.JobMissed, 2, seconds: 170);
        Assert.All(missed, static entry => Assert.Equal(MissedRuns.NoCron, entry.GetProperty("reason").GetString()));
        Assert.Equal([false, true], missed.Select(static entry => entry.GetProperty("reported").GetBoolean()).Order());
        Assert.All(missed, entry => Assert.Equal(Minute(killed.AddMinutes(1)), entry.GetProperty("due").GetString()));

        host.Cron.StartDaemon();
        await host.EntriesAsync(AuditEvents.JobFinished, 2, seconds: 90);
        // What was missed meanwhile is told when it is over, and each once.
        await Task.Delay(TimeSpan.FromSeconds(95));
        var all = await host.EntriesAsync(AuditEvents.JobMissed);
        foreach (var entries in all.GroupBy(static entry => entry.GetProperty("reported").GetBoolean()))
            Assert.Equal(entries.Count(), entries.Select(static entry => entry.GetProperty("due").GetString()).Distinct().Count());
    }

    private static string At(DateTimeOffset time, string rest)
    {
        var local = TimeZoneInfo.ConvertTime(time, TimeZoneInfo.Local);
        return string.Create(CultureInfo.InvariantCulture, $"{local.Minute} {local.Hour} {local.Day} {local.Month} * {rest}");
    }

    private static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:'00Z'", CultureInfo.InvariantCulture);

    private static string? Job(JsonElement entry) => entry.GetProperty("job_id").GetString();
}
