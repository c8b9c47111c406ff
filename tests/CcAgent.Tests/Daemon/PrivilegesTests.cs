using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>What the kernel says of a daemon that is ready, of each of its threads: /proc/PID/task/*/status.</summary>
public class PrivilegesTests
{
    // CAP_DAC_READ_SEARCH; CAP_DAC_OVERRIDE.
    private const string Few = "0000000000000004", Override = "0000000000000002", None = "0000000000000000";

    [Theory]
    [InlineData("", Few, Few)]
    // As the systemd unit confines it.
    [InlineData("--no-new-privs --bounding-set -all,+dac_read_search,+linux_immutable,+setgid,+setpcap", Few, Few)]
    [InlineData("--no-new-privs --bounding-set -all,+dac_read_search", Few, Few)]
    // As a container is confined by default, which may read only what it may write too.
    [InlineData("--bounding-set -all,+chown,+dac_override,+fowner,+setgid,+setuid,+setpcap,+kill", Override, Override)]
    // Not even able to bound itself: what stays in the bound cannot be reached.
    [InlineData("--bounding-set -all,+dac_read_search,+linux_immutable,+sys_admin,+setgid", Few, "0000000000200244")]
    [InlineData("--bounding-set -all", None, None)]
    public async Task Roots_daemon_keeps_one_capability_in_all_its_threads(string confinement, string kept, string bound)
    {
        using var folder = new SecureFolder();
        await using var daemon = await RunningDaemon.StartInAsync(
            folder.Path, "/usr/bin/setpriv", [.. confinement.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--"]);
        var seen = await StatusAsync(daemon.Pid);
        Assert.Equal(
            [$"CapAmb {None}", $"CapBnd {bound}", $"CapEff {kept}", $"CapInh {None}", $"CapPrm {kept}", "Groups", "NoNewPrivs 1"], seen);
        Assert.Equal(0, (await AgentProgram.ExecAsync(folder.Path, "x", "/bin/true")).Code);
        Assert.Single(await AgentProgram.ReportsAsync(folder.Path));
    }

    [Fact]
    public async Task A_users_daemon_has_none_and_can_get_none()
    {
        using var user = new TestUser();
        await using var daemon = await RunningDaemon.StartAsAsync(user);
        var seen = await StatusAsync(daemon.Pid);
        Assert.Contains($"CapPrm {None}", seen);
        Assert.Contains($"CapEff {None}", seen);
        Assert.Contains("NoNewPrivs 1", seen);
    }

    [Fact]
    public async Task Members_of_the_group_reach_the_socket_and_others_the_spool()
    {
        using TestUser member = new(), other = new();
        using var folder = new SecureFolder();
        var group = "ccg" + member.Name[3..];
        await AgentProgram.ShellAsync($$"""chmod 0755 {{folder.Path}}; echo '{"group": "{{group}}"}' >{{folder.Path}}/settings.json""");
        TestUser.Account("/usr/sbin/groupadd", group);
        try
        {
            TestUser.Account("/usr/sbin/usermod", "-a", "-G", group, member.Name);
            await using var daemon = await RunningDaemon.StartAsync(folder);
            var seen = await AgentProgram.ShellAsync($"stat -c '%U %G %a' {folder.Socket}");
            Assert.Equal($"root {group} 660\n", seen.Output);
            var id = (await AgentProgram.ShellAsync($"getent group {group} | cut -d: -f3")).Output.Trim();
            Assert.Contains($"Groups {id}", await StatusAsync(daemon.Pid));

            // Without the spool only the socket is left.
            await AgentProgram.ShellAsync($"chmod 0700 {folder.Spool}");
            var (taken, refused) = (await ExecAsync(member, folder), await ExecAsync(other, folder));
            Assert.Equal((0, ""), (taken.Code, taken.Error));
            Assert.Equal(0, refused.Code);
            Assert.Contains("is not recorded", refused.Error, StringComparison.Ordinal);
            Assert.Equal([member.Uid], (await AgentProgram.ReportsAsync(folder.Path)).Select(report => report.GetProperty("uid").GetUInt32()));

            await AgentProgram.ShellAsync($"chmod 1733 {folder.Spool}");
            Assert.Equal((0, ""), (await ExecAsync(other, folder) is var spooled ? spooled.Code : 1, spooled.Error));
            await Eventually.TrueAsync(async () => (await AgentProgram.ReportsAsync(folder.Path)).Count == 2, "the spooled report is taken in");
        }
        finally
        {
            TestUser.Account("/usr/sbin/groupdel", group);
        }
    }

    private static Task<ProgramResult> ExecAsync(TestUser user, SecureFolder folder) =>
        AgentProgram.RunAsAsync(user, "exec", "--job-id", "x", "--socket-path", folder.Socket, "--", "/bin/true");

    // What all threads have in common: one line of each kind, or the test fails.
    private static async Task<string[]> StatusAsync(int pid)
    {
        var result = await AgentProgram.ShellAsync(
            $"grep -hE '^(Cap|NoNewPrivs|Groups)' /proc/{pid}/task/*/status 2>/dev/null | sed 's/:*[[:space:]]\\{{1,\\}}/ /g; s/ $//' | sort -u");
        return result.Output.TrimEnd('\n').Split('\n');
    }
}
