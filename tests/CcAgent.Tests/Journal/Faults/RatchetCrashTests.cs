using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Journal.Faults;

/// <summary>Case 21: the agent is killed at each step of the ratchet.</summary>
public class RatchetCrashTests
{
    private const string Segment = "audit/00000000000000000000.jsonl";

    // What each start does before its checkpoint at stop: the log is synced when it is opened and for agent.started and agent.stopped.
    [Theory]
    [InlineData("audit-state/key.next", "unlink", 1, "before the next key is made")]
    [InlineData("audit-state/key.next", "write", 1, "the next key's file is empty")]
    [InlineData("audit-state/key.next", "fsync", 1, "the next key is not on disk")]
    [InlineData("audit-state", "fsync", 2, "the next key's name is not on disk")]
    [InlineData(Segment, "write", 3, "the next key is not announced")]
    [InlineData(Segment, "fdatasync", 4, "announcement and checkpoint are written and not on disk")]
    [InlineData("audit-state/key", "write", 1, "the old key is not overwritten")]
    [InlineData("audit-state/key", "fsync", 1, "the old key is overwritten, and not on disk")]
    [InlineData("audit-state/key.next", "rename", 1, "the next key is not in the old one's place")]
    [InlineData("audit-state/tree.new", "write", 1, "the tree is not kept")]
    [InlineData("audit-state/tree.new", "rename", 1, "the kept tree is not in its place")]
    public async Task Case_21_killed_at_a_step_of_the_ratchet_the_next_start_goes_on_OK(string path, string call, int number, string when)
    {
        using var folder = new SecureFolder();
        await InjectedFault.KillSecondRunAsync(folder, path, call, number);
        await GoesOnAsync(folder, when);
    }

    [Theory]
    [InlineData("audit-state/key.next", "write", 1)]
    [InlineData("audit-state/key.next", "fsync", 1)]
    [InlineData("audit-state/key.next", "rename", 1)]
    [InlineData("audit-state/head", "pwrite64", 1)]
    [InlineData(Segment, "write", 1)]
    [InlineData(Segment, "fdatasync", 1)]
    [InlineData("audit-state/head", "pwrite64", 2)]
    [InlineData("audit-state/head", "fsync", 2)]
    public async Task Case_21_killed_while_the_chain_begins_the_next_start_begins_it_OK(string path, string call, int number)
    {
        using var folder = new SecureFolder();
        await using (var killed = InjectedFault.Start(folder, path, $"{call}:signal=KILL:when={number}"))
            Assert.Equal(137, await killed.ExitAsync());
        await using (var first = await RunningDaemon.StartAsync(folder))
        {
            Assert.DoesNotContain("ALARM", first.Said, StringComparison.Ordinal);
            Assert.Equal(0, await first.StopAsync());
        }

        await GoesOnAsync(folder, call);
    }

    [Fact]
    public async Task Case_21_a_power_cut_between_announcement_and_checkpoint_announces_again_OK()
    {
        using var folder = new SecureFolder();
        // Both lines are in the system's memory, and the power goes when the first of them has come to disk.
        await InjectedFault.KillSecondRunAsync(folder, Segment, "fdatasync", 4);
        var lines = await File.ReadAllLinesAsync($"{folder.Path}/{Segment}");
        Assert.Contains("audit.checkpoint", lines[^1], StringComparison.Ordinal);
        await File.WriteAllTextAsync($"{folder.Path}/{Segment}", string.Join('\n', lines[..^1]) + "\n");
        await GoesOnAsync(folder, "power cut");
        var entries = (await AgentProgram.EntriesAsync(folder.Path)).Select(e => e.GetProperty("event").GetString()).ToList();
        // Announced, and nothing signed before it was announced again.
        var announced = entries.FindAll(e => e is "audit.key_next" or "audit.checkpoint");
        Assert.Equal(["audit.key_next", "audit.checkpoint", "audit.key_next", "audit.key_next", "audit.checkpoint"], announced.Take(5));
    }

    [Fact]
    public async Task A_key_whose_place_in_the_directory_did_not_come_to_disk_at_first_is_not_overwritten_as_the_old_one()
    {
        using var folder = new SecureFolder();
        await InjectedFault.KillSecondRunAsync(folder, "audit-state/key.next", "rename", 1);
        // When the log is opened, and after the rename that the one before owed.
        await using (var failed = InjectedFault.Start(folder, "audit-state", "fsync:error=EIO:when=2"))
        {
            Assert.True(await failed.ReadyAsync(), failed.Said);
            Assert.Equal(0, await failed.StopAsync());
        }

        Assert.Contains(await File.ReadAllBytesAsync(folder.Path + "/audit-state/key"), value => value != 0);
        Assert.Equal(3, await RatchetOracle.CheckpointsAsync(folder.Path));
        await GoesOnAsync(folder, "EIO", 3);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("other")]
    [InlineData("readable by others")]
    public async Task Without_the_key_entries_go_on_and_that_nothing_is_signed_is_an_alarm(string how)
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        var signed = await RatchetOracle.CheckpointsAsync(folder.Path);
        var key = folder.Path + "/audit-state/key";
        switch (how)
        {
            case "gone": File.Delete(key); break;
            case "other":
                using (var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256))
                    await File.WriteAllBytesAsync(key, other.ExportPkcs8PrivateKey());
                break;
            default: File.SetUnixFileMode(key, (UnixFileMode)0x1A4); break;
        }

        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            Assert.Contains("ALARM: the audit log: ", daemon.Said, StringComparison.Ordinal);
            Assert.Contains("checkpoints cannot be signed", daemon.Said, StringComparison.Ordinal);
            Assert.Contains("so that it begins a new log", daemon.Said, StringComparison.Ordinal);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(1, (await AgentProgram.RunAsync("status", "--dir", folder.Path)).Code);
            Assert.Equal(0, await daemon.StopAsync());
        }

        Assert.Single(await AgentProgram.EntriesAsync(folder.Path), e => e.GetProperty("event").GetString() == "audit.unsigned");
        Assert.Equal(signed, await RatchetOracle.CheckpointsAsync(folder.Path));
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("torn")]
    [InlineData("behind")]
    public async Task A_kept_tree_that_cannot_be_used_is_made_anew_from_the_log(string how)
    {
        using var folder = new SecureFolder();
        var tree = folder.Path + "/audit-state/tree";
        byte[] before = [];
        for (var start = 0; start < 2; start++)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            Assert.Equal(0, await daemon.StopAsync());
            if (start == 0)
                before = await File.ReadAllBytesAsync(tree);
        }

        switch (how)
        {
            case "gone": File.Delete(tree); break;
            case "torn": await File.WriteAllBytesAsync(tree, (await File.ReadAllBytesAsync(tree))[..^9]); break;
            default: await File.WriteAllBytesAsync(tree, before); break;
        }

        await GoesOnAsync(folder, how);
    }

    [Fact]
    public async Task Checkpoints_come_after_so_many_entries_and_after_each_edit()
    {
        using var folder = new SecureFolder();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false, \"audit\": {\"checkpointEntries\": 10}}");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        for (var i = 0; i < 40; i++)
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        var checkpoints = await RatchetOracle.CheckpointsAsync(folder.Path);
        Assert.InRange(checkpoints, 3, 4);
        var edit = SocketClient.Ask(
            folder.Socket, """{"request":"audit.append","params":{"event":"crontab.edited","actor":"ada","origin":"laptop"}}""");
        Assert.True(edit.GetProperty("ok").GetBoolean(), edit.ToString());
        await Eventually.TrueAsync(
            async () => (await AgentProgram.EntriesAsync(folder.Path))[^1] is var last && last.GetProperty("event").GetString() == "audit.checkpoint"
                && last.GetProperty("seq").GetInt64() == edit.GetProperty("seq").GetInt64() + 2,
            "the edit is under a checkpoint", 60);
        Assert.Equal(checkpoints + 1, await RatchetOracle.CheckpointsAsync(folder.Path));
    }

    // Its files are those of a chain that goes on, which one more start shows.
    private static async Task GoesOnAsync(SecureFolder folder, string when, int checkpoints = 0)
    {
        for (var start = 0; start < 2; start++)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            Assert.DoesNotContain("ALARM", daemon.Said, StringComparison.Ordinal);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean(), when);
            Assert.Equal(0, await daemon.StopAsync());
            var now = await RatchetOracle.CheckpointsAsync(folder.Path);
            Assert.InRange(now, checkpoints + 1, checkpoints + 3);
            checkpoints = now;
        }

        Assert.True(checkpoints >= 2, when);
        foreach (var file in (string[])["key", "tree"])
            Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode($"{folder.Path}/audit-state/{file}"));
        Assert.False(File.Exists(folder.Path + "/audit-state/key.next"), when);
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.True(verify.Code == 0, when + ": " + verify);
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }
}
