using System.Globalization;
using CcAgent.Tests.Harness;
using CcConsole.Core;
using CcConsole.Core.Services;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Services;

/// <summary>What keeps the daemon going, as the supervisors' own tools see it, and the container's entry as it runs.</summary>
public class ServiceTextTests
{
    [Theory]
    [InlineData("systemd", "--system")]
    [InlineData("user", "--user")]
    public async Task Systemd_finds_nothing_wrong_with_a_unit(string kind, string manager)
    {
        using var folder = new SecureFolder();
        await WriteAsync(kind, folder.Path + "/cc-agent.service");
        // The manager of a user wants a folder for its own files.
        var result = await AgentProgram.ShellAsync(
            $"XDG_RUNTIME_DIR={folder.Path} systemd-analyze {manager} verify --man=no {folder.Path}/cc-agent.service");
        Assert.Equal((0, ""), (result.Code, result.Error));
    }

    [Fact]
    public async Task Systemd_rates_the_hosts_unit_as_little_exposed()
    {
        using var folder = new SecureFolder();
        await WriteAsync("systemd", folder.Path + "/cc-agent.service");
        var result = await AgentProgram.ShellAsync($"systemd-analyze security --offline=true --no-pager {folder.Path}/cc-agent.service");
        var rating = result.Output.Split('\n').Single(line => line.Contains("Overall exposure level", StringComparison.Ordinal));
        var number = rating.Split(": ")[1].Split(' ')[0];
        Assert.True(double.Parse(number, CultureInfo.InvariantCulture) <= 2.0, result.Output);
    }

    [Theory]
    [InlineData("openrc", "-e SC2034")] // The variables are for openrc-run.
    [InlineData("run", "")]
    [InlineData("container", "")]
    public async Task Shellcheck_finds_nothing_wrong_with_a_script(string kind, string options)
    {
        using var folder = new SecureFolder();
        await WriteAsync(kind, folder.Path + "/script");
        var result = await AgentProgram.ShellAsync($"sh -n {folder.Path}/script && shellcheck -s sh {options} {folder.Path}/script");
        Assert.Equal((0, "", ""), (result.Code, result.Output, result.Error));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cc-agent")]
    [InlineData("/")]
    [InlineData("/opt/my agent")]
    [InlineData("/opt/100%/cc-agent")]
    [InlineData("/opt/$HOME/cc-agent")]
    [InlineData("/opt/'/cc-agent")]
    [InlineData("/opt/a;b")]
    [InlineData("/opt/a\nExecStartPre=/bin/evil")]
    public void A_path_that_a_supervisor_would_take_otherwise_is_refused(string agent)
    {
        Func<string, string>[] texts =
            [ServiceText.Systemd, ServiceText.SystemdUser, ServiceText.OpenRc, ServiceText.RunScript, ServiceText.ContainerEntry, ServiceText.RebootCommand];
        foreach (var text in texts)
            Assert.Throws<ProblemException>(() => text(agent));
    }

    [Fact]
    public async Task The_agent_prints_the_text_for_itself_or_for_a_named_path()
    {
        Assert.Equal($"@reboot exec {AgentProgram.Path} daemon </dev/null >/dev/null 2>&1\n", (await AgentProgram.RunAsync("unit", "reboot")).Output);
        Assert.Equal(ServiceText.Systemd("/usr/local/bin/cc-agent"), (await AgentProgram.RunAsync("unit", "systemd", "--agent", "/usr/local/bin/cc-agent")).Output);
        var wrong = await AgentProgram.RunAsync("unit", "sysvinit");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("unknown supervisor sysvinit", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_container_entry_runs_cron_beside_the_agent_and_ends_with_its_code()
    {
        var lines = await ContainerAsync("""
            sh /var/lib/entry sh -c '
                n=0; until "$AGENT" status >/dev/null 2>&1 || [ $n -gt 1000 ]; do sleep 0.05; n=$((n+1)); done
                "$AGENT" exec --job-id a -- /bin/true; exit 7'; echo "ended: $?"
            """);
        Assert.Equal("ended: 7", lines[0]);
        Assert.Equal(["job.finished", "agent.stopped", "runs: 1"], lines[1..4]);
    }

    [Fact]
    public async Task The_container_entry_starts_a_daemon_that_died_again_and_passes_the_end_on()
    {
        var lines = await ContainerAsync("""
            sh /var/lib/entry sh -c 'trap "exit 5" TERM; while :; do sleep 0.1; done' & entry=$!
            until_started() { n=0; until [ "$("$AGENT" audit show --json 2>/dev/null | grep -c agent.started)" = "$1" ] && "$AGENT" status >/dev/null || [ $n -gt 1000 ]; do sleep 0.05; n=$((n+1)); done; }
            until_started 1
            kill -9 "$("$AGENT" status --json | sed 's/.*"pid":\([0-9]*\).*/\1/')"
            until_started 2
            kill "$entry"; wait "$entry"; echo "ended: $?"
            """);
        Assert.Equal(["ended: 5", "agent.started", "agent.stopped", "runs: 0"], lines[..4]);
    }

    // In a mount namespace of its own: the machine's own /var/lib stays as it is. After it the chain's last two events of agent and jobs: the tables that the watch sees are other tests' too.
    private static async Task<string[]> ContainerAsync(string script)
    {
        var all = $"""
            mount -t tmpfs -o mode=0755 tmpfs /var/lib || exit 9
            "$AGENT" unit container >/var/lib/entry
            {script}
            "$AGENT" audit show --json | sed 's/.*"event": *"\([a-z._]*\)".*/\1/' | grep '^\(agent\|job\)[.]' | tail -2
            echo "runs: $("$AGENT" report list --json | wc -l)"
            """;
        var result = await ProgramRun.RunAsync(
            "/usr/bin/unshare", ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", all],
            new Dictionary<string, string?> { ["AGENT"] = AgentProgram.Path }, directory: "/");
        Assert.True(result.Code == 0, result.ToString());
        return result.Output.Split('\n');
    }

    private static async Task WriteAsync(string kind, string path)
    {
        var result = await AgentProgram.RunAsync("unit", kind);
        Assert.Equal((0, ""), (result.Code, result.Error));
        await File.WriteAllBytesAsync(path, result.OutputBytes);
    }
}
