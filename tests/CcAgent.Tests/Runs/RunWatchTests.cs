using System.Diagnostics;
using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Runs;
using CcAgent.Sealing;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Runs;

/// <summary>The daemon knows of runs that go on, and of those whose wrapper died.</summary>
public class RunWatchTests
{
    [Fact]
    public async Task A_run_that_goes_on_is_in_the_chain_once_however_often_the_daemon_is_begun()
    {
        using var folder = new SecureFolder();
        var daemon = await RunningDaemon.StartAsync(folder);
        using var run = StartedRun.Of(folder, "long", "exec sleep 600");
        var mark = RunMark.Read(SmallFile.Read(await run.MarkAsync()), out _)!;
        await Eventually.TrueAsync(async () => (await EventsAsync(folder, "job.started")).Count > 0, "job.started");
        await daemon.KillAsync();
        daemon = await RunningDaemon.StartAsync(folder);
        await Task.Delay(2000);
        Assert.Equal(0, await daemon.StopAsync());
        await daemon.DisposeAsync();
        await using var last = await RunningDaemon.StartAsync(folder);
        await Task.Delay(2000);
        var entry = Assert.Single(await EventsAsync(folder, "job.started"));
        Assert.Equal(
            ("long", mark.RunId, "/bin/sh -c exec sleep 600", mark.Pid, "root"),
            (Text(entry, "job_id"), Text(entry, "run_id"), Text(entry, "command"), entry.GetProperty("pid").GetInt32(), Text(entry, "user")));
        _ = Libc.kill(mark.Pid, Signals.Terminate);
        Assert.Equal(143, await run.EndAsync());
        Assert.Equal(mark.RunId, Text(Assert.Single(await EventsAsync(folder, "job.finished")), "run_id"));
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_run_has_its_report_alone()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        // On a busy machine also the shortest may last a second.
        var (job, lasted) = ("", TimeSpan.MaxValue);
        for (var i = 0; lasted >= TimeSpan.FromSeconds(1); i++)
        {
            Assert.True(i < 60, "no run was short");
            job = $"short{i}";
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, (await AgentProgram.ExecAsync(folder.Path, job, "/bin/true")).Code);
            lasted = clock.Elapsed;
        }

        await Task.Delay(1500);
        Assert.DoesNotContain(await EventsAsync(folder, "job.started"), entry => Text(entry, "job_id") == job);
        Assert.Single(await EventsAsync(folder, "job.finished"), entry => Text(entry, "job_id") == job);
    }

    [Fact]
    public async Task A_run_whose_wrapper_is_killed_becomes_a_report_at_once()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var run = StartedRun.Of(folder, "doomed", "exec sleep 600");
        var mark = RunMark.Read(SmallFile.Read(await run.MarkAsync()), out _)!;
        await run.KillWrapperAsync();
        await Eventually.TrueAsync(() => StartedRun.Marks(folder).Count == 0, "the mark's end");
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        Assert.Equal(
            ("doomed", mark.RunId, -1, true),
            (Text(report, "jobId"), Text(report, "runId"), report.GetProperty("exitCode").GetInt32(), report.GetProperty("lost").GetBoolean()));
        Assert.Contains("was killed while this ran", Text(report, "warning"), StringComparison.Ordinal);
        Assert.Contains($"process {mark.Pid} of it was still running", Text(report, "warning"), StringComparison.Ordinal);
        var entry = Assert.Single(await EventsAsync(folder, "job.lost"));
        Assert.Equal((mark.RunId, "doomed"), (Text(entry, "run_id"), Text(entry, "job_id")));
        _ = Libc.kill(-mark.Pid, Signals.Kill);
    }

    [Fact]
    public async Task A_run_that_was_lost_while_no_daemon_ran_is_recorded_once_at_the_next_start()
    {
        using var folder = new SecureFolder();
        await (await RunningDaemon.StartAsync(folder)).StopAsync();
        using var run = StartedRun.Of(folder, "doomed", "exec sleep 600");
        var mark = RunMark.Read(SmallFile.Read(await run.MarkAsync()), out _)!;
        await run.KillWrapperAsync();
        _ = Libc.kill(-mark.Pid, Signals.Kill);
        await Eventually.TrueAsync(() => ProcessIdentity.Of(mark.Pid) is not { Ended: false }, "the job's end", 60);
        for (var i = 0; i < 2; i++)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            await Eventually.TrueAsync(() => StartedRun.Marks(folder).Count == 0, "the mark's end");
        }

        Assert.Single(await EventsAsync(folder, "job.lost"));
        Assert.DoesNotContain("still running", Text(Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report"), "warning"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_of_an_earlier_boot_says_that_the_host_went_down()
    {
        using var folder = new SecureFolder();
        await (await RunningDaemon.StartAsync(folder)).StopAsync();
        Put(folder, Mark("old") with { Boot = "00000000-0000-0000-0000-000000000000" });
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await Eventually.TrueAsync(async () => (await EventsAsync(folder, "job.lost")).Count == 1, "job.lost");
        Assert.Contains("host went down", Text((await EventsAsync(folder, "job.lost"))[0], "reason"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_whose_run_has_its_report_is_only_taken_away()
    {
        using var folder = new SecureFolder();
        var first = await RunningDaemon.StartAsync(folder);
        Assert.Equal(0, (await AgentProgram.ExecAsync(folder.Path, "done", "/bin/true")).Code);
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        var recorded = Text(report, "runId");
        var left = Mark(recorded) with { StartTime = report.GetProperty("startTime").GetDateTimeOffset() };
        // As when the wrapper dies, or the daemon, after the report is recorded.
        Put(folder, left);
        await Eventually.TrueAsync(() => StartedRun.Marks(folder).Count == 0, "the mark's end");
        await first.StopAsync();
        await first.DisposeAsync();

        // And one whose report waits in the spool.
        Assert.Equal(0, (await AgentProgram.ExecAsync(folder.Path, "spooled", "/bin/true")).Code);
        var spooled = Assert.Single(Directory.GetFiles(folder.Spool, "*.json"));
        var waiting = Path.GetFileNameWithoutExtension(spooled)[18..];
        File.WriteAllBytes(Path.ChangeExtension(spooled, ".run"), Mark(waiting).ToJson());
        Put(folder, left);
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await Eventually.TrueAsync(() => Directory.GetFiles(folder.Spool).Length == 0, "an empty spool");
        Assert.Equal([recorded, waiting], (await AgentProgram.ReportsAsync(folder.Path)).Select(r => Text(r.GetProperty("report"), "runId")));
        Assert.Empty(await EventsAsync(folder, "job.lost"));
    }

    [Fact]
    public async Task What_a_wrapper_left_that_died_while_it_made_its_mark_is_cleared_away()
    {
        using var folder = new SecureFolder();
        await (await RunningDaemon.StartAsync(folder)).StopAsync();
        File.WriteAllText(folder.Spool + "/1-a.run.part", "{\"jobId\":");
        File.WriteAllBytes(folder.Spool + "/2-b.run.part", Mark("held").ToJson());
        var held = HeldFile.Hold(folder.Spool + "/2-b.run.part");
        await Task.Delay(3100);
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await Eventually.TrueAsync(() => !File.Exists(folder.Spool + "/1-a.run.part"), "the end of the old one");
        Assert.True(File.Exists(folder.Spool + "/2-b.run.part"));
        HeldFile.LetGo(held);
        Assert.Empty(await EventsAsync(folder, "report.rejected"));
    }

    [Fact]
    public async Task What_others_put_into_roots_spool_tells_of_nobody_but_them()
    {
        using var folder = new SecureFolder();
        using var user = new TestUser();
        await (await RunningDaemon.StartAsync(folder)).StopAsync();
        var secret = folder.Path + "/secret";
        await File.WriteAllBytesAsync(secret, Mark("secret").ToJson());
        File.CreateSymbolicLink(folder.Spool + "/1-link.run", secret);
        Directory.CreateDirectory(folder.Spool + "/2-folder.run");
        File.WriteAllText(folder.Spool + "/3-junk.run", "{\"jobId\":");
        File.WriteAllBytes(folder.Spool + "/4-long.run", new byte[RunMark.MaxBytes + 1]);
        File.WriteAllBytes(folder.Spool + "/5-others.run", Mark("others").ToJson());
        TestUser.Run("/bin/chown", user.Name, folder.Spool + "/5-others.run");
        File.WriteAllBytes(folder.Spool + "/6-own.run", (Mark("own") with { Uid = user.Uid }).ToJson());
        TestUser.Run("/bin/chown", user.Name, folder.Spool + "/6-own.run");
        TestUser.Run("/bin/ln", secret, folder.Spool + "/7-hard.run");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await Eventually.TrueAsync(() => StartedRun.Marks(folder).Count == 0, "the marks' end");
        var rejected = (await EventsAsync(folder, "report.rejected")).ConvertAll(static entry => Text(entry, "reason"));
        Assert.Equal(6, rejected.Count);
        Assert.All(rejected, static reason => Assert.StartsWith("a run mark in the spool: ", reason, StringComparison.Ordinal));
        Assert.Contains(rejected, static reason => reason.Contains("claims to come from user id 0", StringComparison.Ordinal));
        Assert.Equal((user.Name, "own"), (Text(Assert.Single(await EventsAsync(folder, "job.lost")), "user"), Text((await EventsAsync(folder, "job.lost"))[0], "run_id")));
        Assert.True(File.Exists(secret));
    }

    [Fact]
    public void While_nothing_runs_the_daemon_is_not_woken()
    {
        using var folder = new SecureFolder();
        var places = AgentPlaces.For(folder.Path);
        Directory.CreateDirectory(places.Spool);
        using var recorder = new Recorder(places, TimeProvider.System, AuditSeal.For(false), new AgentSettings());
        using var watch = new RunWatch(places, recorder, TimeProvider.System, new BegunRuns());
        Assert.Equal(0, watch.TimeoutMs);
        watch.Ready();
        Assert.Equal(-1, watch.TimeoutMs);

        var held = HeldFile.Hold(Put(folder, Mark("held")));
        AssertWokenAfter(1000);
        Thread.Sleep(1100);
        AssertWokenAfter(60_000);
        HeldFile.LetGo(held);

        // But for what this itself takes of that time.
        void AssertWokenAfter(int milliseconds)
        {
            var clock = Stopwatch.StartNew();
            watch.Ready();
            var timeout = watch.TimeoutMs;
            Assert.InRange(timeout, Math.Max(0, milliseconds - 1 - clock.ElapsedMilliseconds), milliseconds);
        }
    }

    [Fact]
    public async Task A_run_whose_start_is_on_record_and_whose_wrapper_died_before_it_left_a_mark_is_lost()
    {
        using var folder = new SecureFolder();
        var places = AgentPlaces.For(folder.Path);
        using var ended = Process.Start("/bin/true");
        await ended.WaitForExitAsync(TestContext.Current.CancellationToken);
        Directory.CreateDirectory(places.Spool);
        var begun = new BegunRuns(TimeSpan.FromMilliseconds(100));
        RunMark Asked(string run, int pid) => Mark(run) with { Pid = pid };
        using (var recorder = OpenJournal.RecorderIn(folder, new AgentSettings()))
        using (var watch = new RunWatch(places, recorder, TimeProvider.System, begun))
        {
            watch.Ready();
            Assert.Equal(-1, watch.TimeoutMs);
            foreach (var (run, pid) in ((string, int)[])[("killed", ended.Id), ("waiting", Environment.ProcessId), ("spooled", ended.Id), ("reported", ended.Id)])
                begun.Add(Asked(run, pid));
            var spooled = $"{folder.Spool}/{CcAgent.Exec.SpoolWriter.Name(DateTimeOffset.UtcNow, "spooled")}.json";
            await File.WriteAllTextAsync(spooled, "", TestContext.Current.CancellationToken);
            begun.Remove(Libc.geteuid(), "reported");
            for (var i = 0; i < 3; i++)
            {
                await Eventually.TrueAsync(() => watch.TimeoutMs == 0, "their time is over");
                watch.Ready();
            }

            Assert.False(begun.Contains(Asked("killed", 0)));
            Assert.True(begun.Contains(Asked("waiting", 0)));
        }

        var lost = Assert.Single(await EventsAsync(folder, "job.lost"));
        Assert.Equal(("killed", "job-killed"), (Text(lost, "run_id"), Text(lost, "job_id")));
        Assert.Contains("whether the command began is not known", Text(lost, "reason"), StringComparison.Ordinal);
    }

    private static RunMark Mark(string run) => new(
        "job-" + run, "/bin/sleep 60", run, DateTimeOffset.UtcNow.AddSeconds(-1), Libc.geteuid(), 2_000_000_000, 1, true, 2_000_000_001, 1, HeldMark.CurrentBoot);

    // As the wrapper does it, but nobody holds it.
    private static string Put(SecureFolder folder, RunMark mark)
    {
        var path = $"{folder.Spool}/{CcAgent.Exec.SpoolWriter.Name(mark.StartTime, mark.RunId)}.run";
        File.WriteAllBytes(path + ".part", mark.ToJson());
        File.Move(path + ".part", path);
        return path;
    }

    private static async Task<List<JsonElement>> EventsAsync(SecureFolder folder, string name) =>
        (await AgentProgram.EntriesAsync(folder.Path)).FindAll(entry => Text(entry, "event") == name);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
