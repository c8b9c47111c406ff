using System.Globalization;
using System.Text.Json;
using CcAgent.Native;
using CcAgent.Runs;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Runs;

/// <summary>A console sees the runs that go on and stops them.</summary>
public class RunningRunsTests
{
    [Fact]
    public async Task A_run_that_goes_on_is_listed_and_stopped_and_the_chain_says_by_whom()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var run = StartedRun.Of(folder, "long", "echo on; exec sleep 600");
        Assert.Equal("on", await run.LineAsync());
        await run.MarkAsync();
        await using var console = ServeClient.Start(folder.Path);
        var listed = Assert.Single((await console.ResultAsync("job.running")).GetProperty("runs").EnumerateArray());
        Assert.Equal(
            ("long", "/bin/sh -c echo on; exec sleep 600", "root", Libc.geteuid()),
            (Text(listed, "jobId"), Text(listed, "command"), Text(listed, "user"), listed.GetProperty("uid").GetUInt32()));
        Assert.InRange(DateTimeOffset.Now - listed.GetProperty("startTime").GetDateTimeOffset(), TimeSpan.Zero, TimeSpan.FromMinutes(1));

        var id = Text(listed, "runId");
        var stopped = await console.ResultAsync("job.stop", $$"""{"run":"{{id}}","killAfterSeconds":60,"actor":"alice","origin":"desk"}""");
        Assert.Equal(
            (id, "long", "TERM", true, true),
            (Text(stopped, "run"), Text(stopped, "jobId"), Text(stopped, "signal"), stopped.GetProperty("ended").GetBoolean(), stopped.GetProperty("recorded").GetBoolean()));
        Assert.Equal(143, await run.EndAsync());
        Assert.Empty((await console.ResultAsync("job.running")).GetProperty("runs").EnumerateArray());

        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        Assert.Equal((id, 15), (Text(report, "runId"), report.GetProperty("signal").GetInt32()));
        var entry = Assert.Single(await AgentProgram.EntriesAsync(folder.Path), static e => Text(e, "event") == "job.stopped");
        Assert.Equal(
            ("alice", "desk", id, "long", "TERM", "root"),
            (Text(entry, "actor"), Text(entry, "origin"), Text(entry, "run_id"), Text(entry, "job_id"), Text(entry, "signal"), Text(entry, "user")));
    }

    [Fact]
    public async Task What_does_not_heed_TERM_is_ended_by_KILL_with_all_that_it_started()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var run = StartedRun.Of(folder, "deaf", "trap '' TERM; sleep 61 & echo $!; sleep 62; wait");
        var child = int.Parse((await run.LineAsync())!, CultureInfo.InvariantCulture);
        await using var console = ServeClient.Start(folder.Path);
        var stopped = await console.ResultAsync("job.stop", $$"""{"run":"{{await run.IdAsync()}}","killAfterSeconds":1,"actor":"a","origin":"o"}""");
        Assert.Equal(("KILL", true), (Text(stopped, "signal"), stopped.GetProperty("ended").GetBoolean()));
        Assert.Equal(137, await run.EndAsync());
        await Eventually.TrueAsync(() => Dead(child), "the end of the job's child");
        Assert.Equal(
            ["TERM", "KILL"],
            (await AgentProgram.EntriesAsync(folder.Path)).Where(static e => Text(e, "event") == "job.stopped").Select(static e => Text(e, "signal")));
    }

    [Fact]
    public async Task A_job_that_is_stopped_is_not_tried_again()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var run = StartedRun.Of(folder, "tried", "trap 'exit 5' TERM; echo on; while :; do sleep 0.1; done", "--retries", "3", "--retry-delay", "1s");
        Assert.Equal("on", await run.LineAsync());
        await using var console = ServeClient.Start(folder.Path);
        var stopped = await console.ResultAsync("job.stop", $$"""{"run":"{{await run.IdAsync()}}","killAfterSeconds":60,"actor":"a","origin":"o"}""");
        Assert.Equal(("TERM", true), (Text(stopped, "signal"), stopped.GetProperty("ended").GetBoolean()));
        Assert.Equal(5, await run.EndAsync());
        Assert.Equal(1, Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report").GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task What_a_job_leaves_behind_in_its_group_is_ended_too()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var run = StartedRun.Of(folder, "parent", "(trap '' TERM; exec sleep 61 >/dev/null 2>&1) & echo $!; exec sleep 62");
        var child = int.Parse((await run.LineAsync())!, CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => SmallFile.Read($"/proc/{child}/cmdline").AsSpan().StartsWith("sleep\0"u8), "the child is deaf", 60);
        await using var console = ServeClient.Start(folder.Path);
        var stopped = await console.ResultAsync("job.stop", $$"""{"run":"{{await run.IdAsync()}}","killAfterSeconds":1,"actor":"a","origin":"o"}""");
        Assert.True(stopped.GetProperty("ended").GetBoolean());
        Assert.Equal(143, await run.EndAsync());
        await Eventually.TrueAsync(() => Dead(child), "the end of what the job left");
    }

    [Fact]
    public async Task Runs_are_listed_and_stopped_without_a_daemon_and_the_answer_says_that_nothing_is_recorded()
    {
        using var folder = new SecureFolder();
        await (await RunningDaemon.StartAsync(folder)).StopAsync();
        using var run = StartedRun.Of(folder, "long", "exec sleep 600");
        await using var console = ServeClient.Start(folder.Path);
        var id = await run.IdAsync();
        Assert.Equal(id, Text(Assert.Single((await console.ResultAsync("job.running")).GetProperty("runs").EnumerateArray()), "runId"));
        var stopped = await console.ResultAsync("job.stop", $$"""{"run":"{{id}}","killAfterSeconds":60,"actor":"a","origin":"o"}""");
        Assert.True(stopped.GetProperty("ended").GetBoolean());
        Assert.False(stopped.GetProperty("recorded").GetBoolean());
        Assert.Contains("daemon does not run", stopped.GetProperty("notes")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(143, await run.EndAsync());
        Assert.EndsWith($"-{id}.json", Assert.Single(Directory.GetFiles(folder.Spool)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_sees_and_stops_the_runs_of_users_who_report_to_its_agent_and_a_user_sees_none_of_theirs()
    {
        using var folder = new SecureFolder();
        using var user = new TestUser();
        // As /var/lib/croncommander: everyone may pass, root alone may write; the socket is its group's, so the report is spooled.
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1ED);
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var own = StartedRun.Of(folder, "own", "exec sleep 600");
        var running = AgentProgram.RunAsAsync(user, "exec", "--job-id", "theirs", "--socket-path", folder.Socket, "--", "/bin/sleep", "61");
        await own.MarkAsync();
        await Eventually.TrueAsync(() => StartedRun.Marks(folder).Count == 2, "both marks");

        await using var usersDaemon = await RunningDaemon.StartAsAsync(user);
        await using var theirs = ServeClient.StartAs(user);
        Assert.Empty((await theirs.ResultAsync("job.running")).GetProperty("runs").EnumerateArray());
        await using var console = ServeClient.Start(folder.Path);
        var runs = (await console.ResultAsync("job.running")).GetProperty("runs").EnumerateArray().ToDictionary(static run => Text(run, "jobId"));
        Assert.Equal(("root", user.Name, user.Uid), (Text(runs["own"], "user"), Text(runs["theirs"], "user"), runs["theirs"].GetProperty("uid").GetUInt32()));
        var id = Text(runs["theirs"], "runId");
        Assert.Contains("is not going on", Text(await theirs.ErrorAsync("job.stop", $$"""{"run":"{{Text(runs["own"], "runId")}}"}"""), "message"), StringComparison.Ordinal);
        Assert.True((await console.ResultAsync("job.stop", $$"""{"run":"{{id}}","killAfterSeconds":60,"actor":"a","origin":"o"}""")).GetProperty("ended").GetBoolean());
        Assert.Equal(143, (await running).Code);
        Assert.Equal("own", Text(Assert.Single((await console.ResultAsync("job.running")).GetProperty("runs").EnumerateArray()), "jobId"));
    }

    [Fact]
    public async Task A_run_that_is_not_going_on_cannot_be_stopped()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await using var console = ServeClient.Start(folder.Path);
        Assert.Contains("is not going on", Text(await console.ErrorAsync("job.stop", """{"run":"0123"}"""), "message"), StringComparison.Ordinal);
        Assert.Contains("TERM, INT or KILL", Text(await console.ErrorAsync("job.stop", """{"run":"0123","signal":"STOP"}"""), "message"), StringComparison.Ordinal);
        Assert.DoesNotContain(await AgentProgram.EntriesAsync(folder.Path), static e => Text(e, "event") == "job.stopped");
    }

    [Theory]
    [InlineData("start")]
    [InlineData("group")]
    [InlineData("boot")]
    [InlineData("owner")]
    public async Task Root_sends_no_signal_on_the_word_of_a_mark_that_is_not_true(string lie)
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var user = new TestUser();
        // A victim of root's, whom a user's mark names.
        using var victim = StartedRun.Of(folder, "victim", "exec sleep 600");
        var real = RunMark.Read(SmallFile.Read(await victim.MarkAsync()), out _)!;
        var mark = lie switch
        {
            "start" => real with { PidStart = real.PidStart + 1 },
            "group" => real with { Pid = victim.Pid, PidStart = real.WrapperStart },
            "boot" => real with { Boot = "00000000-0000-0000-0000-000000000000" },
            _ => real with { Uid = user.Uid },
        } with
        { RunId = "false", JobId = "false" };
        var path = folder.Spool + "/00000000000000001-false.run";
        var made = path + HeldMark.Part;
        await File.WriteAllBytesAsync(made, mark.ToJson());
        var held = HeldFile.Hold(made);
        if (lie == "owner")
            TestUser.Run("/bin/chown", user.Name, made);
        // Else the daemon may look at it before all of that.
        File.Move(made, path);
        await using var console = ServeClient.Start(folder.Path);
        var error = await console.ErrorAsync("job.stop", """{"run":"false","killAfterSeconds":0}""");
        HeldFile.LetGo(held);
        Assert.Contains("is not run false", Text(error, "message"), StringComparison.Ordinal);
        Assert.False(Dead(real.Pid));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static bool Dead(int pid) => SmallFile.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat")) is not { } stat
        || stat.AsSpan().IndexOf(") Z "u8) >= 0;
}
