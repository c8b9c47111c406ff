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

    public static async Task<LiveHosts> StartAsync()
    {
        CronDaemon cron = await CronDaemon.CreateAsync();
        try
        {
            string[] enter = ["nsenter", "-t", $"{cron.NamespacePid}", "-m", "--"];
            SshServer sshd = await SshServer.StartWithinAsync(enter, "nobody");
            cron.StartDaemon();
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
        await File.AppendAllTextAsync(SshConfig, $"""
            Host {name}
                HostName 127.0.0.1
                Port {Sshd.Port}
                User {user.Name}
                IdentityFile {Sshd.ClientKey}
                IdentitiesOnly yes
                IdentityAgent none
                UserKnownHostsFile {Sshd.KnownHosts}
                GlobalKnownHostsFile none

            """);
        if (!agent) return host;
        await host.AsRootAsync($"install -D -m 755 {Published.Agent} {host.Agent} && chown -R {user.Uid}:{user.Uid} {user.Home}");
        await host.StartDaemonAsync();
        return host;
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
}
