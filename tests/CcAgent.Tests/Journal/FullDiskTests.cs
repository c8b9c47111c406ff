using System.Globalization;
using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Tests.Harness;
using CcConsole.Core;
using CcConsole.Core.Audit.Checkpoints;
using Xunit;

namespace CcAgent.Tests.Journal;

/// <summary>A full disk: what it costs, and that the chain tells of it.</summary>
public class FullDiskTests
{
    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public async Task A_full_disk_is_told_of_in_the_room_that_was_held_back_and_runs_go_on(string kind)
    {
        await using var disk = await SmallDisk.MakeAsync(8, kind);
        await using var daemon = await RunningDaemon.StartInAsync(disk.Path);
        Assert.Equal("held", (await StartedAsync(disk)).GetProperty("ballast").GetString());
        Assert.Equal(0, (await AgentProgram.ExecAsync(disk.Path, "before", "/bin/true")).Code);
        await disk.FillAsync();

        var big = SocketClient.Minimal.Replace("\"stderr\":\"\"", $"\"stderr\":\"{new string('x', 40_000)}\"");
        Assert.False(SocketClient.Ask(disk.Socket, big).GetProperty("recorded").GetBoolean());
        var gap = Assert.Single(await EventsAsync(disk, "audit.gap"));
        Assert.Equal(1, gap.GetProperty("count").GetInt32());
        Assert.Matches("No space left|bytes could be written", gap.GetProperty("reason").GetString());
        Assert.False(File.Exists(disk.Path + "/audit-state/ballast"));
        Assert.Contains("ballast      released", (await AgentProgram.RunAsync("status", "--dir", disk.Path)).Output, StringComparison.Ordinal);

        // That room is gone too: a job runs on, and that it is nowhere recorded is counted.
        await disk.FillAsync();
        var done = disk.Path[..^6] + "/done";
        var run = await AgentProgram.ExecAsync(disk.Path, "unrecorded", "/bin/sh", "-c", $"head -c 100000 /dev/zero; exec >{done}; exit 3");
        Assert.Equal(3, run.Code);
        Assert.True(File.Exists(done));
        Assert.Contains("is not recorded", run.Error, StringComparison.Ordinal);

        disk.Empty();
        await Eventually.TrueAsync(async () => (await EventsAsync(disk, "audit.gap")).Count == 2, "the gap is told", 60);
        gap = (await EventsAsync(disk, "audit.gap"))[1];
        Assert.True(gap.GetProperty("count").GetInt32() >= 1);
        Assert.True(string.CompareOrdinal(gap.GetProperty("from").GetString(), gap.GetProperty("to").GetString()) <= 0);
        await Eventually.TrueAsync(() => File.Exists(disk.Path + "/audit-state/ballast"), "the room is held back again", 90);
        Assert.Equal(0, (await AgentProgram.ExecAsync(disk.Path, "after", "/bin/true")).Code);
        Assert.Equal(0, await daemon.StopAsync());
        await WholeAsync(disk);
    }

    [Fact]
    public async Task That_there_is_no_room_for_the_kept_tree_is_said_as_that()
    {
        await using var disk = await SmallDisk.MakeAsync(1);
        await disk.FillAsync();
        var problem = Assert.Throws<ProblemException>(() => TreeFile.Write(disk.Path + "/tree", "chain", new CompactRange()));
        Assert.EndsWith("/tree cannot be written: No space left on device", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("best_effort")]
    [InlineData("strict")]
    public async Task Case_16_a_line_that_a_full_disk_cuts_is_attested_and_OK_and_nothing_acknowledged_is_lost(string policy)
    {
        await using var disk = await SmallDisk.MakeAsync(2, settings: $"{{\"watch\": false, \"audit\": {{\"policy\": \"{policy}\", \"ballastMegabytes\": 0}}}}");
        await using var daemon = await RunningDaemon.StartInAsync(disk.Path);
        var acknowledged = new List<long>();
        for (var round = 0; round < 40 && !await CutAsync(disk); round++)
        {
            await disk.FillAsync();
            for (var i = 0; i < 40; i++)
            {
                var answer = SocketClient.Ask(disk.Socket, SocketClient.Minimal.Replace("foreign", "j" + new string('x', round)));
                if (!answer.GetProperty("ok").GetBoolean())
                    break;
                acknowledged.Add(answer.GetProperty("seq").GetInt64());
            }

            disk.Empty();
            Assert.True(SocketClient.Ask(disk.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        }

        Assert.True(await CutAsync(disk), "no line of the chain was cut in 40 rounds");
        var entries = await AgentProgram.EntriesAsync(disk.Path);
        Assert.All(acknowledged, seq => Assert.Equal("job.finished", entries[(int)seq].GetProperty("event").GetString()));
        Assert.NotEmpty(await EventsAsync(disk, "audit.gap"));
        Assert.Equal(0, await daemon.StopAsync());
        await WholeAsync(disk);
    }

    [Fact]
    public async Task A_gap_is_told_by_the_next_daemon_when_this_one_was_killed()
    {
        await using var disk = await SmallDisk.MakeAsync(2, settings: "{\"watch\": false, \"audit\": {\"ballastMegabytes\": 0}}");
        await using (var daemon = await RunningDaemon.StartInAsync(disk.Path))
        {
            await disk.FillAsync();
            var big = SocketClient.Minimal.Replace("\"stderr\":\"\"", $"\"stderr\":\"{new string('x', 40_000)}\"");
            for (var i = 0; i < 3; i++)
                Assert.False(SocketClient.Ask(disk.Socket, big).GetProperty("recorded").GetBoolean());
            await daemon.KillAsync();
        }

        disk.Empty();
        await using var next = await RunningDaemon.StartInAsync(disk.Path);
        Assert.Equal(3, (await EventsAsync(disk, "audit.gap")).Sum(gap => gap.GetProperty("count").GetInt32()));
        Assert.Equal(0, await next.StopAsync());
        await WholeAsync(disk);
    }

    // A full disk can leave whole lines that were given up, and the next segment made and still empty, when the daemon is killed.
    [Fact]
    public async Task Whole_lines_that_were_given_up_before_a_kill_are_attested_and_not_taken_up_again()
    {
        using var folder = new SecureFolder();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false, \"audit\": {\"checkpointEntries\": 10}}", TestContext.Current.CancellationToken);
        var (head, next) = (folder.Path + "/audit-state/head", 0L);
        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            next = SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("seq").GetInt64() + 1;
            File.Copy(head, head + ".kept");
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            await daemon.KillAsync();
        }

        File.Move(head + ".kept", head, overwrite: true);
        await File.WriteAllTextAsync($"{folder.Audit}/{next:D20}.jsonl", "", TestContext.Current.CancellationToken);
        for (var start = 0; start < 2; start++)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            for (var i = 0; i < 25; i++)
                Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await daemon.StopAsync());
        }

        var recovered = Assert.Single(await AgentProgram.EntriesAsync(folder.Path), entry => entry.GetProperty("event").GetString() == "audit.recovered");
        Assert.Equal($"{0:D20}.jsonl", recovered.GetProperty("segment").GetString());
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.True(verify.Code == 0, verify.ToString());
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tmpfs")]
    [InlineData("ext4")]
    public async Task The_room_is_held_back_without_a_start_that_writes_all_of_it(string kind)
    {
        const long held = 64 * 1024 * 1024;
        await using var disk = await SmallDisk.MakeAsync(200, kind, settings: "{\"watch\": false, \"audit\": {\"ballastMegabytes\": 64}}");
        await using var daemon = await RunningDaemon.StartInAsync(disk.Path);
        var ballast = await AgentProgram.ShellAsync($"stat -c '%s %b' {disk.Path}/audit-state/ballast");
        var numbers = ballast.Output.Trim().Split(' ').Select(static number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(held, numbers[0]);
        Assert.True(numbers[1] * 512 >= held, "no room is held: " + ballast.Output);
        Assert.InRange(Written(daemon.Pid), 1, held / 4);
    }

    [Fact]
    public async Task The_room_is_held_back_though_a_signal_interrupts_it()
    {
        const long held = 64 * 1024 * 1024;
        using var folder = new SecureFolder();
        await File.WriteAllTextAsync(folder.Path + "/settings.json", "{\"watch\": false, \"audit\": {\"ballastMegabytes\": 64}}", TestContext.Current.CancellationToken);
        await using var daemon = InjectedFault.Start(folder, "audit-state/ballast", "fallocate:error=EINTR:when=1");
        Assert.True(await daemon.ReadyAsync(), daemon.Said);
        Assert.Equal(held, new FileInfo(folder.Path + "/audit-state/ballast").Length);
        Assert.InRange(Written(daemon.Pid), 1, held / 4);
        Assert.Equal(0, await daemon.StopAsync());
    }

    // Bytes that a process has written, to whatever (proc(5), io).
    private static long Written(int process) =>
        long.Parse(File.ReadAllLines($"/proc/{process}/io").First(static line => line.StartsWith("wchar: ", StringComparison.Ordinal)).AsSpan(7), CultureInfo.InvariantCulture);

    // Whether a torn end of the chain is attested.
    private static async Task<bool> CutAsync(SmallDisk disk) => (await EventsAsync(disk, "audit.recovered")).Count > 0;

    private static async Task<JsonElement> StartedAsync(SmallDisk disk) => (await EventsAsync(disk, "agent.started"))[^1];

    private static async Task<List<JsonElement>> EventsAsync(SmallDisk disk, string name) =>
        [.. (await AgentProgram.EntriesAsync(disk.Path)).Where(entry => entry.GetProperty("event").GetString() == name)];

    private static async Task WholeAsync(SmallDisk disk)
    {
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", disk.Path);
        Assert.True(verify.Code == 0, verify.ToString());
        Assert.StartsWith("OK ", await SecureFolder.PythonAsync(disk.Path), StringComparison.Ordinal);
    }
}
