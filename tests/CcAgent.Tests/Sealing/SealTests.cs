using System.Globalization;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Sealing;

/// <summary>
/// Who can do what to the log of root's agent. The published agent has a process that makes it append-only; the build that is
/// tested beside it has none, and says so.
/// </summary>
public class SealTests
{
    private const string NotHere = "the append-only attribute is set by an agent that was compiled ahead of time alone";

    // CAP_LINUX_IMMUTABLE alone; CAP_DAC_READ_SEARCH alone.
    private const string Immutable = "0000000000000200", ReadSearch = "0000000000000004";

    [Fact]
    public async Task The_daemon_cannot_take_the_attribute_away_and_the_process_that_sets_it_is_small_and_ends_with_it()
    {
        await using var log = await SealedLog.StartAsync();
        if (!AgentProgram.Published)
        {
            Assert.Contains(NotHere, log.Daemon.Said, StringComparison.Ordinal);
            Assert.Equal(NotHere, (await AgentProgram.EntriesAsync(log.Path)).First(IsStart).GetProperty("append_only").GetString());
            return;
        }

        Assert.Equal(["CapAmb 0000000000000000", $"CapBnd {ReadSearch}", $"CapEff {ReadSearch}", "CapInh 0000000000000000", $"CapPrm {ReadSearch}", "NoNewPrivs 1"], await StatusAsync(log.Daemon.Pid));
        var sealer = log.Sealer;
        Assert.Equal(["CapAmb 0000000000000000", $"CapBnd {Immutable}", $"CapEff {Immutable}", "CapInh 0000000000000000", $"CapPrm {Immutable}", "NoNewPrivs 1"], await StatusAsync(sealer));
        var lines = await File.ReadAllLinesAsync($"/proc/{sealer}/status", TestContext.Current.CancellationToken);
        Assert.Contains("Name:\tcc-agent-seal", lines);
        Assert.Contains("Threads:\t1", lines);
        var resident = int.Parse(lines.First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        Assert.True(resident < 1024, $"{resident} kB are resident");

        Assert.True(await SealedLog.IsSealedAsync(log.Audit));
        Assert.True(await SealedLog.IsSealedAsync(log.LastSegment));
        Assert.Equal("on", (await AgentProgram.EntriesAsync(log.Path)).First(IsStart).GetProperty("append_only").GetString());
        Assert.Contains("append-only  on", (await AgentProgram.RunAsync("status", "--dir", log.Path)).Output, StringComparison.Ordinal);

        await log.Daemon.KillAsync();
        await Eventually.TrueAsync(() => ProcessFigures.Ended(sealer), "the process that seals ends with the daemon", 60);
        // What one that was killed left unsealed, the next one seals.
        await AgentProgram.ShellAsync($"chattr -R -a {log.Audit}");
        await log.RestartAsync();
        Assert.True(await SealedLog.IsSealedAsync(log.Audit));
        Assert.True(await SealedLog.IsSealedAsync(log.LastSegment));
    }

    [Fact]
    public async Task Case_22_a_job_can_neither_read_change_remove_nor_forge_an_entry_nor_root_without_the_capability_rewrite_one_and_it_is_OK()
    {
        await using var log = await SealedLog.StartAsync();
        using var user = new TestUser();
        await AgentProgram.ShellAsync($"chmod 0755 {log.Path} {log.Path}/..");
        Assert.Equal(0, (await AgentProgram.ExecAsync(log.Path, "honest", "/bin/true")).Code);
        var before = (await AgentProgram.EntriesAsync(log.Path)).Count;

        // The job as its own user: it may not even look. What it sends is told as its own.
        string[] asUser = ["/usr/bin/setpriv", .. user.SetPrivileges];
        foreach (var attempt in Attempts(log).Append($"cat {log.Audit}/*").Append($"ls {log.Audit}").Append($"ls {log.Path}/audit-state"))
            Assert.False(await SucceedsAsync(asUser, attempt), "the job's user could: " + attempt);
        await AgentProgram.ShellAsync($"chmod 0666 {log.Socket}");
        Assert.Contains("\"ok\":false", await ToldAsync(asUser, log, SocketClient.Minimal), StringComparison.Ordinal);
        Assert.Contains("may not write audit entries", await ToldAsync(asUser, log, """{"request":"audit.append","params":{"event":"console.pulled","actor":"a","origin":"b"}}"""), StringComparison.Ordinal);
        Assert.Contains("not a request that the daemon knows", await ToldAsync(asUser, log, """{"request":"audit.remove"}"""), StringComparison.Ordinal);

        // Root as the daemon itself is, and root with all but the one capability.
        if (AgentProgram.Published)
        {
            foreach (var confined in (string[][])[["--no-new-privs", "--bounding-set=-all,+dac_read_search", "--"], ["--bounding-set=-linux_immutable", "--"]])
            {
                foreach (var attempt in Attempts(log))
                    Assert.False(await SucceedsAsync(["/usr/bin/setpriv", .. confined], attempt), $"root ({confined[0]}) could: {attempt}");
                // Nor by way of the process that may.
                foreach (var attempt in (string[])[$"head -c 1 /proc/{log.Sealer}/mem", $"ls -l /proc/{log.Sealer}/fd/"])
                    Assert.False(confined[0] == "--no-new-privs" && await SucceedsAsync(["/usr/bin/setpriv", .. confined], attempt), "the daemon could: " + attempt);
            }
        }

        Assert.Equal(0, (await AgentProgram.RunAsync("audit", "verify", "--dir", log.Path)).Code);
        Assert.StartsWith("OK ", await SecureFolder.PythonAsync(log.Path), StringComparison.Ordinal);
        // What was tried through the socket is on record, with who it was.
        var after = (await AgentProgram.EntriesAsync(log.Path))[before..];
        Assert.All(after.Where(entry => entry.GetProperty("event").GetString() == "report.rejected"), entry => Assert.Equal(user.Uid, entry.GetProperty("uid").GetUInt32()));
        Assert.Equal(2, after.Count(entry => entry.GetProperty("event").GetString() == "report.rejected"));
    }

    [Fact]
    public async Task The_process_that_seals_removes_nothing_of_which_the_log_does_not_tell()
    {
        await using var log = await SealedLog.StartAsync();
        if (!AgentProgram.Published)
        {
            Assert.False(await SealedLog.IsSealedAsync(log.Audit));
            return;
        }

        // Through the daemon's own socket to it, as one who has taken the daemon over: forged evidence in the daemon's reach.
        var forged = $"{log.Audit}/{5:D20}.jsonl";
        const string prune = "{\"event\": \"audit.prune\", \"first\": 0, \"last\": 1, \"of\": \"audit\"}\n", less = "{\"console_seq\": 0, \"event\": \"console.pulled\"}\n",
            held = "{\"console_seq\": 1, \"event\": \"console.pulled\"}\n", one = "{\"event\": \"audit.prune\", \"first\": 0, \"last\": 0, \"of\": \"audit\"}\n";
        var recovered = $"{{\"event\": \"audit.recovered\", \"offset\": 1000000, \"segment\": \"{0:D20}.jsonl\"}}\n";
        await File.WriteAllTextAsync(forged, "x\n" + prune + less + held + one + recovered, TestContext.Current.CancellationToken);
        var (lessAt, heldAt) = (2 + prune.Length, 2 + prune.Length + less.Length);
        var by = $"{5:D20}.jsonl";
        var first = $"{0:D20}.jsonl";
        string[] requests =
        [
            $"remove {first} {by} 2 {by} {heldAt}", $"remove {first} {first} 0 {by} {heldAt}", $"remove ../settings.json {by} 2 {by} {heldAt}", $"remove {first}", "remove", "seal ..",
            "seal ../settings.json", $"remove {first} {by} 2 {first} 0", $"remove {first} {by} 2 ../settings.json 0", $"remove {first} {by} 2 {by} {heldAt} x",
            "seal /etc/passwd", $"seal {first} x", "", new string('x', 250),
        ];
        var answers = await AskAsync(log, requests);
        Assert.All(answers, answer => Assert.NotEqual("0", answer));
        Assert.True(File.Exists($"{log.Audit}/{first}"));
        Assert.False(await SealedLog.IsSealedAsync(log.Path + "/settings.json"));

        // The same once it can be changed no more: then it is what the log says for good. Nor does what it says of the first entry give up the second.
        var oneAt = heldAt + held.Length;
        var tornAt = oneAt + one.Length;
        Assert.Equal(
            ["0", "74", "74", "74", "22", "22", "74", "22", "74", "74", "0"],
            await AskAsync(log, [$"seal {by}", $"remove {first} {by} {oneAt} {by} {lessAt}", $"remove {first} {by} {oneAt} {by} {lessAt} {by} {tornAt}",
                $"remove {first} {by} {oneAt} {by} {lessAt} {by} 2", $"remove {first} {by} {oneAt} {by} {lessAt} {first} 0", $"remove {first} {by} {oneAt} {by} {lessAt} {by}",
                $"remove {first} {by} 1 {by} {heldAt}", $"remove {first} {by} 2", $"remove {first} {by} 2 {by} 2", $"remove {first} {by} 2 {by} {lessAt}",
                $"remove {first} {by} 2 {by} {heldAt}"]));
        Assert.False(File.Exists($"{log.Audit}/{first}"));
        Assert.True(await SealedLog.IsSealedAsync(log.Audit));
    }

    private static bool IsStart(System.Text.Json.JsonElement entry) => entry.GetProperty("event").GetString() == "agent.started";

    private static IEnumerable<string> Attempts(SealedLog log)
    {
        var segment = log.LastSegment;
        return
        [
            $": >{segment}", $"truncate -s 10 {segment}", $"printf x | dd of={segment} conv=notrunc 2>/dev/null", $"sed -i s/0/1/ {segment}", $"rm -f {segment}", $"mv {segment} {segment}.old",
            $"ln {segment} {log.Path}/other", $"chattr -a {segment}", $"chattr -a {log.Audit}", $"mv {log.Audit} {log.Path}/gone", $"rm -rf {log.Audit}", $"chmod 0777 {segment}", $"chown nobody {segment}",
        ];
    }

    private static async Task<bool> SucceedsAsync(string[] through, string script) =>
        (await ProgramRun.RunAsync(through[0], [.. through[1..], "/bin/sh", "-c", script], directory: "/")).Code == 0;

    private static string Tell(SealedLog log, string request) =>
        $"python3 -c 'import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(sys.argv[2].encode()); print(s.makefile().read())' {log.Socket} '{request.Trim().Replace("\\n", "", StringComparison.Ordinal)}'";

    private static async Task<string> ToldAsync(string[] through, SealedLog log, string request) =>
        (await ProgramRun.RunAsync(through[0], [.. through[1..], "/bin/sh", "-c", Tell(log, request)], directory: "/")).Output;

    // Takes a copy of the daemon's end (pidfd_getfd(2)) and asks; the answers are numbers.
    private static async Task<string[]> AskAsync(SealedLog log, string[] requests)
    {
        const string script = """
            import ctypes, os, socket, struct, sys
            pid, libc = int(sys.argv[1]), ctypes.CDLL(None, use_errno=True)
            handle = libc.syscall(434, pid, 0)
            for name in os.listdir(f"/proc/{pid}/fd"):
                fd = libc.syscall(438, handle, int(name), 0)
                try:
                    s = socket.socket(fileno=fd)
                    if s.family == socket.AF_UNIX and s.type == socket.SOCK_SEQPACKET: break
                except OSError:
                    pass
            for request in sys.argv[2:]:
                s.send(request.encode() or b"\0")
                print(struct.unpack("i", s.recv(4))[0])
            """;
        var result = await ProgramRun.RunAsync("/usr/bin/env", ["python3", "-c", script, log.Daemon.Pid.ToString(CultureInfo.InvariantCulture), .. requests]);
        Assert.True(result.Code == 0, result.ToString());
        return result.Output.TrimEnd('\n').Split('\n');
    }

    private static async Task<string[]> StatusAsync(int pid)
    {
        var result = await AgentProgram.ShellAsync($"grep -hE '^(Cap|NoNewPrivs)' /proc/{pid}/task/*/status 2>/dev/null | sed 's/:*[[:space:]]\\{{1,\\}}/ /g; s/ $//' | sort -u");
        return result.Output.TrimEnd('\n').Split('\n');
    }
}
