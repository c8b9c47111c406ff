using System.Text;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>What comes in at the socket: accepted, refused, recorded, never fatal.</summary>
public class ReceptionTests
{
    [Fact]
    public async Task A_minimal_report_of_another_client_that_reads_no_answer_is_recorded()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        using (var socket = SocketClient.Connect(folder.Socket))
            socket.Send(Encoding.UTF8.GetBytes(SocketClient.Minimal + "\n"));
        // The report comes first, and then its entry.
        await Eventually.TrueAsync(
            async () => (await AgentProgram.EntriesAsync(folder.Path)).Exists(e => e.GetProperty("event").GetString() == "job.finished"), "the report is recorded");
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
        var entry = (await AgentProgram.EntriesAsync(folder.Path))[^1];
        Assert.Equal(("job.finished", "foreign", 0), (entry.GetProperty("event").GetString(), entry.GetProperty("job_id").GetString(), entry.GetProperty("exit_code").GetInt32()));
    }

    [Fact]
    public async Task A_report_over_many_lines_becomes_one_line_and_keeps_what_is_unknown()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var report = SocketClient.Minimal.Replace(",", ",\r\n  ").Replace("{", "{\n \"extra\": {\"n\": 1.50},\n");
        Assert.True(SocketClient.Ask(folder.Socket, report, halfClose: true).GetProperty("ok").GetBoolean());
        var line = await File.ReadAllTextAsync(folder.LastSegment("reports"));
        Assert.Equal(1, line.Count(c => c == '\n'));
        Assert.Contains("\"extra\": {\"n\": 1.50}", line, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Malformed => new()
    {
        { "not json at all\n", "not a JSON object" },
        { "[1,2]\n", "not a JSON object" },
        { "{}\n", "jobId" },
        { SocketClient.Minimal.Replace("\"exitCode\":0", "\"exitCode\":1e400"), "exitCode" },
        { SocketClient.Minimal.Replace("\"exitCode\":0", "\"exitCode\":0,\"exitCode\":1"), "occurs twice" },
        { "{\"a\":" + new string('[', 5000), "nested too deeply" },
        { SocketClient.Minimal.Replace("foreign", "\\ud800"), "Unicode" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_no_report_is_answered_and_recorded(string sent, string why)
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var answer = SocketClient.Ask(folder.Socket, sent);
        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.True(answer.GetProperty("recorded").GetBoolean());
        Assert.Contains(why, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        var entry = (await AgentProgram.EntriesAsync(folder.Path))[^1];
        Assert.Equal("report.rejected", entry.GetProperty("event").GetString());
        Assert.Equal(answer.GetProperty("error").GetString(), entry.GetProperty("reason").GetString());
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_and_what_ends_in_the_middle_or_is_too_long_are_refused()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        byte[] invalid = [.. Encoding.UTF8.GetBytes(SocketClient.Minimal.Replace("foreign", "fo\u0001\u0001")).Select(b => b == 1 ? (byte)0xfe : b)];
        Assert.False(SocketClient.Ask(folder.Socket, invalid).GetProperty("ok").GetBoolean());
        Assert.Contains("in the middle", SocketClient.Ask(folder.Socket, SocketClient.Minimal[..50], halfClose: true).GetProperty("error").GetString(), StringComparison.Ordinal);
        var huge = SocketClient.Ask(folder.Socket, SocketClient.Minimal.Replace("foreign", new string('x', 1_100_000)));
        Assert.Contains("longer than", huge.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, (await AgentProgram.EntriesAsync(folder.Path)).Count(e => e.GetProperty("event").GetString() == "report.rejected"));
    }

    [Fact]
    public async Task A_slow_client_is_ended_after_five_seconds_and_holds_up_nobody()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var slow = SocketClient.Connect(folder.Socket);
        slow.Send("{\"jobId\":"u8.ToArray());
        using var silent = SocketClient.Connect(folder.Socket);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        Assert.Contains("5 s", SocketClient.Answer(slow).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed.TotalSeconds, 4.9, 60);
        // Who has said nothing has nothing refused.
        Assert.Equal(0, silent.Receive(new byte[10]));
        // Who came after the slow one was not held up by it.
        Assert.Equal(
            ["job.finished", "report.rejected"],
            (await AgentProgram.EntriesAsync(folder.Path)).Select(e => e.GetProperty("event").GetString()).Where(e => e is "job.finished" or "report.rejected"));
    }

    [Fact]
    public async Task A_report_in_anothers_name_is_refused_unless_root_sends_it()
    {
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        var socket = user.SocketFolder + "/cc-agent.sock";
        var result = await ProgramRun.RunAsync(
            "/usr/bin/setpriv", [.. user.SetPrivileges, "/usr/bin/env", "python3", "-c", """
                import socket, sys
                s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode()); print(s.recv(4096).decode())
                """, socket, SocketClient.Minimal], user.Environment, directory: "/");
        Assert.Contains("\"ok\":false,\"recorded\":true", result.Output, StringComparison.Ordinal);
        var entries = AgentProgram.Lines((await AgentProgram.RunAsAsync(user, "audit", "show", "--json")).Output);
        Assert.Equal("report.rejected", entries[^1].GetProperty("event").GetString());
        Assert.Equal(user.Uid, entries[^1].GetProperty("uid").GetUInt32());
        Assert.Equal("foreign", entries[^1].GetProperty("job_id").GetString());

        Assert.True(SocketClient.Ask(socket, SocketClient.Minimal.Replace("\"executingUid\":0", "\"executingUid\":77")).GetProperty("ok").GetBoolean());
        entries = AgentProgram.Lines((await AgentProgram.RunAsAsync(user, "audit", "show", "--json")).Output);
        Assert.Equal((0, 77), (entries[^1].GetProperty("uid").GetInt32(), entries[^1].GetProperty("executing_uid").GetInt32()));
    }

    [Fact]
    public async Task The_same_run_twice_is_one_report()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var report = SocketClient.Minimal.Replace("{", "{\"runId\":\"r1\",");
        Assert.True(SocketClient.Ask(folder.Socket, report).GetProperty("ok").GetBoolean());
        Assert.True(SocketClient.Ask(folder.Socket, report).GetProperty("ok").GetBoolean());
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
        Assert.Single(await AgentProgram.EntriesAsync(folder.Path), e => e.GetProperty("event").GetString() == "job.finished");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_reports_its_own_run_does_not_keep_the_wrappers_report_out(bool restarted)
    {
        using var folder = new SecureFolder();
        // What anyone of the job's user can see of a run that goes on is enough to forge a report of it.
        var (forged, lost, honest) = (
            SocketClient.Minimal.Replace("{", "{\"runId\":\"r1\","), SocketClient.Minimal.Replace("{", "{\"runId\":\"r1\",\"lost\":true,"),
            SocketClient.Minimal.Replace("{", "{\"runId\":\"r1\",").Replace("\"exitCode\":0", "\"exitCode\":66"));
        var daemon = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, forged).GetProperty("ok").GetBoolean());
        if (restarted)
        {
            await daemon.KillAsync();
            await daemon.DisposeAsync();
            foreach (var (name, report) in ((string, string)[])[("1", forged), ("2", lost), ("3", honest), ("4", honest)])
                await File.WriteAllTextAsync($"{folder.Spool}/{name}.json", report);
            daemon = await RunningDaemon.StartAsync(folder);
        }
        else
        {
            foreach (var report in (string[])[lost, honest, honest])
                Assert.True(SocketClient.Ask(folder.Socket, report).GetProperty("ok").GetBoolean());
        }

        await using (daemon)
        {
            await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == 2, "both reports are recorded");
            Assert.Equal([0, 66], (await AgentProgram.ReportsAsync(folder.Path)).Select(r => r.GetProperty("report").GetProperty("exitCode").GetInt32()));
            var finished = (await AgentProgram.EntriesAsync(folder.Path)).Where(e => e.GetProperty("event").GetString() == "job.finished").ToList();
            Assert.Equal([false, true], finished.Select(e => e.TryGetProperty("run_reported_before", out _)));
        }
    }

    [Fact]
    public async Task Only_known_events_may_be_asked_for()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        foreach (var (request, good) in ((string, bool)[])[
            ("{\"request\":\"audit.append\",\"params\":{\"event\":\"console.pulled\",\"actor\":\"a\",\"origin\":\"b\",\"seq\":1}}", true),
            ("{\"request\":\"audit.append\",\"params\":{\"event\":\"job.finished\",\"actor\":\"a\",\"origin\":\"b\"}}", false),
            ("{\"request\":\"nonsense\"}", false),
            ("{\"request\":7}", false),
            ("{\"request\":\"audit.append\",\"params\":{\"event\":\"crontab.edited\"}}", false),
            ("{\"request\":\"audit.append\",\"params\":{\"event\":\"crontab.edited\",\"actor\":null,\"origin\":\"b\"}}", false),
            ("{\"request\":\"audit.append\"}", false)])
        {
            Assert.Equal(good, SocketClient.Ask(folder.Socket, request).GetProperty("ok").GetBoolean());
        }

        Assert.Equal("console.pulled", (await AgentProgram.EntriesAsync(folder.Path))[^1].GetProperty("event").GetString());
    }

    [Fact]
    public async Task An_entry_that_is_asked_for_fits_whatever_its_texts_are()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var text = string.Concat(Enumerable.Repeat("🚀", 15_000));
        var members = string.Join(',', ((string[])["actor", "origin", "table", "before", "after", "diff", "reason", "hash"]).Select(n => $"\"{n}\":\"{text}\""));
        Assert.True(SocketClient.Ask(folder.Socket, $"{{\"request\":\"audit.append\",\"params\":{{\"event\":\"crontab.edited\",{members}}}}}").GetProperty("ok").GetBoolean());
        Assert.StartsWith("OK ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("</dev/null >/dev/null 2>&-")]
    [InlineData("<&- >&- 2>&-")]
    public async Task Closed_standard_streams_are_taken_by_no_file_of_the_daemon(string closed)
    {
        using var folder = new SecureFolder();
        var started = await AgentProgram.ShellAsync($"exec 3>{folder.Path}/pid; (exec \"$AGENT\" daemon --dir {folder.Path} {closed} 3>&-) & echo $! >&3");
        Assert.Equal(0, started.Code);
        var pid = (await File.ReadAllTextAsync(folder.Path + "/pid")).Trim();
        try
        {
            // The socket's file is there before anybody listens.
            await Eventually.TrueAsync(async () => (await AgentProgram.RunAsync("status", "--dir", folder.Path)).Code == 0, "the daemon listens");
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            foreach (var stream in (string[])["0", "1", "2"])
                Assert.DoesNotContain(folder.Path, new FileInfo($"/proc/{pid}/fd/{stream}").LinkTarget ?? "", StringComparison.Ordinal);
        }
        finally
        {
            await AgentProgram.ShellAsync($"kill -KILL {pid}");
            await Eventually.TrueAsync(() => ProcessFigures.Ended(int.Parse(pid)), "the daemon has ended");
        }
    }

    [Fact]
    public async Task A_second_daemon_is_refused_and_a_dead_ones_socket_is_taken_over()
    {
        using var folder = new SecureFolder();
        await using (var first = await RunningDaemon.StartAsync(folder))
        {
            var second = await AgentProgram.RunAsync("daemon", "--dir", folder.Path);
            Assert.Equal(2, second.Code);
            Assert.Contains("another daemon", second.Error, StringComparison.Ordinal);
            Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
            await first.KillAsync();
        }

        Assert.True(File.Exists(folder.Socket));
        await using var next = await RunningDaemon.StartAsync(folder);
        Assert.True(SocketClient.Ask(folder.Socket, SocketClient.Minimal).GetProperty("ok").GetBoolean());
        Assert.Equal(2, (await AgentProgram.ReportsAsync(folder.Path)).Count);
    }

    [Fact]
    public async Task An_orderly_end_is_recorded_and_leaves_no_socket()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.Equal(0, await daemon.StopAsync());
        Assert.False(File.Exists(folder.Socket));
        var entries = await AgentProgram.EntriesAsync(folder.Path);
        Assert.Equal(["audit.genesis", "agent.started", "agent.stopped", "audit.key_next", "audit.checkpoint"], entries.Select(e => e.GetProperty("event").GetString()));
        Assert.StartsWith("OK 5 ", await folder.PythonAsync(), StringComparison.Ordinal);
        var status = await AgentProgram.RunAsync("status", "--dir", folder.Path);
        Assert.Equal(1, status.Code);
        Assert.Contains("not running", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_daemon_is_small_and_sleeps()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var big = SocketClient.Minimal.Replace("\"stderr\":\"\"", $"\"stderr\":\"{new string('x', 100_000)}\"");
        for (var i = 0; i < 200; i++)
            Assert.True(SocketClient.Ask(folder.Socket, big).GetProperty("ok").GetBoolean());
        // Not compiled ahead of time it carries a compiler.
        var most = AgentProgram.Published ? 15 * 1024 : 200 * 1024;
        int Resident() => int.Parse(
            File.ReadAllLines($"/proc/{daemon.Pid}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]);
        for (var i = 0; i < 30 && (i < 12 || Resident() > most); i++)
            await Task.Delay(1_000);
        Assert.InRange(Resident(), 1_000, most);
        if (!AgentProgram.Published)
            return;
        await Task.Delay(500);
        // Woken once in ten seconds at most: it goes to sleep again once, or twice when something was to be done. Where memory is short it also
        // sleeps until pages that were taken from it are there again: not each time.
        var asleep = long.MaxValue;
        for (var i = 0; i < 4 && asleep > 4; i++)
        {
            var before = ProcessFigures.Sleeps(daemon.Pid);
            await Task.Delay(12_000);
            asleep = ProcessFigures.Sleeps(daemon.Pid).Sum(thread => thread.Value - before.GetValueOrDefault(thread.Key));
        }

        Assert.InRange(asleep, 0, 4);
    }
}
