using Xunit;

namespace CcConsole.Ssh.Tests.Config;

public sealed class SshConfigHostsTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("cc-ssh-config").FullName;

    public SshConfigHostsTests() => Directory.CreateDirectory(Path.Combine(_home, ".ssh", "conf.d"));

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private string Config => Path.Combine(_home, ".ssh", "config");

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_home, ".ssh", name), text);

    private string[] Names => [.. SshConfigHosts.Read(Config, _home).Select(host => host.Alias)];

    [Fact]
    public void Names_are_listed_once_without_patterns_and_negations()
    {
        Write("config", """
            # Host comment
            Host web01 web02 !web03 *.example.org web0?
              HostName 10.0.0.1
            host=db01   # the database
            HOST "mail 01" web01
            Match host web09
            Host *
            """);

        Assert.Equal(["web01", "web02", "db01", "mail 01"], Names);
    }

    [Fact]
    public void Include_is_followed_relative_to_the_ssh_directory_and_in_order()
    {
        Write("config", "Include conf.d/* ~/.ssh/more /nonexistent/*\nHost last\n");
        Write("conf.d/b", "Host b\n");
        Write("conf.d/a", "Host a\n");
        Write("conf.d/.hidden", "Host hidden\n");
        Write("more", "Host more\n");

        Assert.Equal(["a", "b", "more", "last"], Names);
    }

    [Fact]
    public void A_file_that_includes_itself_ends()
    {
        Write("config", "Include config\nHost a\n");

        Assert.Equal(["a"], Names);
    }

    [Fact]
    public void A_missing_file_has_no_hosts() => Assert.Empty(Names);

    [Fact]
    public void A_host_knows_where_it_stands()
    {
        Write("config", "\nHost a\n");

        Assert.Equal(new SshConfigHost("a", Config, 2), Assert.Single(SshConfigHosts.Read(Config, _home)));
    }

    [Fact]
    public async Task Effective_values_are_those_of_the_client()
    {
        Write("config", "Host a\n HostName 192.0.2.7\n Port 2222\n User joe\n ProxyJump gate\n");

        SshHostConfig config = await SshHostConfig.ResolveAsync("a", new SshOptions(_home) { ConfigFile = Config });

        Assert.Equal(new SshHostConfig("192.0.2.7", "joe", 2222, "gate", "ask"), config);
    }
}
