using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using CcAgent.Tests.Harness;
using Xunit;

namespace CcAgent.Tests.Exec;

/// <summary>The wrapper changes nothing that the job can see or that cron sees of it.</summary>
public class ExecTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(127)]
    [InlineData(255)]
    public async Task The_exit_code_passes_through(int code)
    {
        using var folder = new SecureFolder();
        var result = await AgentProgram.ExecAsync(folder.Path, "job", "/bin/sh", "-c", $"exit {code}");
        Assert.Equal(code, result.Code);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task A_job_ended_by_a_signal_gives_128_and_its_number()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        Assert.Equal(137, (await AgentProgram.ExecAsync(folder.Path, "job", "/bin/sh", "-c", "kill -9 $$")).Code);
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        Assert.Equal(9, report.GetProperty("signal").GetInt32());
        Assert.Equal(137, report.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task What_the_shell_would_say_of_a_missing_command_is_reported()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var missing = await AgentProgram.ExecAsync(folder.Path, "missing", "/no/such/command");
        var plain = await AgentProgram.ExecAsync(folder.Path, "plain", "/etc/passwd");
        Assert.Equal((127, 126), (missing.Code, plain.Code));
        Assert.Contains("/no/such/command", missing.Error, StringComparison.Ordinal);
        var reports = await AgentProgram.ReportsAsync(folder.Path);
        Assert.Equal([127, 126], reports.Select(r => r.GetProperty("report").GetProperty("exitCode").GetInt32()));
        Assert.Contains("/no/such/command", reports[0].GetProperty("report").GetProperty("stderr").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_and_both_outputs_pass_through_byte_for_byte()
    {
        using var folder = new SecureFolder();
        var input = new byte[300_000];
        new Random(5).NextBytes(input);
        var result = await AgentProgram.ShellAsync(
            $"\"$AGENT\" exec --job-id x --socket-path {folder.Socket} -- /bin/sh -c 'cat; printf \"to error\" >&2'", input);
        Assert.Equal(0, result.Code);
        Assert.Equal(input, result.OutputBytes);
        Assert.Equal("to error", result.Error);
    }

    [Fact]
    public async Task Arguments_that_are_not_UTF_8_pass_through()
    {
        using var folder = new SecureFolder();
        var result = await AgentProgram.ShellAsync(
            $"\"$AGENT\" exec --job-id x --socket-path {folder.Socket} -- printf '%s|%s|' \"$(printf '\\377\\376\\200')\" '' '--' -- '{"\u00fc"} %d'");
        Assert.Equal([0xff, 0xfe, 0x80, .. "||--|--|ü %d||"u8], result.OutputBytes);
    }

    [Fact]
    public async Task The_environment_passes_through_byte_for_byte()
    {
        using var folder = new SecureFolder();
        const string environment = "env -i A=1 \"$(printf 'B\\377=\\376\\n x')\" EMPTY= PATH=/usr/bin:/bin HOME=/nowhere LC_ALL=xx";
        var bare = await AgentProgram.ShellAsync($"{environment} /usr/bin/env -0");
        var wrapped = await AgentProgram.ShellAsync(
            $"{environment} \"$AGENT\" exec --job-id x --socket-path {folder.Socket} -- /usr/bin/env -0");
        Assert.Equal(bare.OutputBytes, wrapped.OutputBytes);
        Assert.Contains((byte)0xff, wrapped.OutputBytes);
    }

    [Fact]
    public async Task Directory_and_file_mode_mask_pass_through()
    {
        using var folder = new SecureFolder();
        var result = await AgentProgram.ShellAsync(
            $"cd /usr/lib; umask 027; \"$AGENT\" exec --job-id x --socket-path {folder.Socket} -- /bin/sh -c 'pwd; umask'");
        Assert.Equal("/usr/lib\n0027\n", result.Output);
        result = await AgentProgram.ShellAsync($"\"$AGENT\" exec --job-id x --workdir /usr --socket-path {folder.Socket} -- /bin/pwd");
        Assert.Equal("/usr\n", result.Output);
    }

    [Fact]
    public async Task Signals_are_as_without_a_wrapper()
    {
        using var folder = new SecureFolder();
        const string show = "grep -E '^Sig(Ign|Blk)' /proc/self/status";
        var pipe = AgentProgram.Published ? "" : "env --default-signal=PIPE ";
        foreach (var before in (string[])["", "trap '' HUP USR1; ", "exec env --default-signal=PIPE "])
        {
            // Only what is compiled ahead of time knows whether its caller ignored SIGPIPE (.NET does).
            var bare = await AgentProgram.ShellAsync($"{before}{pipe}{show}");
            var wrapped = await AgentProgram.ShellAsync(
                $"{before}{pipe}\"$AGENT\" exec --job-id x --socket-path {folder.Socket} -- {show}");
            Assert.Equal(bare.Output, wrapped.Output);
        }
    }

    [Fact]
    public async Task No_descriptor_of_the_wrapper_reaches_the_job()
    {
        using var folder = new SecureFolder();
        // The runner of the tests may leave descriptors of its own open: those are not the wrapper's, and both get them from one shell.
        var result = await AgentProgram.ShellAsync(
            $"/bin/ls /proc/self/fd; echo wrapped; \"$AGENT\" exec --job-id x --socket-path {folder.Socket} -- /bin/ls /proc/self/fd");
        var (bare, wrapped) = result.Output.Split("wrapped\n") is [var first, var second] ? (first, second) : ("", result.Output);
        Assert.Equal(bare, wrapped);
        Assert.StartsWith("0\n1\n", wrapped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_gain_no_privileges_unless_asked_for()
    {
        using var folder = new SecureFolder();
        var command = $"--socket-path {folder.Socket} -- grep NoNewPrivs /proc/self/status";
        Assert.Contains("1", (await AgentProgram.ShellAsync($"\"$AGENT\" exec --job-id x {command}")).Output, StringComparison.Ordinal);
        Assert.Contains("0", (await AgentProgram.ShellAsync($"\"$AGENT\" exec --job-id x --allow-privileges {command}")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("always", 0, "out", "err")]
    [InlineData("never", 3, "", "")]
    [InlineData("failure", 0, "", "")]
    [InlineData("failure", 3, "out", "err")]
    public async Task Mail_goes_out_by_the_policy(string policy, int code, string output, string error)
    {
        using var folder = new SecureFolder();
        var result = await AgentProgram.RunAsync(
            "exec", "--job-id", "x", "--mail", policy, "--socket-path", folder.Socket, "--", "/bin/sh", "-c", $"printf out; printf err >&2; exit {code}");
        Assert.Equal((code, output, error), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData("--mail failure", "/bin/sh -c 'head -c 200000 /dev/zero; exit 3'")]
    [InlineData("--mail failure", "/no/such/command")]
    [InlineData("--mail always", "/bin/sh -c 'echo x; exit 3'")]
    public async Task A_run_is_recorded_although_nobody_reads_what_it_is_to_be_mailed(string policy, string command)
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        // Both streams lead into a full pipe whose reader sleeps.
        var script = $"( head -c 65536 /dev/zero; exec \"$AGENT\" exec --job-id x {policy} --socket-path {folder.Socket} -- {command} ) 2>&1 "
            + $"| (n=0; until [ -e {folder.Path}/seen ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done; cat >/dev/null)";
        var running = AgentProgram.ShellAsync(script);
        await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == 1, "the report is recorded");
        await File.WriteAllTextAsync(folder.Path + "/seen", "");
        await running;
    }

    [Theory]
    [InlineData("always", "first\nlate\nlate error\n")]
    [InlineData("never", "")]
    public async Task A_wrapper_ends_with_its_job_and_what_was_left_behind_goes_on_to_write(string mail, string expected)
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var result = await AgentProgram.ShellAsync(
            $"\"$AGENT\" exec --job-id x --mail {mail} --retries 0 --socket-path {folder.Socket} -- /bin/sh -c "
            + $"'(n=0; until [ -e {folder.Path}/release ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done; echo late && sleep 0.5 && echo late error >&2 && touch {folder.Path}/written) & echo first; exit 5' >{folder.Path}/out 2>&1");
        // It has ended, though what was left behind waits.
        Assert.Equal(5, result.Code);
        Assert.False(File.Exists(folder.Path + "/written"));
        Assert.Contains("background", Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report").GetProperty("warning").GetString(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.Path + "/release", "");
        await Eventually.TrueAsync(() => File.Exists(folder.Path + "/written"), "what was left behind wrote all that it had to");
        await Eventually.TrueAsync(() => File.ReadAllText(folder.Path + "/out") == expected, "its output went on");
    }

    [Fact]
    public async Task A_job_whose_time_is_up_is_ended_with_all_that_it_started()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var mark = folder.Path + "/pid";
        var clock = Stopwatch.StartNew();
        var result = await AgentProgram.RunAsync(
            "exec", "--job-id", "slow", "--timeout", "3s", "--kill-after", "500ms", "--socket-path", folder.Socket, "--",
            "/bin/sh", "-c", $"trap '' TERM; /bin/sh -c 'trap \"\" TERM; echo $$ >{mark}; while :; do sleep 1; done' & while :; do sleep 1; done");
        Assert.Equal(137, result.Code);
        Assert.InRange(clock.Elapsed.TotalSeconds, 3.4, 60);
        var inner = int.Parse(await File.ReadAllTextAsync(mark), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => ProcessFigures.Ended(inner), "the job's child is gone");
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        Assert.True(report.GetProperty("timedOut").GetBoolean());
        // As the wrapper measured it, without what it takes to start it and to report.
        Assert.InRange(report.GetProperty("durationMs").GetInt64(), 3_400, 10_000);
    }

    [Fact]
    public async Task What_a_job_started_is_ended_although_the_job_itself_obeyed()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var mark = folder.Path + "/pid";
        var result = await AgentProgram.RunAsync(
            "exec", "--job-id", "slow", "--timeout", "3s", "--kill-after", "700ms", "--socket-path", folder.Socket, "--",
            "/bin/sh", "-c", $"/bin/sh -c 'trap \"\" TERM; echo $$ >{mark}; exec >/dev/null 2>&1; while :; do sleep 1; done' & sleep 60");
        Assert.Equal(143, result.Code);
        var inner = int.Parse(await File.ReadAllTextAsync(mark), CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(() => ProcessFigures.Ended(inner), "the job's child is gone");
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        Assert.True(report.GetProperty("timedOut").GetBoolean());
        Assert.Contains("was killed", report.GetProperty("warning").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_to_the_wrapper_reaches_the_job()
    {
        using var folder = new SecureFolder();
        var result = await AgentProgram.ShellAsync(
            $"\"$AGENT\" exec --job-id x --socket-path {folder.Socket} -- /bin/sh -c 'trap \"echo caught; exit 7\" TERM; echo ready >{folder.Path}/up; while :; do sleep 0.1; done' & "
            + $"p=$!; n=0; until [ -s {folder.Path}/up ] || [ $n -gt 1000 ]; do sleep 0.05; n=$((n+1)); done; kill -TERM $p; wait $p");
        Assert.Equal(7, result.Code);
        Assert.Contains("caught", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_holds_the_ends_the_sizes_and_the_digests_of_any_output()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var result = await AgentProgram.ExecAsync(
            folder.Path, "big", "/bin/sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' '\\001'; echo end; head -c 2000000 /dev/zero >&2");
        Assert.Equal(3_000_004, result.OutputBytes.Length);
        var line = await File.ReadAllBytesAsync(folder.LastSegment("reports"));
        Assert.InRange(line.Length, 800_000, 1024 * 1024);
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        Assert.Equal(3_000_004, report.GetProperty("stdoutBytes").GetInt64());
        Assert.Equal(2_000_000, report.GetProperty("stderrBytes").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(result.OutputBytes)), report.GetProperty("stdoutSha256").GetString());
        Assert.StartsWith("[… ", report.GetProperty("stdout").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("\u0001end\n", report.GetProperty("stdout").GetString(), StringComparison.Ordinal);
        var entry = (await AgentProgram.EntriesAsync(folder.Path))[^1];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(line.AsSpan(0, line.Length - 1))), entry.GetProperty("report_sha256").GetString());
        Assert.Equal(report.GetProperty("runId").GetString(), entry.GetProperty("run_id").GetString());
    }

    [Fact]
    public async Task What_a_job_leaves_in_the_background_keeps_its_output()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var clock = Stopwatch.StartNew();
        var run = AgentProgram.ExecAsync(
            folder.Path, "forks", "/bin/sh", "-c",
            $"echo first; (n=0; until [ -e {folder.Path}/release ] || [ $n -gt 600 ]; do sleep 0.1; n=$((n+1)); done; echo later) & exit 5");
        await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == 1, "the report is recorded");
        var reported = clock.ElapsedMilliseconds;
        await File.WriteAllTextAsync(folder.Path + "/release", "");
        var result = await run;
        Assert.Equal(5, result.Code);
        Assert.Equal("first\nlater\n", result.Output);
        var report = Assert.Single(await AgentProgram.ReportsAsync(folder.Path)).GetProperty("report");
        Assert.Equal("first\n", report.GetProperty("stdout").GetString());
        Assert.Contains("background", report.GetProperty("warning").GetString(), StringComparison.Ordinal);
        // The second for which the wrapper waited after the job's end is not the job's.
        Assert.InRange(report.GetProperty("durationMs").GetInt64(), 0, reported - 1_000);
    }

    [Fact]
    public async Task A_failure_of_the_reporting_is_said_and_changes_no_exit_code()
    {
        var result = await AgentProgram.ExecAsync("/no/such/place", "x", "/bin/sh", "-c", "echo done; exit 4");
        Assert.Equal(4, result.Code);
        Assert.Equal("done\n", result.Output);
        Assert.Contains("not recorded", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_daemon_that_hangs_costs_five_seconds_and_the_report_waits()
    {
        using var folder = new SecureFolder();
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        listener.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(folder.Socket));
        listener.Listen();
        using var closed = new SecureFolder();
        // What it takes where no daemon is at all, on a machine that is as busy.
        var beside = await SecondsAsync(closed);
        var seconds = await SecondsAsync(folder);
        beside = Math.Max(beside, await SecondsAsync(closed));
        Assert.InRange(seconds, 4.9, 7 + (4 * beside));
        Assert.Single(Directory.GetFiles(folder.Spool));

        static async Task<double> SecondsAsync(SecureFolder folder)
        {
            var clock = Stopwatch.StartNew();
            var result = await AgentProgram.ExecAsync(folder.Path, "x", "/bin/sh", "-c", "exit 6");
            Assert.Equal((6, ""), (result.Code, result.Error));
            return clock.Elapsed.TotalSeconds;
        }
    }

    [Theory]
    [InlineData("exec")]
    [InlineData("exec", "--job-id", "x")]
    [InlineData("exec", "--job-id", "x", "--")]
    [InlineData("exec", "--", "/bin/true")]
    [InlineData("exec", "--job-id", "x", "/bin/true")]
    [InlineData("exec", "--job-id", "x", "--sandbox", "read-only", "--", "/bin/true")]
    [InlineData("exec", "--job-id", "x", "--timeout", "soon", "--", "/bin/true")]
    [InlineData("exec", "--job-id", "x", "--socket-path", "relative", "--", "/bin/true")]
    [InlineData("nonsense")]
    [InlineData("status", "--nonsense")]
    public async Task A_usage_error_is_said_with_what_to_do_and_exits_with_2(params string[] arguments)
    {
        var result = await AgentProgram.RunAsync(arguments);
        Assert.Equal(2, result.Code);
        Assert.Contains("next: cc-agent", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("exec", "--help")]
    [InlineData("daemon", "--help")]
    [InlineData("serve", "--help")]
    [InlineData("report", "list", "--help")]
    [InlineData("audit", "verify", "--help")]
    [InlineData("status", "--help")]
    public async Task Each_verb_has_help(params string[] arguments)
    {
        var result = await AgentProgram.RunAsync(arguments);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains(arguments is ["--help"] ? "cc-agent exec" : "Example", result.Output, StringComparison.Ordinal);
    }
}
