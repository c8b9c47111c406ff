using CcConsole.TestSupport;
using Xunit;

namespace CcConsole.Ssh.Tests.Client;

public sealed class ConnectFailureTests : IAsyncLifetime
{
    private SshServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SshServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private SshOptions Options => new(_server.ControlDirectory)
    {
        ConfigFile = _server.ConfigFile,
        // What fails, fails at once; a slow machine or name server may take its time.
        ConnectTimeout = TimeSpan.FromSeconds(60),
    };

    private static async Task<HostProblemException> FailAsync(SshOptions options, string host = SshServer.Alias, bool atOnce = true)
    {
        WaitedClock clock = new();
        await using OpenSshShell shell = new(host, options, clock);
        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync("true"));
        Assert.Equal(host, problem.Host);
        Assert.Contains(host, problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Hint);
        Assert.False(problem.MayHaveRun);
        Assert.DoesNotContain(problem.Message, char.IsControl);
        Assert.True(!atOnce || clock.Waited < TimeSpan.FromSeconds(2), $"{clock.Waited} were waited");
        return problem;
    }

    [Fact]
    public async Task An_unknown_host_key_is_refused_and_shown()
    {
        await File.WriteAllTextAsync(_server.KnownHosts, "");

        HostProblemException problem = await FailAsync(Options);

        Assert.Equal(HostProblemKind.HostKeyUnknown, problem.Kind);
        Assert.Equal(await SshServer.FingerprintAsync(_server.HostKey + ".pub"), problem.Key?.Fingerprint);
        Assert.Contains(problem.Key!.Fingerprint, problem.Message, StringComparison.Ordinal);
        Assert.Equal("", await File.ReadAllTextAsync(_server.KnownHosts));
    }

    [Theory]
    [InlineData("StrictHostKeyChecking no")]
    [InlineData("StrictHostKeyChecking accept-new")]
    [InlineData("NoHostAuthenticationForLocalhost yes")]
    public async Task A_lax_configuration_does_not_let_an_unknown_host_key_in(string option)
    {
        await File.WriteAllTextAsync(_server.KnownHosts, "");
        await File.AppendAllTextAsync(_server.ConfigFile, $"    {option}\n");

        HostProblemException problem = await FailAsync(Options);

        Assert.Equal(HostProblemKind.HostKeyUnknown, problem.Kind);
        Assert.Equal("", await File.ReadAllTextAsync(_server.KnownHosts));
    }

    [Fact]
    public async Task A_changed_host_key_names_the_file_and_the_line_and_how_to_look_at_it()
    {
        _server.TrustOnly(_server.ClientKey + ".pub");

        HostProblemException problem = await FailAsync(Options);

        Assert.Equal(HostProblemKind.HostKeyChanged, problem.Kind);
        Assert.Contains($"{_server.KnownHosts} line 1", problem.Message, StringComparison.Ordinal);
        Assert.Equal(await SshServer.FingerprintAsync(_server.HostKey + ".pub"), problem.Key?.Fingerprint);
        int look = problem.Hint.IndexOf($"ssh-keygen -l -F '{_server.KnownName}' -f '{_server.KnownHosts}'", StringComparison.Ordinal);
        int remove = problem.Hint.IndexOf("ssh-keygen -R", StringComparison.Ordinal);
        Assert.InRange(look, 1, remove);
    }

    [Fact]
    public async Task A_key_that_is_not_authorized_is_refused()
    {
        await File.WriteAllTextAsync(_server.AuthorizedKeys, "");

        HostProblemException problem = await FailAsync(Options);

        Assert.Equal(HostProblemKind.AuthenticationRefused, problem.Kind);
        Assert.Contains("publickey", problem.Message, StringComparison.Ordinal);
        Assert.False(problem.IsTransient);
    }

    [Fact]
    public async Task A_closed_port_is_a_refused_connection()
    {
        await _server.StopAsync();

        HostProblemException problem = await FailAsync(Options);

        Assert.Equal(HostProblemKind.ConnectionRefused, problem.Kind);
        Assert.True(problem.IsTransient);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_said_so() =>
        Assert.Equal(HostProblemKind.NameUnknown, (await FailAsync(Options, "no-such-host.invalid")).Kind);

    [Fact]
    public async Task A_jump_host_that_does_not_resolve_is_said_so()
    {
        SshOptions options = Options with { ExtraOptions = ["ProxyJump=no-such-host.invalid"] };

        HostProblemException problem = await FailAsync(options);

        Assert.Equal(HostProblemKind.NameUnknown, problem.Kind);
        Assert.Contains("on the way", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_told_at_once_though_a_jump_hosts_client_keeps_the_streams_open()
    {
        SshOptions options = Options with { ExtraOptions = ["ProxyCommand=/bin/sh -c 'echo way is closed >&2; sleep 60 >/dev/null & exit 1'"] };

        await FailAsync(options);
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_times_out()
    {
        using System.Net.Sockets.TcpListener silent = new(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        int port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        string config = Path.Combine(_server.Directory, "silent");
        await File.WriteAllTextAsync(config, $"Host silent\n    HostName 127.0.0.1\n    Port {port}\n");

        HostProblemException problem = await FailAsync(Options with { ConfigFile = config, ConnectTimeout = TimeSpan.FromSeconds(3) }, "silent", atOnce: false);

        Assert.Equal(HostProblemKind.ConnectTimeout, problem.Kind);
    }

    [Fact]
    public async Task An_error_in_ssh_config_names_the_file_and_the_line()
    {
        await File.AppendAllTextAsync(_server.ConfigFile, "    Nonsense yes\n");

        HostProblemException problem = await FailAsync(Options);

        Assert.Equal(HostProblemKind.ConfigError, problem.Kind);
        Assert.Contains($"{_server.ConfigFile}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_client_says_what_to_install()
    {
        HostProblemException problem = await FailAsync(Options with { Executable = "no-such-ssh" });

        Assert.Equal(HostProblemKind.ClientMissing, problem.Kind);
        Assert.Contains("openssh-client", problem.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_control_directory_that_others_can_enter_is_refused()
    {
        string open = Path.Combine(_server.Directory, "open");
        Directory.CreateDirectory(open);
        await SshServer.RunAsync("chmod", "755", open);

        HostProblemException problem = await FailWithoutHostAsync(Options with { ControlDirectory = open });

        Assert.Equal(HostProblemKind.LocalSetup, problem.Kind);
        Assert.Contains(open, problem.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(open));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("foreign")]
    [InlineData("long")]
    public async Task A_control_directory_that_is_not_ours_or_too_long_is_refused(string what)
    {
        string path = Path.Combine(_server.Directory, what == "long" ? new string('x', 70) : what);
        if (what == "link")
            File.CreateSymbolicLink(path, Directory.CreateDirectory(_server.ControlDirectory).FullName);
        if (what == "foreign")
            await SshServer.RunAsync("install", "-d", "-m", "700", "-o", _server.User, path);

        Assert.Equal(HostProblemKind.LocalSetup, (await FailWithoutHostAsync(Options with { ControlDirectory = path })).Kind);
    }

    [Fact]
    public async Task An_account_whose_shell_runs_nothing_is_said_so()
    {
        await SshServer.AccountAsync("usermod", "-s", "/usr/sbin/nologin", _server.User);

        await using OpenSshShell shell = new(SshServer.Alias, Options);
        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync("true"));

        Assert.Equal(HostProblemKind.SessionRefused, problem.Kind);
        Assert.Contains("did not run the command", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<HostProblemException> FailWithoutHostAsync(SshOptions options)
    {
        await using OpenSshShell shell = new(SshServer.Alias, options);
        return await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync("true"));
    }
}
