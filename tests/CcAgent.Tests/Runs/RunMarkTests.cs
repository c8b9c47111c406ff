using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CcAgent.Native;
using CcAgent.Runs;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Runs;

/// <summary>What a wrapper says of a run that goes on.</summary>
public class RunMarkTests
{
    [Fact]
    public async Task A_run_is_marked_while_it_goes_on_and_its_mark_is_locked()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using var run = StartedRun.Of(folder, "long", "exec sleep 600");
        var file = await run.MarkAsync();
        var mark = RunMark.Read(SmallFile.Read(file), out var problem);
        Assert.Equal("", problem);
        Assert.Equal(("long", "/bin/sh -c exec sleep 600", true), (mark!.JobId, mark.Command, mark.Group));
        Assert.Equal((run.Pid, Libc.geteuid()), (mark.WrapperPid, mark.Uid));
        Assert.Equal(ProcessIdentity.Of(mark.Pid), new ProcessIdentity(mark.PidStart, mark.Pid));
        Assert.Equal(ProcessIdentity.Of(run.Pid)!.Value.Start, mark.WrapperStart);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.EndsWith($"-{mark.RunId}.run", file, StringComparison.Ordinal);
        Assert.True(Locked(file));

        _ = Libc.kill(mark.Pid, Signals.Terminate);
        Assert.Equal(143, await run.EndAsync());
        Assert.Empty(Directory.GetFiles(folder.Spool));
        Assert.Equal(mark.RunId, Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report").GetProperty("runId").GetString());
    }

    [Fact]
    public async Task Without_a_daemon_the_mark_goes_when_the_report_is_in_the_spool()
    {
        using var folder = new SecureFolder();
        await (await RunningDaemon.StartAsync(folder)).StopAsync();
        using var run = StartedRun.Of(folder, "long", "exec sleep 600");
        var mark = RunMark.Read(SmallFile.Read(await run.MarkAsync()), out _);
        _ = Libc.kill(mark!.Pid, Signals.Terminate);
        Assert.Equal(143, await run.EndAsync());
        Assert.EndsWith($"-{mark.RunId}.json", Assert.Single(Directory.GetFiles(folder.Spool)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_runs_as_ever_where_no_mark_can_be_made_and_its_report_says_so()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        File.SetUnixFileMode(folder.Spool, (UnixFileMode)0x1FF);
        var result = await AgentProgram.ExecAsync(folder.Path, "job", "/bin/echo", "done");
        Assert.Equal((0, "done\n", ""), (result.Code, result.Output, result.Error));
        var warning = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report").GetProperty("warning").GetString();
        Assert.Contains("could not be marked as running", warning, StringComparison.Ordinal);
        Assert.Contains(folder.Spool, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_made_where_no_agent_has_ever_kept_a_spool()
    {
        using var folder = new SecureFolder();
        using var run = StartedRun.Of(folder, "long", "echo on; exec sleep 600");
        Assert.Equal("on", await run.LineAsync());
        await Task.Delay(200);
        Assert.False(Directory.Exists(folder.Spool));
    }

    [Fact]
    public async Task The_job_gets_no_hold_of_the_mark()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var result = await AgentProgram.ExecAsync(folder.Path, "job", "/bin/sh", "-c", "sleep 0.3; ls -l /proc/$$/fd");
        Assert.DoesNotContain("spool", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_reads_as_it_was_written_and_a_long_command_is_cut_to_fit()
    {
        var mark = new RunMark(
            "a \"job\"", new string('\u0001', 100_000), "0123456789abcdef0123456789abcdef.2", DateTimeOffset.UnixEpoch.AddDays(20_000), 1001, 4711, 99, true, 4710, 98, "boot")
        { Attempt = 2 };
        var json = mark.ToJson();
        Assert.InRange(json.Length, 1, RunMark.MaxBytes);
        var read = RunMark.Read(json, out var problem);
        Assert.Equal("", problem);
        Assert.Contains("[… 95904 more characters]", read!.Command, StringComparison.Ordinal);
        Assert.Equal(mark with { Command = read.Command }, read);
    }

    [Theory]
    [InlineData("pid", "1", "process")]
    [InlineData("pid", "-1", "process")]
    [InlineData("pid", "99999999999", "JSON")]
    [InlineData("jobId", "\"\"", "job id")]
    [InlineData("jobId", "null", "JSON")]
    [InlineData("startTime", "\"0001-01-01T00:00:00Z\"", "possible time")]
    [InlineData("group", "\"yes\"", "JSON")]
    [InlineData("attempt", "0", "attempt")]
    public void What_is_no_mark_is_told_from_one(string member, string value, string says)
    {
        var good = new RunMark("job", "command", "run", DateTimeOffset.UnixEpoch, 0, 4711, 1, true, 4710, 1, "") { Attempt = 1 };
        var members = JsonDocument.Parse(good.ToJson()).RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.GetRawText());
        Assert.NotNull(RunMark.Read(Json(), out _));
        members[member] = value;
        Assert.Null(RunMark.Read(Json(), out var problem));
        Assert.Contains(says, problem, StringComparison.Ordinal);

        byte[] Json() => Encoding.UTF8.GetBytes("{" + string.Join(",", members.Select(m => $"\"{m.Key}\":{m.Value}")) + "}");
    }

    [Fact]
    public void A_process_is_told_by_its_start_whatever_it_calls_itself()
    {
        Assert.Equal(
            new ProcessIdentity(123456, 41),
            ProcessIdentity.Parse("42 (a) R (b) S 1 41 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 1 2\n"u8));
        Assert.True(ProcessIdentity.Parse("42 (a) S (b) Z 1 41 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 1 2\n"u8)!.Value.Ended);
        Assert.Null(ProcessIdentity.Parse("42 (a) S 1 41"u8));
        using var self = Process.GetCurrentProcess();
        Assert.Equal(Libc.geteuid(), ProcessIdentity.Credentials(self.Id)!.Value.Uid);
        Assert.Null(ProcessIdentity.Of(0));
    }

    private static bool Locked(string path)
    {
        const int shared = 1, nonBlocking = 4;
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        var locked = Libc.flock(fd, shared | nonBlocking) != 0;
        _ = Libc.close(fd);
        return locked;
    }
}
