using System.Diagnostics;
using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Exec;

/// <summary>What is set for a job binds it, not its wrapper, and changes nothing else for it.</summary>
public class LimitTests
{
    [Theory]
    [InlineData("--nice 7", "cut -d' ' -f19 /proc/self/stat", "7")]
    [InlineData("--umask 0137", "umask", "0137")]
    [InlineData("--limit-files 77", "ulimit -n; ulimit -Hn", "77\n77")]
    [InlineData("--limit-memory 512M", "ulimit -v; ulimit -Hv", "524288\n524288")]
    [InlineData("--limit-processes 3000", "ulimit -p; ulimit -Hp", "3000\n3000")]
    [InlineData("--limit-cpu 90s", "ulimit -t; ulimit -Ht", "90\n95")]
    [InlineData("--limit-files 70 --umask 22 --nice 3", "ulimit -n; umask; cut -d' ' -f19 /proc/self/stat", "70\n0022\n3")]
    public async Task A_limit_is_set_for_the_job(string flags, string show, string expected)
    {
        using var folder = new SecureFolder();
        var result = await ExecAsync(folder, flags, $"/bin/sh -c \"{show}\"");
        Assert.Equal((0, expected, ""), (result.Code, result.Output.Trim(), result.Error));
    }

    [Fact]
    public async Task A_job_that_takes_too_much_fails_and_its_run_is_recorded()
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartAsync(folder);
        var memory = await ExecAsync(folder, "--limit-memory 64M", "/bin/sh -c 'head -c 200000000 /dev/zero | tail -c 150000000 | wc -c'");
        Assert.Contains("memory exhausted", memory.Error, StringComparison.Ordinal);
        var clock = Stopwatch.StartNew();
        var processor = await ExecAsync(folder, "--limit-cpu 1s", "/bin/sh -c 'while :; do :; done'");
        Assert.Equal(128 + 24, processor.Code);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0.5, 60);
        Assert.Equal(2, (await AgentProgram.ReportsAsync(folder.Path)).Count);
    }

    [Fact]
    public async Task All_else_is_as_without_limits()
    {
        using var folder = new SecureFolder();
        const string show = "/bin/sh -c 'cat; grep -E \"^(Sig(Ign|Blk|Cgt)|Cap|NoNewPrivs|Umask)\" /proc/self/status; ls /proc/self/fd; pwd; env -0; printf \"<%s>\" \"$@\"; echo err >&2; exit 9' - 'a b' ''";
        var bytes = "some input"u8.ToArray();
        var plain = await ExecAsync(folder, "", show, bytes);
        var limited = await ExecAsync(folder, "--nice 0 --limit-files 4096", show, bytes);
        Assert.Equal((9, plain.Output, plain.Error), (limited.Code, limited.Output, limited.Error));
    }

    [Fact]
    public async Task A_limit_that_cannot_be_set_keeps_the_job_from_beginning()
    {
        using var user = new TestUser();
        var result = await AgentProgram.RunAsAsync(
            user, "exec", "--job-id", "x", "--nice", "-5", "--", "/bin/sh", "-c", "echo ran");
        Assert.Equal(126, result.Code);
        Assert.DoesNotContain("ran", result.Output, StringComparison.Ordinal);
        Assert.Contains("the command was not started: --nice -5: Permission denied", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/command", 127)]
    [InlineData("/etc/passwd", 126)]
    public async Task A_command_that_cannot_be_run_is_said(string command, int code)
    {
        using var folder = new SecureFolder();
        var result = await ExecAsync(folder, "--nice 1 --limit-memory 100M", command);
        Assert.Equal(code, result.Code);
        Assert.Contains($"cannot run {command}: ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--nice", "20", "a number from -20 to 19")]
    [InlineData("--umask", "8", "an octal number")]
    [InlineData("--umask", "1000", "an octal number")]
    [InlineData("--limit-memory", "lots", "a size")]
    [InlineData("--limit-memory", "12K", "a size")]
    [InlineData("--limit-memory", "99999999999T", "a size")]
    [InlineData("--limit-files", "2", "a number from 4")]
    [InlineData("--limit-cpu", "10ms", "a time")]
    [InlineData("--limit-processes", "0", "a number from 1")]
    [InlineData("--retries", "-1", "a number from 0 to 100")]
    [InlineData("--retry-delay", "soon", "a time")]
    [InlineData("--overlap", "perhaps", "allow, skip or queue")]
    public async Task A_value_that_means_nothing_is_refused_in_words(string flag, string value, string wanted)
    {
        var result = await AgentProgram.RunAsync("exec", "--job-id", "x", flag, value, "--", "/bin/true");
        Assert.Equal(2, result.Code);
        Assert.Contains($"{flag} must be {wanted}", result.Error, StringComparison.Ordinal);
    }

    private static Task<ProgramResult> ExecAsync(SecureFolder folder, string flags, string command, byte[]? input = null) =>
        AgentProgram.ShellAsync($"\"$AGENT\" exec --job-id x {flags} --socket-path {folder.Socket} -- {command}", input);
}
