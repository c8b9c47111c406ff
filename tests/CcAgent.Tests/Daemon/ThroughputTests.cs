using System.Diagnostics;
using System.Globalization;
using System.Text;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>How much the daemon takes in, each report durable before it is answered, and what it costs.</summary>
public class ThroughputTests
{
    private const int Clients = 64, Reports = 12_000;

    [Fact]
    public async Task Two_thousand_durable_reports_a_second_fit_into_40_MiB()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Send(folder.Socket, 0, 200);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(1, Clients).Select(c => ThreadIdentity.RunAs(0, () => Send(folder.Socket, c, Reports / Clients))));
        var rate = Reports / Clients * Clients / clock.Elapsed.TotalSeconds;
        var peak = ProcessFigures.Status(daemon.Pid, "VmHWM");
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rate:F0} reports/s, peak {peak} KiB"));
        // Not compiled ahead of time it begins slowly and carries a compiler.
        Assert.InRange(rate, AgentProgram.Published ? 2_000 : 500, double.MaxValue);
        Assert.InRange(peak, 1_000, AgentProgram.Published ? 40 * 1024 : 400 * 1024);
        Assert.Equal(0, await daemon.StopAsync());
        Assert.Equal(200 + (Reports / Clients * Clients), File.ReadLines(folder.LastSegment("reports")).Count());
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
