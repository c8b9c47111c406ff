using CcAgent.Tests.Harness;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcAgent.Tests.Daemon;

/// <summary>Every directory that others could have a hand in is refused, by the daemon and by its clients.</summary>
public class SecurePlacesTests
{
    [Fact]
    public async Task A_client_does_not_talk_to_a_socket_that_another_user_serves()
    {
        using var user = new TestUser();
        using var folder = new SecureFolder();
        await AgentProgram.ShellAsync($"chmod 0711 {folder.Path}; mkdir -m 0700 {folder.Path}/theirs; chown {user.Name}: {folder.Path}/theirs");
        await using var daemon = await RunningDaemon.StartAsAsync(user, "--dir", folder.Path + "/theirs");
        var result = await AgentProgram.ExecAsync(folder.Path + "/theirs", "x", "/bin/sh", "-c", "exit 8");
        Assert.Equal(8, result.Code);
        Assert.Contains($"is owned by {user.Name}", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_user_mode_the_socket_lies_in_a_directory_of_the_user_alone()
    {
        using var user = new TestUser();
        await using (var daemon = await RunningDaemon.StartAsAsync(user))
        {
            Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(user.SocketFolder));
            Assert.Equal((UnixFileMode)0x1B0, File.GetUnixFileMode(user.SocketFolder + "/cc-agent.sock"));
            Assert.Equal((UnixFileMode)0x1E8, File.GetUnixFileMode(user.Data + "/audit"));
            Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(user.Data + "/audit-state"));
            Assert.Equal(3, (await AgentProgram.RunAsAsync(user, "exec", "--job-id", "mine", "--", "/bin/sh", "-c", "exit 3")).Code);
            Assert.Equal(0, await daemon.StopAsync());
            Assert.False(File.Exists(user.SocketFolder + "/cc-agent.sock"));
        }

        // While the daemon is away the run waits at home, since /tmp does not outlast a boot.
        Assert.Equal(0, (await AgentProgram.RunAsAsync(user, "exec", "--job-id", "later", "--", "/bin/true")).Code);
        Assert.Single(Directory.GetFiles(user.Data + "/spool"));
        Directory.Delete(user.SocketFolder, recursive: true);
        Assert.Equal(0, (await AgentProgram.RunAsAsync(user, "exec", "--job-id", "last", "--", "/bin/true")).Code);
        await using var again = await RunningDaemon.StartAsAsync(user);
        var reports = AgentProgram.Lines((await AgentProgram.RunAsAsync(user, "report", "list", "--json")).Output);
        Assert.Equal(["mine", "later", "last"], reports.Select(r => r.GetProperty("report").GetProperty("jobId").GetString()));
        Assert.All(reports, r => Assert.Equal(user.Uid, r.GetProperty("uid").GetUInt32()));
    }

    [Theory]
    [InlineData("mkdir -m 0755 $S; chown $U $S", "has mode 0755")]
    [InlineData("mkdir $S; chmod 0770 $S; chown $U $S", "has mode 0770")]
    [InlineData("mkdir $S; chmod 0702 $S; chown $U $S", "has mode 0702")]
    [InlineData("mkdir -m 0700 $S; chown daemon $S", "is owned by daemon")]
    [InlineData("touch $S; chown $U $S", "is not a directory")]
    [InlineData("ln -s /nowhere $S; chown -h $U $S", "is a symbolic link")]
    [InlineData("mkdir -m 0700 $S", "is owned by root")]
    [InlineData("mkdir -m 0700 $S.real; chown $U $S.real; ln -s $S.real $S; chown -h $U $S", "is a symbolic link")]
    public async Task In_user_mode_a_prepared_socket_directory_is_refused_by_both_sides(string make, string said)
    {
        using var user = new TestUser();
        await AgentProgram.ShellAsync($"S={user.SocketFolder}; U={user.Name}:; {make}");
        try
        {
            var daemon = await AgentProgram.RunAsAsync(user, "daemon");
            Assert.Equal(2, daemon.Code);
            Assert.Contains(said, daemon.Error, StringComparison.Ordinal);
            // The client says it too, and the run is recorded all the same, in the spool at home.
            var exec = await AgentProgram.RunAsAsync(user, "exec", "--job-id", "x", "--", "/bin/sh", "-c", "exit 4");
            Assert.Equal(4, exec.Code);
            Assert.Contains(said, exec.Error, StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(user.Data + "/spool"));
        }
        finally
        {
            await AgentProgram.ShellAsync($"rm -rf {user.SocketFolder} {user.SocketFolder}.real");
        }
    }

    [Fact]
    public async Task A_users_state_directory_that_others_may_write_is_refused()
    {
        using var user = new TestUser();
        await AgentProgram.ShellAsync($"mkdir -p {user.Data}; chown -R {user.Name}: {user.Home}/.local; chmod 0777 {user.Home}/.local/state");
        var daemon = await AgentProgram.RunAsAsync(user, "daemon");
        Assert.Equal(2, daemon.Code);
        Assert.Contains(".local/state can be written by others", daemon.Error, StringComparison.Ordinal);
        Assert.Contains("chmod go-w", daemon.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_system_mode_the_one_directory_must_exist_and_takes_everyones_reports()
    {
        using var user = new TestUser();
        // In a mount namespace of its own: the machine's own /var/lib stays as it is.
        var script = $"""
            mount -t tmpfs -o mode=0755 tmpfs /var/lib || exit 9
            "$AGENT" daemon 2>/var/lib/said; echo "without: $?"; cat /var/lib/said
            install -d -m 0755 -o root -g root /var/lib/croncommander
            "$AGENT" daemon 2>/var/lib/said & daemon=$!
            n=0; until grep -q ready /var/lib/said || [ $n -gt 1000 ]; do sleep 0.05; n=$((n+1)); done
            "$AGENT" exec --job-id root -- /bin/sh -c 'exit 3'; echo "root: $?"
            setpriv {string.Join(' ', user.SetPrivileges)} "$AGENT" exec --job-id user --socket-path /var/lib/croncommander/cc-agent.sock -- /bin/sh -c 'exit 4'; echo "user: $?"
            n=0; until [ "$("$AGENT" report list | wc -l)" = 2 ] || [ $n -gt 1000 ]; do sleep 0.05; n=$((n+1)); done
            "$AGENT" report list --json
            "$AGENT" status | grep append-only
            setpriv {string.Join(' ', user.SetPrivileges)} ls /var/lib/croncommander/reports /var/lib/croncommander/audit; echo "look: $?"
            kill $daemon; wait $daemon; echo "stopped: $?"
            """;
        var result = await ProgramRun.RunAsync(
            "/usr/bin/unshare", ["--mount", "--propagation", "private", "/bin/sh", "-c", script], new Dictionary<string, string?> { ["AGENT"] = AgentProgram.Path }, directory: "/");
        var lines = result.Output.Split('\n');
        Assert.Equal("without: 2", lines[0]);
        Assert.Contains("/var/lib/croncommander: No such file", lines[1], StringComparison.Ordinal);
        Assert.Contains("install -d -m 0755 -o root -g root /var/lib/croncommander", lines[2], StringComparison.Ordinal);
        Assert.Equal(["root: 3", "user: 4"], lines[3..5]);
        Assert.Contains("\"uid\":0,", lines[5], StringComparison.Ordinal);
        Assert.Contains($"\"uid\":{user.Uid},", lines[6], StringComparison.Ordinal);
        Assert.StartsWith("append-only  ", lines[7], StringComparison.Ordinal);
        Assert.DoesNotContain("--dir", lines[7], StringComparison.Ordinal);
        Assert.Equal(["look: 2", "stopped: 0"], lines[8..10]);
    }
}
