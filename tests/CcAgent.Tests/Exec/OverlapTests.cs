using System.Globalization;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Exec;

/// <summary>Two runs of one job at once: as the policy says, whatever ends the wrappers.</summary>
public class OverlapTests
{
    private const string UntilReleased = "n=0; until [ -e $F/release ] || [ $n -gt 1000 ]; do sleep 0.05; n=$((n+1)); done";

    [Fact]
    public async Task A_run_that_overlaps_is_skipped_and_recorded_as_refused()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var first = Start(folder, "skip", $"touch $F/up; {UntilReleased}; exit 3");
        await Eventually.TrueAsync(() => File.Exists(folder.Path + "/up"), "the first run goes on");
        var second = await Start(folder, "skip", "touch $F/second");
        Assert.Equal((0, "", ""), (second.Code, second.Output, second.Error));
        var other = await AgentProgram.RunAsync(
            "exec", "--job-id", "other", "--overlap", "skip", "--socket-path", folder.Socket, "--", "/bin/sh", "-c", "exit 4");
        Assert.Equal(4, other.Code);
        await File.WriteAllTextAsync(folder.Path + "/release", "");
        Assert.Equal(3, (await first).Code);
        Assert.Equal(5, (await Start(folder, "skip", "exit 5")).Code);
        Assert.False(File.Exists(folder.Path + "/second"));

        var reports = await AgentProgram.ReportsAsync(folder.Path);
        var refused = Assert.Single(reports, r => r.GetProperty("report").TryGetProperty("refused", out _)).GetProperty("report");
        Assert.Equal(("overlap", 0), (refused.GetProperty("refused").GetString(), refused.GetProperty("exitCode").GetInt32()));
        Assert.Contains("goes on", refused.GetProperty("warning").GetString(), StringComparison.Ordinal);
        var entry = Assert.Single(await AgentProgram.EntriesAsync(folder.Path), e => e.GetProperty("event").GetString() == "job.refused");
        Assert.Equal(refused.GetProperty("runId").GetString(), entry.GetProperty("run_id").GetString());
        Assert.Equal(4, reports.Count);
    }

    [Fact]
    public async Task One_run_waits_for_the_one_before_and_a_further_one_does_not_begin()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var first = Start(folder, "queue", $"touch $F/up; {UntilReleased}; touch $F/ended");
        await Eventually.TrueAsync(() => File.Exists(folder.Path + "/up"), "the first run goes on");
        var second = Start(folder, "queue", "[ -e $F/ended ] && exit 7");
        await WaitsAsync(folder);
        var third = await Start(folder, "queue", "touch $F/third");
        Assert.Equal(0, third.Code);
        Assert.False(second.IsCompleted);
        await File.WriteAllTextAsync(folder.Path + "/release", "");
        Assert.Equal(0, (await first).Code);
        Assert.Equal(7, (await second).Code);
        Assert.False(File.Exists(folder.Path + "/third"));
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path), r => r.GetProperty("report").TryGetProperty("refused", out _));
    }

    [Fact]
    public async Task A_run_that_waits_can_be_ended()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var first = Start(folder, "queue", $"touch $F/up; {UntilReleased}");
        await Eventually.TrueAsync(() => File.Exists(folder.Path + "/up"), "the first run goes on");
        var second = AgentProgram.ShellAsync(
            $"\"$AGENT\" exec --job-id x --overlap queue --socket-path {folder.Socket} -- /bin/true & echo $! >{folder.Path}/pid; wait $!");
        await WaitsAsync(folder);
        await Eventually.TrueAsync(() => File.Exists(folder.Path + "/pid") && new FileInfo(folder.Path + "/pid").Length > 0, "its number is known");
        await AgentProgram.ShellAsync($"kill -TERM $(cat {folder.Path}/pid)");
        Assert.Equal(143, (await second).Code);
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        Assert.Contains("signal 15", report.GetProperty("warning").GetString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.Path + "/release", "");
        Assert.Equal(0, (await first).Code);
    }

    [Fact]
    public async Task A_job_whose_wrapper_was_killed_still_keeps_the_next_run_away_until_it_ends()
    {
        using var folder = new SecureFolder();
        var first = AgentProgram.ShellAsync(
            $"export F={folder.Path}; \"$AGENT\" exec --job-id x --overlap skip --socket-path {folder.Socket} -- "
            + $"/bin/sh -c 'echo $$ >$F/job; {UntilReleased}; touch $F/ended' & echo $! >$F/pid; wait $!");
        await Eventually.TrueAsync(() => File.Exists(folder.Path + "/job") && new FileInfo(folder.Path + "/job").Length > 0, "the first run goes on");
        // The lock names the job a moment after it was started.
        await Eventually.TrueAsync(
            async () => (await AgentProgram.ShellAsync($"cat {folder.Path}/locks/*.lock")).Output.Trim().Length > 0, "the lock names the job");
        await Eventually.TrueAsync(() => File.Exists(folder.Path + "/pid") && new FileInfo(folder.Path + "/pid").Length > 0, "the wrapper's number is known");
        await AgentProgram.ShellAsync($"kill -9 $(cat {folder.Path}/pid)");
        Assert.Equal(137, (await first).Code);

        var job = int.Parse(await File.ReadAllTextAsync(folder.Path + "/job"), CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{job}"));
        Assert.Equal(0, (await Start(folder, "skip", "touch $F/second; exit 9")).Code);
        Assert.False(File.Exists(folder.Path + "/second"));
        var waiting = Start(folder, "queue", "[ -e $F/ended ] && exit 9");
        await WaitsAsync(folder);
        Assert.Equal(0, (await Start(folder, "queue", "touch $F/second; exit 9")).Code);
        Assert.False(File.Exists(folder.Path + "/second"));
        await File.WriteAllTextAsync(folder.Path + "/release", "");
        Assert.Equal(9, (await waiting).Code);
    }

    [Fact]
    public async Task What_a_job_leaves_in_the_background_does_not_keep_the_next_run_away()
    {
        using var folder = new SecureFolder();
        Assert.Equal(0, (await Start(folder, "skip", "sleep 20 >/dev/null 2>&1 & echo $! >$F/left")).Code);
        Assert.Equal(6, (await Start(folder, "skip", "exit 6")).Code);
        await AgentProgram.ShellAsync($"kill $(cat {folder.Path}/left)");
    }

    [Fact]
    public async Task Without_a_place_for_the_lock_the_job_is_not_begun()
    {
        using var folder = new SecureFolder();
        Directory.CreateSymbolicLink(folder.Path + "/locks", "/tmp");
        var result = await Start(folder, "skip", "touch $F/ran");
        Assert.Equal(126, result.Code);
        Assert.Contains("locks is a symbolic link", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.Path + "/ran"));
    }

    // A run has the place of the one that waits; its file alone is there a moment before.
    private static Task WaitsAsync(SecureFolder folder) => Eventually.TrueAsync(
        () => Directory.GetFiles(folder.Path + "/locks", "*.next") is [var next] && FileLocks.IsHeld(next), "a run waits");

    private static Task<CcConsole.Tests.Shared.ProgramResult> Start(SecureFolder folder, string policy, string script) => AgentProgram.ShellAsync(
        $"export F={folder.Path}; exec \"$AGENT\" exec --job-id x --overlap {policy} --socket-path {folder.Socket} -- /bin/sh -c '{script}'");
}
