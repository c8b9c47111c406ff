using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Journal.Faults;

/// <summary>What the disk refuses where no request waits for it: the beginning of a new segment for its age.</summary>
public class RollOverTests
{
    [Fact]
    public async Task An_error_of_fsync_where_a_segment_is_rolled_over_writes_nothing_twice_OK()
    {
        using var folder = new SecureFolder();
        using var dry = new SecureFolder();
        using (var journal = OpenJournal.In(folder, new Past(TimeSpan.FromDays(3))))
            journal.Checkpoint();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false, \"audit\": {\"maxAgeDays\": 1}}", TestContext.Current.CancellationToken);
        // What the new segment's name will be.
        var copied = await ProgramRun.RunAsync("/bin/sh", ["-c", $"cp -a {folder.Path}/. {dry.Path}"]);
        Assert.True(copied.Code == 0, copied.ToString());
        await using (var daemon = await RunningDaemon.StartAsync(dry))
            await Eventually.TrueAsync(() => Directory.GetFiles(dry.Audit).Length == 2, "the segment is rolled over", 60);
        var segment = "audit/" + Path.GetFileName(dry.LastSegment("audit"));

        await using (var failing = InjectedFault.Start(folder, segment, "fdatasync:error=EIO:when=1"))
        {
            Assert.True(await failing.ReadyAsync(), failing.Said);
            await Eventually.TrueAsync(() => failing.Said.Contains("Input/output error", StringComparison.Ordinal), "the fault: " + failing.Said, 60);
            for (var i = 0; i < 3; i++)
                Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await failing.StopAsync());
        }

        var entries = await AgentProgram.EntriesAsync(folder.Path);
        Assert.Single(entries, entry => entry.GetProperty("event").GetString() == "audit.recovered");
        Assert.Equal(3, entries.Count(entry => entry.GetProperty("event").GetString() == "job.finished"));
        await GoodAsync(folder);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_in_a_segment_whose_name_could_not_be_brought_to_disk()
    {
        using var folder = new SecureFolder();
        using (var journal = OpenJournal.In(folder, new Past(TimeSpan.FromDays(3))))
            journal.Checkpoint();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false, \"audit\": {\"maxAgeDays\": 1}}", TestContext.Current.CancellationToken);
        // The first is of the start, the second of the roll-over.
        await using (var failing = InjectedFault.Start(folder, "audit", "fsync:error=EIO:when=2+"))
        {
            Assert.True(await failing.ReadyAsync(), failing.Said);
            await Eventually.TrueAsync(() => failing.Said.Contains("/audit cannot be brought to disk: Input/output error", StringComparison.Ordinal), "the fault: " + failing.Said, 60);
            Assert.Equal(2, Directory.GetFiles(folder.Audit).Length);
            Assert.False(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            await failing.StopAsync();
        }

        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await daemon.StopAsync());
        await GoodAsync(folder);
        await RotatedAsync(folder);
    }

    [Fact]
    public async Task A_segment_whose_name_came_to_disk_only_at_the_second_try_says_which_it_follows()
    {
        using var folder = new SecureFolder();
        using (var journal = OpenJournal.In(folder, new Past(TimeSpan.FromDays(3))))
            journal.Checkpoint();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false, \"audit\": {\"maxAgeDays\": 1}}", TestContext.Current.CancellationToken);
        await using (var failing = InjectedFault.Start(folder, "audit", "fsync:error=EIO:when=2"))
        {
            Assert.True(await failing.ReadyAsync(), failing.Said);
            await Eventually.TrueAsync(() => failing.Said.Contains("/audit cannot be brought to disk", StringComparison.Ordinal), "the fault: " + failing.Said, 60);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await failing.StopAsync());
        }

        await GoodAsync(folder);
        await RotatedAsync(folder);
    }

    [Fact]
    public async Task A_daemon_starts_only_when_the_name_of_the_segment_that_it_found_is_on_disk()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        await using var failing = InjectedFault.Start(folder, "audit", "fsync:error=EIO:when=1+");
        Assert.False(await failing.ReadyAsync());
        Assert.Contains("/audit cannot be brought to disk: Input/output error", failing.Said, StringComparison.Ordinal);
    }

    private static async Task GoodAsync(SecureFolder folder)
    {
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.True(verify.Code == 0, verify.ToString());
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    // Of two segments the second begins with the entry that names the first.
    private static async Task RotatedAsync(SecureFolder folder)
    {
        Assert.Equal(2, Directory.GetFiles(folder.Audit).Length);
        Assert.Contains("\"event\": \"audit.rotate\"", (await File.ReadAllLinesAsync(folder.LastSegment("audit")))[0], StringComparison.Ordinal);
    }

    private sealed class Past(TimeSpan ago) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - ago;
    }
}
