using CcConsole.TestSupport;
using Xunit;

namespace CcConsole.Ssh.Tests.Client;

public sealed class SessionLimitTests
{
    private static OpenSshShell Shell(SshServer server) =>
        new(SshServer.Alias, new SshOptions(server.ControlDirectory) { ConfigFile = server.ConfigFile });

    [Fact]
    public async Task More_commands_than_the_host_allows_sessions_wait_for_each_other_on_one_connection()
    {
        await using SshServer server = await SshServer.StartAsync("MaxSessions 2");
        await using OpenSshShell shell = Shell(server);

        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => shell.RunAsync($"sleep 0.3; echo {i}")));

        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"{i}\n"), results.Select(result => result.OutputText));
        Assert.Equal(1, await server.LoginsAsync());
    }

    [Fact]
    public async Task A_host_that_opens_no_session_is_said_so()
    {
        await using SshServer server = await SshServer.StartAsync("MaxSessions 0");
        await using OpenSshShell shell = Shell(server);

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.OpenAsync("true"));

        Assert.Equal(HostProblemKind.SessionRefused, problem.Kind);
        Assert.Contains("MaxSessions", problem.Hint, StringComparison.Ordinal);
        Assert.False(problem.MayHaveRun);
    }

    [Fact]
    public async Task A_forced_command_is_not_taken_for_ours_but_serves_verbatim()
    {
        await using SshServer server = await SshServer.StartAsync("ForceCommand echo forced");
        await using OpenSshShell shell = Shell(server);

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync("echo ours"));
        CommandResult result = await shell.RunAsync("serve", options: new CommandOptions { Verbatim = true });

        Assert.Equal(HostProblemKind.SessionRefused, problem.Kind);
        Assert.Contains("forced command", problem.Hint, StringComparison.Ordinal);
        Assert.Equal("forced\n", result.OutputText);
    }

    [Fact]
    public async Task A_handshake_waits_for_its_place()
    {
        await using SshServer server = await SshServer.StartAsync();
        using HandshakeGate gate = new(1);
        await using OpenSshShell shell = new(
            SshServer.Alias, new SshOptions(server.ControlDirectory) { ConfigFile = server.ConfigFile, Handshakes = gate });
        IDisposable place = await gate.EnterAsync(default);

        Task<CommandResult> run = shell.RunAsync("echo in");
        await Task.Delay(300);
        Assert.Equal(0, await server.LoginsAsync());
        place.Dispose();

        Assert.Equal("in\n", (await run).OutputText);
    }
}
