using System.Diagnostics;
using System.Text;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Exec;

/// <summary>Under the audit policy "strict" a run is begun when its start is on record, and not else.</summary>
public class StrictTests
{
    private const string Strict = "{\"watch\": false, \"audit\": {\"policy\": \"strict\", \"ballastMegabytes\": 0}}";

    [Fact]
    public async Task A_run_has_its_start_on_record_before_it_begins_and_once()
    {
        using var folder = await FolderAsync();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        // The job itself looks: its start is in the log.
        var run = await AgentProgram.ExecAsync(folder.Path, "nightly", "/bin/sh", "-c", $"cat {folder.Audit}/*.jsonl; sleep 2.5");
        Assert.Equal(0, run.Code);
        Assert.Contains("\"event\": \"job.started\", \"job_id\": \"nightly\"", run.Output, StringComparison.Ordinal);
        var entries = await AgentProgram.EntriesAsync(folder.Path);
        var started = Assert.Single(entries, entry => entry.GetProperty("event").GetString() == "job.started");
        var finished = Assert.Single(entries, entry => entry.GetProperty("event").GetString() == "job.finished");
        Assert.Equal(started.GetProperty("run_id").GetString(), finished.GetProperty("run_id").GetString());
        Assert.Equal(0, started.GetProperty("uid").GetInt32());
    }

    [Fact]
    public async Task A_full_disk_stops_the_run_before_it_begins()
    {
        await using var disk = await SmallDisk.MakeAsync(2, settings: Strict);
        await using var daemon = await RunningDaemon.StartInAsync(disk.Path);
        var done = disk.Path[..^6] + "/done";
        await disk.FillAsync();
        ProgramResult run;
        // What is left of the last page holds an entry or two.
        for (var i = 0; ; i++)
        {
            File.Delete(done);
            run = await AgentProgram.ExecAsync(disk.Path, "nightly", "/bin/sh", "-c", $": >{done}");
            if (run.Code == 126)
                break;
            Assert.True(i < 40, "the disk is full, and runs are begun all the same");
        }

        Assert.False(File.Exists(done));
        Assert.Contains("job nightly was not begun: the audit log could not be written, and the policy is strict", run.Error, StringComparison.Ordinal);
        disk.Empty();
        Assert.Equal(0, (await AgentProgram.ExecAsync(disk.Path, "nightly", "/bin/sh", "-c", $": >{done}")).Code);
        Assert.True(File.Exists(done));
        Assert.Contains(await AgentProgram.EntriesAsync(disk.Path), entry => entry.GetProperty("event").GetString() == "audit.gap");
        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", disk.Path)).Code);
    }

    [Fact]
    public async Task Without_its_daemon_a_run_waits_and_is_then_refused_and_that_is_on_record_later()
    {
        using var folder = await FolderAsync();
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await daemon.StopAsync());
        var clock = Stopwatch.StartNew();
        var run = await AgentProgram.ExecAsync(folder.Path, "nightly", "/bin/sh", "-c", $": >{folder.Path}/done");
        Assert.Equal(126, run.Code);
        Assert.False(File.Exists(folder.Path + "/done"));
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(10), "it did not wait for the daemon");
        await using var next = await RunningDaemon.StartAsync(folder);
        var refused = Assert.Single(await AgentProgram.EntriesAsync(folder.Path), entry => entry.GetProperty("event").GetString() == "job.refused");
        Assert.Equal(("nightly", "audit", 126), (refused.GetProperty("job_id").GetString(), refused.GetProperty("refused").GetString(), refused.GetProperty("exit_code").GetInt32()));
    }

    [Fact]
    public async Task A_daemon_that_is_started_again_meanwhile_takes_the_run()
    {
        using var folder = await FolderAsync();
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await daemon.StopAsync());
        // Its policy is the mark's: while the daemon is away nobody asks for settings.
        Assert.True(File.Exists(folder.Path + "/audit-strict"));
        var run = AgentProgram.ExecAsync(folder.Path, "nightly", "/bin/sh", "-c", "exit 5");
        await using var next = await RunningDaemon.StartAsync(folder);
        Assert.Equal(5, (await run).Code);
    }

    [Fact]
    public async Task The_mark_is_on_disk_before_the_daemon_is_ready()
    {
        using var folder = await FolderAsync();
        await using var killed = InjectedFault.Start(folder, "audit-strict", "fsync:signal=KILL:when=1");
        Assert.False(await killed.ReadyAsync(), "nothing brought the mark to disk");
        Assert.True(File.Exists(folder.Path + "/audit-strict"));
    }

    [Fact]
    public async Task Back_at_best_effort_the_daemon_is_not_asked()
    {
        using var folder = await FolderAsync();
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await daemon.StopAsync());
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false}", TestContext.Current.CancellationToken);
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await daemon.StopAsync());
        Assert.False(File.Exists(folder.Path + "/audit-strict"));
        Assert.Equal(7, (await AgentProgram.ExecAsync(folder.Path, "nightly", "/bin/sh", "-c", "exit 7")).Code);
    }

    [Fact]
    public async Task A_session_runs_nothing_now_that_could_not_be_recorded()
    {
        using var folder = await FolderAsync();
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await daemon.StopAsync());
        await using var serve = ServeClient.Start(folder.Path);
        var refused = await serve.ErrorAsync("job.run", """{"command":"dHJ1ZQ=="}""");
        Assert.Contains("the host's policy is strict", refused.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_fills_the_log_with_starts_of_runs_that_never_were()
    {
        using var folder = await FolderAsync();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var recorded = 0;
        for (var i = 0; i < 1100; i++)
            recorded += SocketClient.Ask(folder.Socket, Begin($"r{i}")).GetProperty("ok").GetBoolean() ? 1 : 0;
        Assert.Equal(1024, recorded);
        // The refusals are told as all are: the first of them, and how many came after.
        var entries = await AgentProgram.EntriesAsync(folder.Path);
        Assert.Equal(1024, entries.Count(entry => entry.GetProperty("event").GetString() == "job.started"));
        Assert.InRange(entries.Count(entry => entry.GetProperty("event").GetString() == "report.rejected"), 20, 40);
        // A run of which more is heard makes room again.
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal.Trim().Replace("}", ",\"runId\":\"r7\"}", StringComparison.Ordinal)).GetProperty("ok").GetBoolean());
        Assert.True(SocketClient.Ask(folder.Socket, Begin("after")).GetProperty("ok").GetBoolean());
        Assert.False(SocketClient.Ask(folder.Socket, Begin("again")).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task A_start_that_is_told_again_at_once_or_later_is_on_record_once()
    {
        using var folder = await FolderAsync();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        // Both are there when it looks.
        await AgentProgram.ShellAsync($"kill -STOP {daemon.Pid}");
        using (var first = SocketClient.Connect(folder.Socket))
        using (var second = SocketClient.Connect(folder.Socket))
        {
            first.Send(Encoding.UTF8.GetBytes(Begin("r1")));
            second.Send(Encoding.UTF8.GetBytes(Begin("r1")));
            await AgentProgram.ShellAsync($"kill -CONT {daemon.Pid}");
            Assert.True(SocketClient.Answer(first).GetProperty("ok").GetBoolean());
            Assert.True(SocketClient.Answer(second).GetProperty("ok").GetBoolean());
        }

        Assert.True(SocketClient.Ask(folder.Socket, Begin("r1")).GetProperty("ok").GetBoolean());
        Assert.Single(await AgentProgram.EntriesAsync(folder.Path), entry => entry.GetProperty("event").GetString() == "job.started");
    }

    [Fact]
    public async Task At_best_effort_nobody_has_starts_recorded_and_who_asks_may_begin()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, Begin("r1")).GetProperty("ok").GetBoolean());
        Assert.DoesNotContain(await AgentProgram.EntriesAsync(folder.Path), entry => entry.GetProperty("event").GetString() == "job.started");
    }

    private static string Begin(string run) =>
        $$"""{"request":"run.begin","jobId":"nightly","command":"true","runId":"{{run}}","startTime":"2026-01-01T00:00:00Z","uid":0,"pid":7,"pidStart":0,"group":false,"wrapperPid":7,"wrapperStart":0,"boot":""}""";

    private static async Task<SecureFolder> FolderAsync()
    {
        var folder = new SecureFolder();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", Strict);
        return folder;
    }
}
