using CcConsole.Tests.Shared;
using CcConsole.TestSupport;

namespace EndToEnd.Harness;

/// <summary>
/// Hosts as the console meets them: one real sshd on loopback and one real cron daemon, in a mount namespace of their own. Each
/// host is an account there, with its own table, home and, where asked for, agent.
/// </summary>
public sealed class LiveHosts : IAsyncDisposable
{
    private readonly List<LiveHost> _hosts = [];

    private LiveHosts(CronDaemon cron, SshServer sshd) => (Cron, Sshd) = (cron, sshd);

    public CronDaemon Cron { get; }

    internal SshServer Sshd { get; }

    /// <summary>The ssh_config that knows every host by its name.</summary>
    public string SshConfig => Path.Combine(Sshd.Directory, "hosts_config");

    /// <param name="daemon">Whether cron runs: not where the tables are other people's, and would be run for real.</param>
    public static async Task<LiveHosts> StartAsync(bool daemon = true)
    {
        CronDaemon cron = await CronDaemon.CreateAsync();
        try
        {
            string[] enter = ["nsenter", "-t", $"{cron.NamespacePid}", "-m", "--"];
            SshServer sshd = await SshServer.StartWithinAsync(enter, "nobody");
            if (daemon) cron.StartDaemon();
            return new LiveHosts(cron, sshd);
        }
        catch
        {
            await cron.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds an account and names it as a host.</summary>
    /// <param name="name">What ssh_config calls it.</param>
    /// <param name="agent">Whether the agent is installed there, and its daemon runs.</param>
    public async Task<LiveHost> AddAsync(string name, bool agent = true)
    {
        CronUser user = await Cron.AddUserAsync("cce");
        var host = new LiveHost(this, name, user);
        _hosts.Add(host);
        // sshd takes an account whose password is locked for locked itself.
        await host.AsRootAsync($"usermod -p '*' {user.Name}");
        await NameAsync(name, user.Name);
        if (!agent) return host;
        await host.AsRootAsync($"install -D -m 755 {Published.Agent} {host.Agent} && chown -R {user.Uid}:{user.Uid} {user.Home}");
        await host.StartDaemonAsync();
        return host;
    }

    /// <summary>Names root's own account as a host; its home and shell are the namespace's alone.</summary>
    public async Task AddRootAsync(string name)
    {
        string home = Path.Combine(Cron.Root, "root");
        await AsRootAsync($"install -d -m 700 {home} && usermod -p '*' root && sed -i 's|^root:.*|root:x:0:0:root:{home}:/bin/sh|' /etc/passwd");
        await NameAsync(name, "root");
    }

    /// <summary>Runs a command of the shell as root in the hosts' namespace.</summary>
    public async Task<string> AsRootAsync(string command)
    {
        CronResult result = await Cron.RunAsync(["/bin/sh", "-c", command]);
        return result.ExitCode == 0 ? result.OutputText : throw new InvalidOperationException($"{command}: exit {result.ExitCode}: {result.ErrorText}");
    }

    public async ValueTask DisposeAsync()
    {
        await Sshd.DisposeAsync();
        await Cron.StopDaemonAsync();
        foreach (LiveHost host in _hosts) await host.DisposeAsync();
        await Cron.DisposeAsync();
    }

    private Task NameAsync(string name, string user) => File.AppendAllTextAsync(SshConfig, $"""
        Host {name}
            HostName 127.0.0.1
            Port {Sshd.Port}
            User {user}
            IdentityFile {Sshd.ClientKey}
            IdentitiesOnly yes
            IdentityAgent none
            UserKnownHostsFile {Sshd.KnownHosts}
            GlobalKnownHostsFile none

        """);
}
