using System.Text.Json;
using CcAgent.Tests.Harness;
using CcConsole.Core.Reports;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>Runs while nobody receives: kept, taken in in their order, once.</summary>
public class SpoolTests
{
    [Fact]
    public async Task What_waited_is_taken_in_at_the_start_in_the_order_of_the_runs()
    {
        using var folder = new SecureFolder();
        for (var i = 0; i < 5; i++)
            Assert.Equal(i, (await AgentProgram.ExecAsync(folder.Path, $"job{i}", "/bin/sh", "-c", $"exit {i}")).Code);
        Assert.Equal(5, Directory.GetFiles(folder.Spool).Length);
        Assert.All(Directory.GetFiles(folder.Spool), f => Assert.Equal((UnixFileMode)0x180, File.GetUnixFileMode(f)));
        await AgentProgram.ShellAsync($"chmod 1733 {folder.Spool}");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.Equal(["job0", "job1", "job2", "job3", "job4"], Jobs(await AgentProgram.ReportsAsync(folder.Path)));
        Assert.Empty(Directory.GetFiles(folder.Spool));
        Assert.StartsWith("OK 7 ", await folder.PythonAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_recorded_before_a_crash_and_lies_in_the_spool_still_is_recorded_once()
    {
        using var folder = new SecureFolder();
        await AgentProgram.ExecAsync(folder.Path, "first", "/bin/true");
        await AgentProgram.ExecAsync(folder.Path, "second", "/bin/true");
        var copy = folder.Path + "/copy";
        await AgentProgram.ShellAsync($"cp -p -r {folder.Spool} {copy}; chmod 1733 {folder.Spool}");
        for (var i = 0; i < 3; i++)
        {
            await using var daemon = await RunningDaemon.StartAsync(folder);
            Assert.Equal(["first", "second"], Jobs(await AgentProgram.ReportsAsync(folder.Path)));
            await daemon.KillAsync();
            await AgentProgram.ShellAsync($"cp -p {copy}/* {folder.Spool}/");
        }

        Assert.Equal(2, (await AgentProgram.EntriesAsync(folder.Path)).Count(e => e.GetProperty("event").GetString() == "job.finished"));
    }

    [Fact]
    public async Task What_anyone_puts_into_the_spool_under_other_names_goes_and_what_is_being_written_stays()
    {
        using var folder = new SecureFolder();
        await AgentProgram.ExecAsync(folder.Path, "first", "/bin/true");
        await AgentProgram.ShellAsync($"cd {folder.Spool} && chmod 1733 .; touch junk .hidden 'a b' 1.json.part; ln -s /etc/passwd link; mkdir empty; mkdir -p folder/full");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.Equal(["first"], Jobs(await AgentProgram.ReportsAsync(folder.Path)));
        Assert.Equal(["1.json.part", "folder"], Directory.GetFileSystemEntries(folder.Spool).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.True(File.Exists("/etc/passwd"));
    }

    [Fact]
    public async Task Which_runs_are_known_is_looked_up_no_further_back_than_the_spooled_file_can_reach()
    {
        using var folder = new SecureFolder();
        var report = SocketClient.Minimal.TrimEnd()[..^1] + ",\"runId\":\"r\"}";
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.True(SocketClient.Ask(folder.Socket, report).GetProperty("ok").GetBoolean());
        // The run says that it began long ago; its file is of today, the one that is known too.
        await File.WriteAllTextAsync(folder.Spool + "/1.json", report);
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
        // Recorded two days before the file was made: another run, whatever its id says.
        var segment = folder.LastSegment("reports");
        var line = await File.ReadAllTextAsync(segment);
        var received = JsonDocument.Parse(line).RootElement.GetProperty("received").GetInt64();
        await File.WriteAllTextAsync(segment, line.Replace($"{received}", $"{received - 172_800_000_000}", StringComparison.Ordinal));
        await File.WriteAllTextAsync(folder.Spool + "/2.json", report);
        await using (var daemon = await RunningDaemon.StartAsync(folder))
            Assert.Equal(2, (await AgentProgram.ReportsAsync(folder.Path)).Count);
    }

    [Fact]
    public async Task A_running_daemon_notices_what_comes_into_the_spool()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        File.Move(folder.Socket, folder.Socket + ".away");
        Assert.Equal((0, ""), (await AgentProgram.ExecAsync(folder.Path, "x", "/bin/true")) is var r ? (r.Code, r.Error) : default);
        await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == 1, "the report is taken in");
        // It goes when its entry is on disk too.
        await Eventually.TrueAsync(() => Directory.GetFiles(folder.Spool).Length == 0, "it is gone from the spool");
    }

    [Fact]
    public async Task Roots_spool_takes_users_reports_by_the_files_owner()
    {
        using var user = new TestUser();
        using var folder = new SecureFolder();
        await AgentProgram.ShellAsync($"chmod 0755 {folder.Path}");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        // The socket is not for this user, the spool is.
        var exec = await AgentProgram.RunAsAsync(user, "exec", "--job-id", "theirs", "--socket-path", folder.Socket, "--", "/bin/sh", "-c", "exit 3");
        Assert.Equal((3, ""), (exec.Code, exec.Error));
        await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == 1, "the report is taken in");
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
        Assert.Equal(user.Uid, report.GetProperty("uid").GetUInt32());
        // Its entry comes after it, and then it goes.
        await Eventually.TrueAsync(() => Directory.GetFiles(folder.Spool).Length == 0, "it is gone from the spool");
        Assert.Equal(user.Name, (await AgentProgram.EntriesAsync(folder.Path))[^1].GetProperty("user").GetString());

        // It shows what lies in it to nobody, and takes nothing in another's name.
        var list = await ProgramRun.RunAsync("/usr/bin/setpriv", [.. user.SetPrivileges, "/bin/ls", folder.Spool], directory: "/");
        Assert.NotEqual(0, list.Code);
        var forged = await ProgramRun.RunAsync(
            "/usr/bin/setpriv", [.. user.SetPrivileges, "/bin/sh", "-c", "cat >$0/x.part; mv $0/x.part $0/x.json", folder.Spool],
            input: System.Text.Encoding.UTF8.GetBytes(SocketClient.Minimal), directory: "/");
        Assert.Equal(0, forged.Code);
        await Eventually.TrueAsync(
            async () => (await AgentProgram.EntriesAsync(folder.Path))[^1].GetProperty("event").GetString() == "report.rejected", "the forged report is refused");
        await Eventually.TrueAsync(() => Directory.GetFiles(folder.Spool).Length == 0, "the forged report is gone");
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
    }

    [Fact]
    public async Task Links_and_rubbish_in_the_spool_are_refused_and_read_nothing_else()
    {
        using var folder = new SecureFolder();
        await AgentProgram.ShellAsync(
            $"cd {folder.Path}; mkdir -m 1733 spool; printf '%s' '{SocketClient.Minimal.Replace("\\n", "")}' >good; ln -s ../good spool/1.json; ln good spool/2.json; "
            + "mkfifo spool/3.json; printf rubbish >spool/4.json; head -c 2000000 /dev/zero >spool/5.json; printf x >spool/6.part");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.Empty(await AgentProgram.ReportsAsync(folder.Path));
        Assert.Equal(5, (await AgentProgram.EntriesAsync(folder.Path)).Count(e => e.GetProperty("event").GetString() == "report.rejected"));
        Assert.Equal([folder.Spool + "/6.part"], Directory.GetFileSystemEntries(folder.Spool));
        Assert.True(File.Exists(folder.Path + "/good"));
    }

    [Fact]
    public async Task What_others_may_write_to_is_nobodys_word()
    {
        using var folder = new SecureFolder();
        await AgentProgram.ShellAsync(
            $"cd {folder.Path}; mkdir -m 1733 spool; printf '%s' '{SocketClient.Minimal.Replace("\n", "")}' >spool/1.json; cp spool/1.json spool/2.json; cp spool/1.json spool/3.json; "
            + "printf '{}' >spool/4.run; chmod 0644 spool/1.json; chmod 0666 spool/2.json spool/4.run; chmod 0620 spool/3.json");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
        await Eventually.TrueAsync(() => Directory.GetFileSystemEntries(folder.Spool).Length == 0, "all is taken away");
        Assert.Equal(3, (await AgentProgram.EntriesAsync(folder.Path)).Count(
            e => e.GetProperty("event").GetString() == "report.rejected" && e.GetProperty("reason").GetString()!.Contains("others than its owner", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_heap_of_large_rubbish_is_refused_without_being_held_all_at_once()
    {
        using var folder = new SecureFolder();
        await AgentProgram.ShellAsync(
            $"cd {folder.Path}; mkdir -m 1733 spool; for i in $(seq 150); do head -c 1000000 /dev/zero >spool/$i.json; done");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        await Eventually.TrueAsync(() => Directory.GetFiles(folder.Spool).Length == 0, "the rubbish is gone");
        var most = File.ReadLines($"/proc/{daemon.Pid}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        Assert.InRange(int.Parse(most.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture), 1, 110 * 1024);
    }

    [Fact]
    public async Task A_report_as_deep_as_may_be_ends_no_daemon_and_is_told_from_others()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        string Deep(string run) => SocketClient.Minimal.TrimEnd()[..^1]
            + $",\"deep\":{new string('[', ReportLimits.MaxDepth - 1)}{new string(']', ReportLimits.MaxDepth - 1)},\"runId\":\"{run}\"}}";
        Assert.True(SocketClient.Ask(folder.Socket, Deep("one")).GetProperty("ok").GetBoolean());
        await daemon.KillAsync();
        await File.WriteAllTextAsync(folder.Spool + "/1.json", Deep("one"));
        await File.WriteAllTextAsync(folder.Spool + "/2.json", Deep("two"));
        await using var again = await RunningDaemon.StartAsync(folder);
        Assert.Equal(2, (await AgentProgram.EntriesAsync(folder.Path)).Count(e => e.GetProperty("event").GetString() == "job.finished"));
        var list = (await AgentProgram.RunAsync("report", "list", "--dir", folder.Path)).Output;
        Assert.Equal(2, list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => line.Contains("foreign", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_cannot_be_a_report_is_refused_once_in_its_owners_name_and_put_out_of_the_way()
    {
        using var user = new TestUser();
        using var folder = new SecureFolder();
        await AgentProgram.ShellAsync($"chmod 0755 {folder.Path}");
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var script = "mkdir -p $0/1.part/full; mv $0/1.part $0/1.json; ln -s /proc/self/root $0/2.json; mkfifo $0/3.json; "
            + "printf x >\"$0/$(printf '4\\033[2J\\377').json\"; : >$0/5.part; mv $0/5.part $0/5.json";
        var made = await ProgramRun.RunAsync("/usr/bin/setpriv", [.. user.SetPrivileges, "/bin/sh", "-c", script, folder.Spool], directory: "/");
        Assert.Equal((0, ""), (made.Code, made.Error));
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(folder.Spool + "/6.json"));
        for (var i = 7; i < 9; i++)
        {
            File.Move(folder.Socket, folder.Socket + ".away");
            await AgentProgram.ExecAsync(folder.Path, "x", "/bin/true");
            File.Move(folder.Socket + ".away", folder.Socket);
            await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == i - 6, "the report is taken in");
        }

        var aside = Directory.GetDirectories(folder.Spool, "1.json.*.refused");
        // .NET cannot remove a name that is not UTF-8.
        await AgentProgram.ShellAsync($"rm -f {folder.Spool}/4*");
        var refused = (await AgentProgram.EntriesAsync(folder.Path)).Where(e => e.GetProperty("event").GetString() == "report.rejected").ToList();
        Assert.Equal(4, refused.Count(e => e.GetProperty("uid").GetUInt32() == user.Uid));
        Assert.Equal(5, refused.Count);
        Assert.True(Directory.Exists(Assert.Single(aside) + "/full"));
        Assert.DoesNotContain('\u001b', daemon.Said);
    }

    private static IEnumerable<string?> Jobs(IEnumerable<System.Text.Json.JsonElement> reports) =>
        reports.Select(r => r.GetProperty("report").GetProperty("jobId").GetString());
}
