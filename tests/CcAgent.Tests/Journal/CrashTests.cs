using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CcAgent.Native;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Journal;

/// <summary>Whatever happens to the daemon and its files: each run once, and a chain that tells what happened.</summary>
public class CrashTests
{
    [Fact]
    public async Task Killed_at_any_moment_under_load_the_daemon_loses_and_doubles_nothing()
    {
        const int runners = 4;
        // Not compiled ahead of time each start takes as long as ten do else.
        var kills = AgentProgram.Published || Environment.GetEnvironmentVariable("CC_FULL") == "1" ? 300 : 60;
        using var folder = new SecureFolder();
        var random = new Random(17);
        var daemon = await RunningDaemon.StartAsync(folder);
        // Root's spool has its mode before anyone else could make it.
        using var ending = new CancellationTokenSource();
        var ran = new ConcurrentBag<string>();
        var load = Enumerable.Range(0, runners).Select(runner => Task.Run(async () =>
        {
            for (var i = 0; !ending.IsCancellationRequested; i++)
            {
                var job = string.Create(CultureInfo.InvariantCulture, $"{runner}-{i}");
                var result = await AgentProgram.ExecAsync(folder.Path, job, "/bin/sh", "-c", "echo out; exit 3");
                Assert.Equal((3, "out\n", ""), (result.Code, result.Output, result.Error));
                ran.Add(job);
            }
        })).ToArray();
        // On a busy machine the runs may need more of them.
        for (var i = 0; i < kills || (ran.Count <= kills / 3 && i < 10 * kills); i++)
        {
            // At any moment of its life, that before it is ready included.
            await Task.Delay(random.Next(0, AgentProgram.Published ? 80 : 250));
            await daemon.KillAsync();
            await daemon.DisposeAsync();
            daemon = RunningDaemon.Begin(folder);
        }

        await daemon.KillAsync();
        await daemon.DisposeAsync();
        daemon = await RunningDaemon.StartAsync(folder);
        await ending.CancelAsync();
        await Task.WhenAll(load);
        await Eventually.TrueAsync(() => Directory.GetFiles(folder.Spool, "*.json").Length == 0, "the spool is empty", 60);
        Assert.Equal(0, await daemon.StopAsync());
        await daemon.DisposeAsync();

        var reports = await AgentProgram.ReportsAsync(folder.Path);
        Assert.Equal(ran.Order(StringComparer.Ordinal), reports.Select(r => r.GetProperty("report").GetProperty("jobId").GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(Enumerable.Range(0, reports.Count), reports.Select(r => r.GetProperty("seq").GetInt32()));
        var entries = await AgentProgram.EntriesAsync(folder.Path);
        Assert.Equal(
            Enumerable.Range(0, reports.Count),
            entries.Where(e => e.GetProperty("event").GetString() == "job.finished").Select(e => e.GetProperty("report").GetInt32()));
        Assert.StartsWith($"OK {entries.Count} ", await folder.PythonAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
        Assert.True(ran.Count > kills / 3, $"only {ran.Count} runs");
        Assert.Empty(Directory.GetFileSystemEntries(folder.Spool));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories), IsLocked);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {ran.Count} runs, {entries.Count} entries");
    }

    // Asked of each file itself: by /proc/locks another file system's may have the same number.
    private static bool IsLocked(string path)
    {
        const int exclusive = 2, nonBlocking = 4;
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        var locked = fd >= 0 && Libc.flock(fd, exclusive | nonBlocking) != 0;
        _ = Libc.close(fd);
        return locked;
    }

    [Theory]
    [InlineData("prefix")]
    [InlineData("garbage")]
    [InlineData("zeros")]
    [InlineData("wrong hash")]
    [InlineData("replayed")]
    public async Task Case_14_a_torn_end_is_kept_attested_and_passed_over_OK(string kind)
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
        {
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            await first.KillAsync();
        }

        var segment = folder.LastSegment("audit");
        var before = await File.ReadAllBytesAsync(segment);
        var last = Encoding.ASCII.GetString(before).TrimEnd('\n').Split('\n')[^1];
        var torn = Encoding.ASCII.GetBytes(kind switch
        {
            "prefix" => last[..100],
            "garbage" => "\u0001\u0002 garbage\nmore garbage\n",
            "zeros" => new string('\0', 5000),
            "wrong hash" => last.Replace("\"seq\": 2", "\"seq\": 3", StringComparison.Ordinal) + "\n",
            _ => last + "\n",
        });
        await File.AppendAllBytesAsync(segment, torn);
        Assert.NotEqual(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);

        for (var start = 0; start < 2; start++)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await daemon.StopAsync());
        }

        var whole = before.Concat(torn).ToArray();
        Assert.Equal(whole, await File.ReadAllBytesAsync(segment));
        var recovered = Assert.Single(await AgentProgram.EntriesAsync(folder.Path), e => e.GetProperty("event").GetString() == "audit.recovered");
        Assert.Equal(
            (before.Length, torn.Length, Convert.ToHexStringLower(SHA256.HashData(torn)), Path.GetFileName(segment)),
            (recovered.GetProperty("offset").GetInt32(), recovered.GetProperty("length").GetInt32(), recovered.GetProperty("sha256").GetString(),
                recovered.GetProperty("segment").GetString()));
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.True(verify.Code == 0, verify.ToString());
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
        Assert.Equal(3, (await AgentProgram.ReportsAsync(folder.Path)).Count);

        // What is attested may not be changed afterwards either.
        await using (var file = File.Open(segment, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Seek(-1, SeekOrigin.End);
            file.WriteByte((byte)'#');
        }

        verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.Equal(1, verify.Code);
        Assert.Contains("no entry attests", verify.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_first_line_of_a_segment_is_attested_too()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            await first.KillAsync();
        await File.AppendAllTextAsync(folder.LastSegment("audit"), "{\"torn");
        // The segment that a daemon began after that, and died in the middle of its first line.
        var begun = $"{folder.Audit}/{2:D20}.jsonl";
        await File.WriteAllTextAsync(begun, "{\"chain\": \"ab");
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await daemon.StopAsync());
        Assert.Equal("{\"chain\": \"ab", await File.ReadAllTextAsync(begun));
        var recovered = (await AgentProgram.EntriesAsync(folder.Path)).Where(e => e.GetProperty("event").GetString() == "audit.recovered").ToList();
        Assert.Equal([6, 13], recovered.Select(e => e.GetProperty("length").GetInt32()));
        var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path);
        Assert.True(verify.Code == 0, verify.ToString());
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_report_is_passed_over_and_one_without_entry_gets_it()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
        {
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            await first.KillAsync();
        }

        var journal = folder.LastSegment("reports");
        var line = await File.ReadAllTextAsync(journal);
        await File.AppendAllTextAsync(journal, line.Replace("\"seq\":0", "\"seq\":1", StringComparison.Ordinal).Replace("foreign", "orphan", StringComparison.Ordinal) + line[..60]);
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal.Replace("foreign", "after")).GetProperty("ok").GetBoolean());
        Assert.Equal(["foreign", "orphan", "after"], (await AgentProgram.ReportsAsync(folder.Path)).Select(r => r.GetProperty("report").GetProperty("jobId").GetString()));
        Assert.Equal(
            ["foreign", "orphan", "after"],
            (await AgentProgram.EntriesAsync(folder.Path)).Where(e => e.GetProperty("event").GetString() == "job.finished").Select(e => e.GetProperty("job_id").GetString()));
    }

    [Fact]
    public async Task A_line_that_somebody_wrote_into_the_report_journal_is_told_and_stops_nothing()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            await first.KillAsync();
        await File.AppendAllTextAsync(folder.LastSegment("reports"), "{\"seq\":0,\"forged\":{}}\n");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        var entries = await AgentProgram.EntriesAsync(folder.Path);
        Assert.Equal(["agent.started", "report.rejected", "job.finished"], entries.TakeLast(3).Select(e => e.GetProperty("event").GetString()));
        Assert.Equal(1, entries[^1].GetProperty("report").GetInt32());
        Assert.Contains("(not a report)", (await AgentProgram.RunAsync("report", "list", "--dir", folder.Path)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("removed")]
    [InlineData("changed")]
    public async Task A_log_that_is_not_what_is_remembered_is_an_alarm_for_ever(string how)
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
        {
            for (var i = 0; i < 5; i++)
                Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await first.StopAsync());
        }

        var segment = folder.LastSegment("audit");
        var lines = await File.ReadAllLinesAsync(segment);
        switch (how)
        {
            case "cut": await File.WriteAllTextAsync(segment, string.Join('\n', lines[..^2]) + "\n"); break;
            case "removed": File.Delete(segment); break;
            default: await File.WriteAllTextAsync(segment, string.Join('\n', lines).Replace("audit.checkpoint", "audit.checkpaint", StringComparison.Ordinal) + "\n"); break;
        }

        for (var start = 0; start < 2; start++)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            Assert.Contains("ALARM", daemon.Said, StringComparison.Ordinal);
            var status = await AgentProgram.RunAsync("status", "--dir", folder.Path);
            Assert.Equal(1, status.Code);
            Assert.Contains("ALARM", status.Output, StringComparison.Ordinal);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(1, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
            Assert.Equal(0, await daemon.StopAsync());
        }

        Assert.Contains("audit.shrunk", string.Concat(Directory.GetFiles(folder.Audit).Select(File.ReadAllText)), StringComparison.Ordinal);
        // The alarm can be put away by someone who has looked; what is in the log cannot.
        File.Delete(folder.Path + "/audit-state/alarms");
        Assert.Equal(1, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
        Assert.DoesNotContain("OK", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_head_is_an_alarm_and_begins_no_new_chain()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
        File.Delete(folder.Path + "/audit-state/head");
        // Before any daemon has looked, too.
        foreach (var verb in (string[][])[["audit", "verify"], ["status"]])
        {
            var said = await AgentProgram.RunAsync([.. verb, "--dir", folder.Path]);
            Assert.Equal(1, said.Code);
            Assert.Contains("the remembered head is gone", said.Output, StringComparison.Ordinal);
        }

        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.Contains("the remembered head is gone", daemon.Said, StringComparison.Ordinal);
        var entries = await AgentProgram.EntriesAsync(folder.Path);
        Assert.Single(entries, e => e.GetProperty("event").GetString() == "audit.genesis");
        // The keys that may be what was lost with it are named and signed with at once.
        Assert.Equal(["audit.checkpoint", "audit.rotate", "audit.shrunk", "audit.key_next", "audit.checkpoint", "agent.started"], entries.Skip(4).Select(e => e.GetProperty("event").GetString()));
        Assert.Equal(1, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
    }

    [Fact]
    public async Task A_log_that_is_gone_with_its_head_is_an_alarm_and_no_silent_beginning()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        File.Delete(folder.Path + "/audit-state/head");
        File.Delete(Assert.Single(Directory.GetFiles(folder.Audit)));
        foreach (var verb in (string[][])[["audit", "verify"], ["status"]])
        {
            var said = await AgentProgram.RunAsync([.. verb, "--dir", folder.Path]);
            Assert.Equal(1, said.Code);
            Assert.Contains("the log is gone, and its remembered head with it", said.Output, StringComparison.Ordinal);
        }

        // What comes now is recorded all the same.
        await using (var daemon = await RunningDaemon.StartAsync(folder))
        {
            Assert.Contains("the log is gone, and its remembered head with it", daemon.Said, StringComparison.Ordinal);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            Assert.Equal(0, await daemon.StopAsync());
        }

        Assert.Equal(1, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
        // The alarm can be put away by someone who has looked; what is in the new log cannot.
        File.Delete(folder.Path + "/audit-state/alarms");
        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", folder.Path)).Code);
        Assert.Equal(["audit.genesis", "audit.shrunk", "agent.started"], (await AgentProgram.EntriesAsync(folder.Path)).Take(3).Select(e => e.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task A_full_disk_acknowledges_nothing_and_the_log_goes_on_when_there_is_room()
    {
        using var folder = new SecureFolder();
        var small = folder.Path + "/small";
        await AgentProgram.ShellAsync($"mkdir -m 0700 {small}; mount -t tmpfs -o size=200k,mode=0700 tmpfs {small}");
        try
        {
            await using var daemon = await RunningDaemon.StartInAsync(small);
            var big = SocketClient.Minimal.Replace("foreign", "big").Replace("\"stderr\":\"\"", $"\"stderr\":\"{new string('x', 40_000)}\"");
            int good = 0, refused = 0;
            for (var i = 0; i < 12; i++)
            {
                var answer = SocketClient.Ask(small + "/cc-agent.sock", big);
                good += answer.GetProperty("ok").GetBoolean() ? 1 : 0;
                refused += answer.GetProperty("ok").GetBoolean() || answer.GetProperty("recorded").GetBoolean() ? 0 : 1;
            }

            Assert.InRange(good, 1, 11);
            Assert.Equal(12, good + refused);
            Assert.Equal(good, (await AgentProgram.ReportsAsync(small)).Count);
            await AgentProgram.ShellAsync($"mount -o remount,size=2m {small}");
            Assert.True(SocketClient.Ask(small + "/cc-agent.sock", big).GetProperty("ok").GetBoolean());
            Assert.Equal(good + 1, (await AgentProgram.ReportsAsync(small)).Count);
            var verify = await AgentProgram.RunAsync("audit", "verify", "--dir", small);
            Assert.True(verify.Code == 0, verify.ToString());
        }
        finally
        {
            // What another test just starts may hold a file of it open until it is its own program.
            await AgentProgram.ShellAsync($"n=0; until ! mountpoint -q {small} || umount {small} || [ $n -gt 500 ]; do sleep 0.1; n=$((n+1)); done");
        }
    }

    [Fact]
    public async Task The_log_is_append_only_where_that_can_be_had_and_says_so_where_not()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder, "--append-only");
        var segment = folder.LastSegment("audit");
        try
        {
            var status = System.Text.Json.JsonDocument.Parse((await AgentProgram.RunAsync("status", "--json", "--dir", folder.Path)).Output).RootElement;
            var state = status.GetProperty("appendOnly").GetString();
            Assert.Equal(state, (await AgentProgram.EntriesAsync(folder.Path))[1].GetProperty("append_only").GetString());
            if (state == "on")
                Assert.Throws<UnauthorizedAccessException>(() => File.WriteAllText(segment, ""));
            else
                Assert.Contains("append-only attribute", state, StringComparison.Ordinal);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        }
        finally
        {
            await daemon.KillAsync();
            await AgentProgram.ShellAsync($"chattr -R -a {folder.Audit} 2>/dev/null");
        }
    }
}
