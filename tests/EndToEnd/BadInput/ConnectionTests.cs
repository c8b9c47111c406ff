using CcConsole.Tests.Shared;
using CcConsole.TestSupport;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.BadInput;

/// <summary>Hosts that do not answer, or not as they should: each is told apart, and no key is accepted unseen.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private LiveHosts _hosts = null!;
    private LiveHost _web = null!;
    private ConsoleHome _home = null!;

    public async ValueTask InitializeAsync()
    {
        _hosts = await LiveHosts.StartAsync();
        _web = await _hosts.AddAsync("web01", agent: false);
        _home = new ConsoleHome(_hosts.SshConfig);
    }

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _hosts.DisposeAsync();
    }

    [Fact]
    public async Task A_port_that_refuses_and_a_name_that_does_not_resolve_fail_beside_a_host_that_answers()
    {
        // Where nobody answers questions of names, that is to be known soon (resolv.conf(5)).
        _home.Environment["RES_OPTIONS"] = "timeout:1 attempts:1";
        await _home.GoodAsync("host", "add", "refused", "root@127.0.0.1:1");
        await _home.GoodAsync("host", "add", "unnamed", "no-such-host.invalid");
        await _home.GoodAsync("host", "add", "web01");

        ProgramResult run = await _home.RunAsync("host", "test");
        Refusal.Is(run, 1, "✗ refused: ", "Connection refused", "✗ unnamed: ", "does not resolve", "✓ web01: ");
        Refusal.Is(await _home.RunAsync("job", "add", "refused", "* * * * *", "true", "--yes"), 2, "refuses the connection");
        // The linear report names them, too, and says so by its exit code.
        ProgramResult report = await _home.RunAsync();
        Refusal.Is(report, 1, "refused: offline", "unnamed: offline", "web01: ");
    }

    [Fact]
    public async Task A_refused_key_is_told()
    {
        string stranger = Path.Combine(_hosts.Sshd.Directory, "stranger_key");
        await SshServer.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger);
        await HostAsync("stranger", $"IdentityFile {stranger}", $"UserKnownHostsFile {_hosts.Sshd.KnownHosts}");

        Refusal.Is(await _home.RunAsync("host", "test", "stranger"), 1, "refuses the login", "Permission denied", "ssh -v stranger");
    }

    [Fact]
    public async Task An_unknown_host_key_is_accepted_by_its_fingerprint_alone()
    {
        string known = Path.Combine(_hosts.Sshd.Directory, "known_new"), fingerprint = await SshServer.FingerprintAsync(_hosts.Sshd.HostKey + ".pub");
        await HostAsync("new", $"IdentityFile {_hosts.Sshd.ClientKey}", $"UserKnownHostsFile {known}");

        Refusal.Is(await _home.RunAsync("host", "test", "new"), 1, "not known yet", fingerprint, "fingerprint");
        Assert.False(File.Exists(known));
        string other = "SHA256:" + new string('A', 43);
        Refusal.Is(await _home.RunAsync("host", "test", "new", "--accept-key", other), 2, fingerprint);
        Assert.False(File.Exists(known));

        Assert.Contains("✓ new", (await _home.GoodAsync("host", "test", "new", "--accept-key", fingerprint)).Output, StringComparison.Ordinal);
        Assert.Contains("ssh-ed25519", await File.ReadAllTextAsync(known), StringComparison.Ordinal);
        await _home.GoodAsync("host", "test", "new");
    }

    [Fact]
    public async Task A_changed_host_key_is_never_accepted()
    {
        string known = Path.Combine(_hosts.Sshd.Directory, "known_old"), fingerprint = await SshServer.FingerprintAsync(_hosts.Sshd.HostKey + ".pub");
        string[] key = (await File.ReadAllTextAsync(_hosts.Sshd.ClientKey + ".pub")).Split(' ');
        string before = $"{_hosts.Sshd.KnownName} {key[0]} {key[1]}\n";
        await File.WriteAllTextAsync(known, before);
        await HostAsync("changed", $"IdentityFile {_hosts.Sshd.ClientKey}", $"UserKnownHostsFile {known}");

        Refusal.Is(await _home.RunAsync("host", "test", "changed"), 1, "is not the known one", fingerprint, known, "ssh-keygen -R");
        Refusal.Is(await _home.RunAsync("host", "test", "changed", "--accept-key", fingerprint), 2, "is not the known one");
        Refusal.Is(await _home.RunAsync("job", "list", "changed"), 1, "is not the known one");
        Assert.Equal(before, await File.ReadAllTextAsync(known));
    }

    private async Task HostAsync(string name, params string[] settings)
    {
        await File.AppendAllTextAsync(_hosts.SshConfig, $"""
            Host {name}
                HostName 127.0.0.1
                Port {_hosts.Sshd.Port}
                User {_web.User.Name}
                IdentitiesOnly yes
                IdentityAgent none
                GlobalKnownHostsFile none
                {string.Join("\n    ", settings)}

            """);
        await _home.GoodAsync("host", "add", name);
    }
}
