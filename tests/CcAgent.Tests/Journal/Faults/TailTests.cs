using System.Globalization;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Journal.Faults;

/// <summary>Cases 15, 18 and 19: what the end of the log can look like when a daemon finds it. Case 14 is with the crashes.</summary>
public class TailTests
{
    [Fact]
    public async Task Case_15_an_empty_newest_segment_is_gone_on_with_OK()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        var before = folder.LastSegment("audit");
        var entries = (await File.ReadAllLinesAsync(before)).Length;
        // The daemon was killed between making the segment and its first line.
        var empty = string.Create(CultureInfo.InvariantCulture, $"{folder.Audit}/{entries:D20}.jsonl");
        await File.WriteAllBytesAsync(empty, []);
        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            Assert.DoesNotContain("ALARM", daemon.Said, StringComparison.Ordinal);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await daemon.StopAsync());
        }

        var rotate = (await AgentProgram.EntriesAsync(folder.Path))[entries];
        Assert.Equal(
            ("audit.rotate", Path.GetFileName(before), entries, new FileInfo(before).Length),
            (rotate.GetProperty("event").GetString(), rotate.GetProperty("segment").GetString(), rotate.GetProperty("entries").GetInt32(), rotate.GetProperty("bytes").GetInt64()));
        Assert.Contains("audit.rotate", (await File.ReadAllLinesAsync(empty))[0], StringComparison.Ordinal);
        await GoodAsync(folder);
    }

    [Fact]
    public async Task Case_18_a_second_daemon_is_turned_away_and_the_chain_stays_OK()
    {
        using var folder = new SecureFolder();
        await using var first = await RunningDaemon.StartAsync(folder);
        var second = await AgentProgram.RunAsync("daemon", "--dir", folder.Path);
        Assert.NotEqual(0, second.Code);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        Assert.Equal(0, await first.StopAsync());
        Assert.Single(await AgentProgram.EntriesAsync(folder.Path), e => e.GetProperty("event").GetString() == "agent.started");
        await GoodAsync(folder);
    }

    [Fact]
    public async Task Case_18_what_another_writer_appended_meanwhile_is_DUPLICATE()
    {
        using var folder = new SecureFolder();
        using var copy = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        // A second writer that goes on from the same head, with the same key: a copy of all that the daemon has.
        var copied = await ProgramRun.RunAsync("/bin/cp", ["-a", folder.Audit, folder.Path + "/audit-state", folder.Reports, copy.Path]);
        Assert.True(copied.Code == 0, copied.ToString());
        var length = new FileInfo(folder.LastSegment("audit")).Length;
        await using (var other = await RunningDaemon.StartAsync(copy))
            Assert.Equal(0, await other.StopAsync());
        await File.AppendAllTextAsync(folder.LastSegment("audit"), (await File.ReadAllTextAsync(copy.LastSegment("audit")))[(int)length..]);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        Assert.Equal(0, await daemon.StopAsync());
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.Equal(1, verify.Code);
        Assert.Contains(": DUPLICATE,", verify.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("OK", await SecureFolder.PythonOfAsync(folder.LastSegment("audit")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Case_19_shrunk_and_then_signed_again_it_is_still_red_GAP(int cut)
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
        {
            for (var i = 0; i < 4; i++)
                Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await first.StopAsync());
        }

        var segment = folder.LastSegment("audit");
        var lines = await File.ReadAllLinesAsync(segment);
        await File.WriteAllTextAsync(segment, string.Join('\n', lines[..^cut]) + "\n");
        for (var start = 0; start < 2; start++)
        {
            await using (var daemon = await RunningDaemon.StartAsync(folder))
            {
                Assert.Contains("ALARM", daemon.Said, StringComparison.Ordinal);
                Assert.Equal(0, await daemon.StopAsync());
            }

            // A checkpoint has been signed over it since.
            Assert.Contains("audit.checkpoint", (await File.ReadAllLinesAsync(folder.LastSegment("audit")))[^1], StringComparison.Ordinal);
            var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
            Assert.Equal(1, verify.Code);
            Assert.Contains(": GAP,", verify.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("OK", await folder.PythonAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task GoodAsync(SecureFolder folder)
    {
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.True(verify.Code == 0, verify.ToString());
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
        Assert.InRange(await RatchetOracle.CheckpointsAsync(folder.Path), 1, 8);
    }
}
