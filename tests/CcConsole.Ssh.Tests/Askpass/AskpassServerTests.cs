using System.Net.Sockets;
using CcConsole.TestSupport;
using Xunit;

namespace CcConsole.Ssh.Tests.Askpass;

public sealed class AskpassServerTests : IAsyncLifetime
{
    private readonly List<AskpassPrompt> _asked = [];
    private SshServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SshServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private AskpassServer Answering(Func<AskpassPrompt, string?> answer) =>
        new(AskpassRole.Executable, Path.Combine(_server.Directory, "a"), (prompt, _) =>
        {
            _asked.Add(prompt);
            return Task.FromResult(answer(prompt));
        });

    private OpenSshShell Shell(AskpassServer askpass) => new(
        SshServer.Alias, new SshOptions(_server.ControlDirectory) { ConfigFile = _server.ConfigFile, Askpass = askpass });

    private async Task LockKeyAsync() =>
        await SshServer.RunAsync("ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", _server.ClientKey);

    private Task<string> FingerprintAsync() => SshServer.FingerprintAsync(_server.HostKey + ".pub");

    [Fact]
    public async Task A_locked_key_is_opened_with_the_passphrase_that_the_person_gives()
    {
        await LockKeyAsync();
        await using AskpassServer askpass = Answering(_ => "open sesame");
        await using OpenSshShell shell = Shell(askpass);

        Assert.Equal("in\n", (await shell.RunAsync("echo in")).OutputText);

        AskpassPrompt prompt = Assert.Single(_asked);
        Assert.Equal(AskpassKind.Passphrase, prompt.Kind);
        Assert.Equal(_server.ClientKey, prompt.KeyFile);
        Assert.Equal(SshServer.Alias, prompt.Host);
        Assert.True(prompt.IsSecret);
    }

    [Fact]
    public async Task Declining_the_passphrase_is_a_refused_login()
    {
        await LockKeyAsync();
        await using AskpassServer askpass = Answering(_ => null);
        await using OpenSshShell shell = Shell(askpass);

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync("true"));

        Assert.Equal(HostProblemKind.AuthenticationRefused, problem.Kind);
        Assert.NotEmpty(_asked);
    }

    [Fact]
    public async Task Nobody_is_asked_when_the_login_needs_no_answer()
    {
        await using AskpassServer askpass = Answering(_ => null);
        await using OpenSshShell shell = Shell(askpass);

        Assert.True((await shell.RunAsync("true")).Succeeded);

        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_host_key_is_written_when_the_person_confirms_the_fingerprint_that_was_shown()
    {
        await File.WriteAllTextAsync(_server.KnownHosts, "");
        await using AskpassServer askpass = Answering(prompt => prompt.Key?.Fingerprint);
        await using OpenSshShell shell = Shell(askpass);

        Assert.True((await shell.RunAsync("true")).Succeeded);

        AskpassPrompt prompt = Assert.Single(_asked);
        Assert.Equal(AskpassKind.HostKey, prompt.Kind);
        Assert.Equal(await FingerprintAsync(), prompt.Key?.Fingerprint);
        Assert.Contains(_server.KnownName, await File.ReadAllTextAsync(_server.KnownHosts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(null)]
    public async Task A_host_key_is_not_written_for_any_other_answer(string? answer)
    {
        await File.WriteAllTextAsync(_server.KnownHosts, "");
        await using AskpassServer askpass = Answering(_ => answer);
        await using OpenSshShell shell = Shell(askpass);

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync("true"));

        Assert.Equal(HostProblemKind.HostKeyUnknown, problem.Kind);
        Assert.NotEmpty(_asked);
        Assert.Equal("", await File.ReadAllTextAsync(_server.KnownHosts));
    }

    [Fact]
    public async Task Nobody_is_asked_for_a_host_key_where_ssh_config_is_strict()
    {
        await File.WriteAllTextAsync(_server.KnownHosts, "");
        await File.AppendAllTextAsync(_server.ConfigFile, "    StrictHostKeyChecking yes\n");
        await using AskpassServer askpass = Answering(prompt => prompt.Key?.Fingerprint);
        await using OpenSshShell shell = Shell(askpass);

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.RunAsync("true"));

        Assert.Equal(HostProblemKind.HostKeyUnknown, problem.Kind);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_fingerprint_that_was_confirmed_before_lets_that_key_in_and_no_other()
    {
        await File.WriteAllTextAsync(_server.KnownHosts, "");
        await using AskpassServer askpass = Answering(_ => null);
        await using OpenSshShell shell = Shell(askpass);
        string another = await SshServer.FingerprintAsync(_server.ClientKey + ".pub");

        HostProblemException problem = await Assert.ThrowsAsync<HostProblemException>(() => shell.ConnectAcceptingAsync(another));
        Assert.Equal(HostProblemKind.HostKeyUnknown, problem.Kind);
        Assert.Equal("", await File.ReadAllTextAsync(_server.KnownHosts));

        await shell.ConnectAcceptingAsync(problem.Key!.Fingerprint);
        Assert.Equal(await FingerprintAsync(), shell.Key?.Fingerprint);
        Assert.Contains(_server.KnownName, await File.ReadAllTextAsync(_server.KnownHosts), StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_question_without_the_token_is_not_heard()
    {
        await using AskpassServer askpass = Answering(_ => "secret");
        using AskpassServer.Asker asker = askpass.Begin(SshServer.Alias);
        string path = asker.Environment.Single(pair => pair.Key == AskpassMessage.SocketVariable).Value!;
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        using NetworkStream stream = new(socket);

        await AskpassMessage.WriteAsync(stream, $"{new string('0', 32)}  {AskpassMessage.Encode("Password: ")}", default);

        Assert.Equal("-", await AskpassMessage.ReadAsync(stream, default));
        Assert.Empty(_asked);
    }
}
