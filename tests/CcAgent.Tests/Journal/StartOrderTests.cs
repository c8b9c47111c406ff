using System.Text;
using CcAgent.Journal;
using CcAgent.Places;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Journal;

/// <summary>Whether the host was booted, a verifier learns by the entry about the agent's start: what comes before it has a clock that went back.</summary>
public class StartOrderTests
{
    [Fact]
    public async Task What_is_left_of_the_run_before_is_told_after_the_start()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        // Reports without their entries, something that could not be recorded, and no key.
        var places = AgentPlaces.For(folder.Path);
        using (var reports = ReportJournal.Open(places))
        {
            reports.Add(1, 0, Encoding.UTF8.GetBytes(SocketClient.Minimal.Trim()));
            reports.Add(2, 0, "{}"u8);
            reports.Commit();
        }

        using (var gap = new AuditGap(places.AuditState))
            gap.Add(3, 1, "the disk was full");
        File.Delete(folder.Path + "/audit-state/key");
        var before = (await AgentProgram.EntriesAsync(folder.Path)).Count;
        await using (var second = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await second.StopAsync());
        Assert.Equal(["agent.started", "job.finished", "report.rejected", "audit.gap", "audit.unsigned", "agent.stopped"], await EventsAsync(folder, before));
    }

    [Fact]
    public async Task The_first_key_of_a_chain_that_had_none_is_named_after_the_start()
    {
        using var folder = new SecureFolder();
        var blocked = folder.Path + "/audit-state/key.next";
        Directory.CreateDirectory(blocked);
        File.SetUnixFileMode(folder.Path + "/audit-state", (UnixFileMode)0x1C0);
        await using (var first = await RunningDaemon.StartAsync(folder))
            await first.KillAsync();
        Assert.Equal(["audit.genesis", "agent.started", "audit.unsigned"], await EventsAsync(folder, 0));
        Directory.Delete(blocked);
        await using (var second = await RunningDaemon.StartAsync(folder))
            await second.KillAsync();
        Assert.Equal(["agent.started", "audit.key_next"], await EventsAsync(folder, 3));
    }

    private static async Task<IEnumerable<string?>> EventsAsync(SecureFolder folder, int from) =>
        (await AgentProgram.EntriesAsync(folder.Path)).Skip(from).Select(entry => entry.GetProperty("event").GetString());
}
