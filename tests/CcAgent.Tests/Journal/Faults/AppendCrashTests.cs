using System.Net.Sockets;
using System.Text.Json;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Journal.Faults;

/// <summary>Cases 13 and 17: the agent is killed between the system calls of an append, or the disk says that one failed.</summary>
public class AppendCrashTests
{
    private const string Chain = "audit/00000000000000000000.jsonl", Reports = "reports/00000000000000000000.jsonl", Head = "audit-state/head";

    [Theory]
    [InlineData(Reports, "write", 2)]
    [InlineData(Reports, "fdatasync", 3)]
    [InlineData(Chain, "write", 3)]
    [InlineData(Chain, "fdatasync", 4)]
    [InlineData(Head, "pwrite64", 5)]
    [InlineData(Chain, "write", 5)]
    [InlineData(Chain, "fdatasync", 6)]
    public async Task Case_13_killed_between_the_system_calls_of_an_append_what_was_acknowledged_is_there_OK(string path, string call, int number)
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        var acknowledged = new List<string>();
        await using (var killed = InjectedFault.Start(folder, path, $"{call}:signal=KILL:when={number}"))
        {
            Assert.True(await killed.ReadyAsync(), killed.Said);
            for (var i = 0; i < 8 && Ask(folder, $"job-{i}"); i++)
                acknowledged.Add($"job-{i}");
            Assert.Equal(137, await killed.ExitAsync());
        }

        Assert.InRange(acknowledged.Count, 1, 7);
        await WholeAsync(folder, acknowledged, atMost: acknowledged.Count + 1);
    }

    [Theory]
    [InlineData(Reports, 3)]
    [InlineData(Chain, 4)]
    public async Task Case_17_an_error_of_fsync_is_no_acknowledgement_and_the_tail_is_attested_OK(string path, int number)
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        var acknowledged = new List<string>();
        await using (var failing = InjectedFault.Start(folder, path, $"fdatasync:error=EIO:when={number}"))
        {
            Assert.True(await failing.ReadyAsync(), failing.Said);
            for (var i = 0; i < 4; i++)
            {
                if (Ask(folder, $"job-{i}"))
                    acknowledged.Add($"job-{i}");
            }

            Assert.Equal(["job-0", "job-2", "job-3"], acknowledged);
            Assert.Contains("Input/output error", failing.Said, StringComparison.Ordinal);
            Assert.Equal(0, await failing.StopAsync());
        }

        await WholeAsync(folder, acknowledged, atMost: 4);
        if (path == Chain)
            Assert.Single(await AgentProgram.EntriesAsync(folder.Path), e => e.GetProperty("event").GetString() == "audit.recovered");
    }

    // What was acknowledged, once each; at most so many; and the chain says so to whoever asks.
    private static async Task WholeAsync(SecureFolder folder, List<string> acknowledged, int atMost)
    {
        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            Assert.DoesNotContain("ALARM", daemon.Said, StringComparison.Ordinal);
            Assert.True(Ask(folder, "after"));
            Assert.Equal(0, await daemon.StopAsync());
        }

        var finished = (await AgentProgram.EntriesAsync(folder.Path)).FindAll(e => e.GetProperty("event").GetString() == "job.finished")
            .ConvertAll(e => e.GetProperty("job_id").GetString()!);
        Assert.Equal([.. acknowledged, "after"], finished.Where(job => job == "after" || acknowledged.Contains(job)));
        Assert.InRange(finished.Count, acknowledged.Count + 1, atMost + 1);
        Assert.Equal(finished, (await AgentProgram.ReportsAsync(folder.Path)).Select(r => r.GetProperty("report").GetProperty("jobId").GetString()));
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.True(verify.Code == 0, verify.ToString());
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
        Assert.InRange(await RatchetOracle.CheckpointsAsync(folder.Path), 2, 8);
    }

    // False when it was not acknowledged, for whatever reason.
    private static bool Ask(SecureFolder folder, string job)
    {
        try
        {
            return SocketClient.Ask(folder.Socket, SocketClient.Minimal.Replace("foreign", job, StringComparison.Ordinal)).GetProperty("ok").GetBoolean();
        }
        catch (Exception e) when (e is SocketException or JsonException)
        {
            return false;
        }
    }
}
