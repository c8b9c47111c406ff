using System.Diagnostics;
using System.Globalization;
using System.Text;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>How much the daemon takes in, each report durable before it is answered, and what it costs.</summary>
[Collection(nameof(Measured))]
public class ThroughputTests
{
    private const int Clients = 64, Round = 4_096, LeastRounds = 3, MostRounds = 8;

    [Fact]
    public async Task Two_thousand_durable_reports_a_second_fit_into_40_MiB()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Send(folder.Socket, 0, 200);
        // Not compiled ahead of time it begins slowly and carries a compiler.
        var least = AgentProgram.Published ? 2_000 : 500;
        // The best of some rounds: what else the machine does holds up one or the other.
        var (best, rounds) = (0.0, 0);
        for (; rounds < LeastRounds || (rounds < MostRounds && best < least); rounds++)
        {
            var (share, clock) = (new ProcessorShare(daemon.Pid), Stopwatch.StartNew());
            await Task.WhenAll(Enumerable.Range(1, Clients).Select(c => ThreadIdentity.RunAs(0, () => Send(folder.Socket, (rounds * Clients) + c, Round / Clients))));
            var (rate, left) = (Round / clock.Elapsed.TotalSeconds, share.Left);
            best = Math.Max(best, rate / left);
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rate:F0} reports/s with {left:P0} of the machine"));
        }

        var peak = ProcessFigures.Status(daemon.Pid, "VmHWM");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peak {peak} KiB"));
        Assert.InRange(best, least, double.MaxValue);
        Assert.InRange(peak, 1_000, AgentProgram.Published ? 40 * 1024 : 400 * 1024);
        Assert.Equal(0, await daemon.StopAsync());
        Assert.Equal(200 + (rounds * Round), Directory.GetFiles(folder.Reports).Sum(static path => File.ReadLines(path).Count()));
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    private static void Send(string socket, int client, int count)
    {
        for (var i = 0; i < count; i++)
            Assert.True(SocketClient.Ask(socket, Report(client, i)).GetProperty("ok").GetBoolean());
    }

    // 1 KiB.
    private static byte[] Report(int client, int number)
    {
        var start = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"runId":"{{client:x8}}{{number:x24}}","jobId":"nightly-{{client}}","command":"/usr/local/bin/nightly --all","exitCode":0,"stderr":"","startTime":"2026-01-02T03:04:05Z","durationMs":5,"executingUid":0,"executingUser":"root","stdout":" """);
        return Encoding.UTF8.GetBytes(start + new string('o', 1024 - start.Length - 2) + "\"}");
    }
}
