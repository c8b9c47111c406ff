using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Exec;

/// <summary>A job that failed is tried again, and each attempt is a report.</summary>
public class RetryTests
{
    [Fact]
    public async Task Each_attempt_is_a_report_and_the_last_one_counts()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var result = await AgentProgram.RunAsync(
            "exec", "--job-id", "x", "--retries", "5", "--retry-delay", "100ms", "--socket-path", folder.Socket, "--",
            "/bin/sh", "-c", $"echo try >>{folder.Path}/tries; echo out; [ $(wc -l <{folder.Path}/tries) -ge 3 ] || exit 8");
        Assert.Equal((0, "out\nout\nout\n"), (result.Code, result.Output));
        var reports = (await AgentProgram.ReportsAsync(folder.Path)).ConvertAll(r => r.GetProperty("report"));
        Assert.Equal([8, 8, 0], reports.Select(r => r.GetProperty("exitCode").GetInt32()));
        Assert.Equal([1, 2, 3], reports.Select(r => r.GetProperty("attempt").GetInt32()));
        var first = reports[0].GetProperty("runId").GetString();
        Assert.Equal([first, first + ".2", first + ".3"], reports.Select(r => r.GetProperty("runId").GetString()));
    }

    [Fact]
    public async Task Only_the_end_is_mailed_when_failures_are()
    {
        using var folder = new SecureFolder();
        var result = await AgentProgram.RunAsync(
            "exec", "--job-id", "x", "--retries", "2", "--retry-delay", "50ms", "--mail", "failure", "--socket-path", folder.Socket, "--",
            "/bin/sh", "-c", $"echo try >>{folder.Path}/tries; wc -l <{folder.Path}/tries; exit 8");
        Assert.Equal((8, "3"), (result.Code, result.Output.Trim()));
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("KILL", 137)]
    public async Task A_job_ended_from_outside_is_not_begun_again(string signal, int code)
    {
        using var folder = new SecureFolder();
        var result = await AgentProgram.RunAsync(
            "exec", "--job-id", "x", "--retries", "3", "--retry-delay", "50ms", "--socket-path", folder.Socket, "--",
            "/bin/sh", "-c", $"echo try >>{folder.Path}/tries; kill -{signal} $$");
        Assert.Equal(code, result.Code);
        Assert.Equal("try\n", await File.ReadAllTextAsync(folder.Path + "/tries"));
    }

    [Fact]
    public async Task A_wrapper_that_waits_for_the_next_attempt_can_be_ended()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var result = AgentProgram.ShellAsync(
            $"\"$AGENT\" exec --job-id x --retries 3 --retry-delay 1h --socket-path {folder.Socket} -- /bin/sh -c 'exit 8' & "
            + $"echo $! >{folder.Path}/pid; wait $!");
        await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == 1, "the first attempt is recorded");
        await AgentProgram.ShellAsync($"until [ -s {folder.Path}/pid ]; do sleep 0.1; done; sleep 0.2; kill -TERM $(cat {folder.Path}/pid)");
        Assert.Equal(8, (await result).Code);
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
    }

    [Fact]
    public async Task One_whose_time_was_up_is_tried_again_and_what_it_left_keeps_its_output()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var result = await AgentProgram.RunAsync(
            "exec", "--job-id", "x", "--retries", "1", "--retry-delay", "50ms", "--timeout", "3s", "--socket-path", folder.Socket, "--",
            "/bin/sh", "-c", $"[ -e {folder.Path}/second ] && exit 0; touch {folder.Path}/second; setsid /bin/sh -c 'sleep 6; echo late' & sleep 30");
        Assert.Equal((0, "late\n"), (result.Code, result.Output));
        var reports = (await AgentProgram.ReportsAsync(folder.Path)).ConvertAll(r => r.GetProperty("report"));
        Assert.Equal([143, 0], reports.Select(r => r.GetProperty("exitCode").GetInt32()));
        Assert.True(reports[0].GetProperty("timedOut").GetBoolean());
    }
}
