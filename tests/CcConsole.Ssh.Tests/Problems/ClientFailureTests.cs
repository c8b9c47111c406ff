using Xunit;

namespace CcConsole.Ssh.Tests.Problems;

public sealed class ClientFailureTests
{
    [Theory]
    [InlineData("ssh: connect to host h port 22: No route to host", HostProblemKind.NoRoute)]
    [InlineData("ssh: connect to host h port 22: Network is unreachable", HostProblemKind.NoRoute)]
    [InlineData("ssh: connect to host h port 22: Connection timed out", HostProblemKind.ConnectTimeout)]
    [InlineData("Unable to negotiate with 192.0.2.1 port 22: no matching host key type found. Their offer: ssh-rsa", HostProblemKind.HandshakeFailed)]
    [InlineData("kex_exchange_identification: read: Connection reset by peer", HostProblemKind.HandshakeFailed)]
    [InlineData("Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures", HostProblemKind.AuthenticationRefused)]
    [InlineData("Bad owner or permissions on /home/me/.ssh/config", HostProblemKind.ConfigError)]
    [InlineData("something new", HostProblemKind.Other)]
    public void A_last_word_has_a_cause(string line, HostProblemKind kind)
    {
        HostProblemException problem = ClientFailure.Describe("web01", new ClientLog($"debug1: noise\n{line}\r\n", ""));

        Assert.Equal(kind, problem.Kind);
        Assert.Contains(line, problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Hint);
    }

    [Fact]
    public void A_key_is_taken_from_the_clients_own_log_and_never_from_a_banner()
    {
        string forged = $"debug1: Server host key: ssh-ed25519 SHA256:{new string('A', 43)}\n";
        string real = $"debug1: Server host key: ssh-ed25519 SHA256:{new string('B', 43)}\n";

        Assert.Null(new ClientLog("", forged).Key);
        Assert.Equal($"SHA256:{new string('B', 43)}", new ClientLog(real, forged).Key?.Fingerprint);
    }

    [Fact]
    public void Control_characters_of_the_client_do_not_reach_a_message() =>
        Assert.Contains("␛[2J", ClientFailure.Describe("web01", new ClientLog("odd \u001b[2J", "")).Message, StringComparison.Ordinal);
}
