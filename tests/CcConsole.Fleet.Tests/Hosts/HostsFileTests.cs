using CcConsole.Core;
using CcConsole.Fleet.Hosts;
using Xunit;

namespace CcConsole.Fleet.Tests.Hosts;

public sealed class HostsFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cc-hosts-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private HostsFile File_ => new(Path.Combine(_root, "config", "hosts.json"));

    private void Write(string json)
    {
        File_.Add(new HostEntry { Name = "x", Destination = "x" });
        File.WriteAllText(File_.FilePath, json);
    }

    [Fact]
    public void Hosts_are_added_listed_and_removed_and_the_file_is_private()
    {
        Assert.Empty(File_.Load());
        File_.Add(new HostEntry { Name = "web01", Destination = "alice@web01:2222", Tags = ["prod", "web"] });
        File_.Add(new HostEntry { Name = "here", Destination = "local", Environment = new Dictionary<string, string> { ["PATH"] = "/x" } });
        Assert.Equal(["web01", "here"], File_.Load().Select(host => host.Name));
        Assert.True(File_.Load()[0].IsProduction);
        Assert.True(File_.Load()[1].IsLocal);
        Assert.Equal("/x", File_.Load()[1].Environment!["PATH"]);
        Assert.Equal(Convert.ToInt32("600", 8), (int)File.GetUnixFileMode(File_.FilePath));
        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(Path.GetDirectoryName(File_.FilePath)!));
        File_.Remove("web01");
        Assert.Equal("here", Assert.Single(File_.Load()).Name);
        Assert.Throws<ProblemException>(() => File_.Remove("web01"));
    }

    [Fact]
    public async Task What_several_consoles_add_at_once_is_all_there()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(console => Task.Run(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                File_.Add(new HostEntry { Name = $"web{console}{i}", Destination = "local" });
            }
        })));
        Assert.Equal(40, File_.Load().Count);
    }

    [Fact]
    public void A_name_is_taken_once()
    {
        File_.Add(new HostEntry { Name = "web01", Destination = "a" });
        Assert.Contains("already", Assert.Throws<ProblemException>(() => File_.Add(new HostEntry { Name = "web01", Destination = "b" })).Message);
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("a b", "x")]
    [InlineData("-oProxyCommand=x", "x")]
    [InlineData("a/b", "x")]
    [InlineData("a", "")]
    [InlineData("a", "-oProxyCommand=x")]
    [InlineData("a", "x y")]
    [InlineData("a\u001b[2J", "x")]
    public void What_cannot_be_a_name_or_a_destination_is_refused(string name, string destination)
    {
        ProblemException problem = Assert.Throws<ProblemException>(() => File_.Add(new HostEntry { Name = name, Destination = destination }));
        Assert.DoesNotContain('\u001b', problem.Message);
        Assert.Empty(File_.Load());
    }

    [Theory]
    [InlineData("{\n  \"hosts\": [\n    { \"name\": \"a\", \"destination\": 5 }\n  ]\n}", "line 3")]
    [InlineData("{\n  \"hosts\": [\n    { \"name\": \"a\" }\n  ]\n}", "line 3")]
    [InlineData("{\n\n  hosts", "line 3")]
    [InlineData("{ \"hosts\": [ { \"name\": \"a b\", \"destination\": \"x\" } ] }", "a b")]
    [InlineData("{ \"hosts\": [ { \"name\": \"a\", \"destination\": \"x\" }, { \"name\": \"a\", \"destination\": \"y\" } ] }", "twice")]
    [InlineData("{ \"hosts\": [ { \"name\": \"a\", \"destination\": \"x\", \"environment\": { \"A\": \"b\" } } ] }", "local host only")]
    public void An_error_in_the_file_is_named_and_the_file_left_as_it_is(string json, string part)
    {
        Write(json);
        ProblemException problem = Assert.Throws<ProblemException>(() => File_.Load());
        Assert.Contains(part, problem.Message);
        Assert.Contains("hosts.json", problem.Message);
        Assert.Throws<ProblemException>(() => File_.Add(new HostEntry { Name = "b", Destination = "b" }));
        Assert.Equal(json, File.ReadAllText(File_.FilePath));
    }

    [Fact]
    public void Comments_are_read_and_unknown_members_survive_a_change()
    {
        Write("""{ /* mine */ "later": 1, "hosts": [ { "name": "a", "destination": "x", "colour": "red" }, ] }""");
        File_.Add(new HostEntry { Name = "b", Destination = "y" });
        string json = File.ReadAllText(File_.FilePath);
        Assert.Contains("\"colour\": \"red\"", json);
        Assert.Contains("\"later\": 1", json);
    }

    [Fact]
    public void A_host_without_tags_has_none()
    {
        Write("""{ "hosts": [ { "name": "a", "destination": "x" } ] }""");
        Assert.Empty(File_.Load()[0].Tags);
        Assert.False(File_.Load()[0].IsProduction);
    }

    [Fact]
    public void A_file_that_others_can_write_is_refused()
    {
        Write("{}");
        File.SetUnixFileMode(File_.FilePath, (UnixFileMode)0b110_110_000);
        Assert.Contains("open to other users", Assert.Throws<ProblemException>(() => File_.Load()).Message);
    }

    [Theory]
    [InlineData("web01", "web01")]
    [InlineData("a@web01", "a@web01")]
    [InlineData("a@web01:2222", "ssh://a@web01:2222")]
    [InlineData("web01:22", "ssh://web01:22")]
    [InlineData("fe80::1", "fe80::1")]
    [InlineData("a@[fe80::1]:22", "ssh://a@[fe80::1]:22")]
    [InlineData("ssh://a@web01:2222", "ssh://a@web01:2222")]
    public void A_port_is_given_to_ssh_as_a_URI(string destination, string expected) => Assert.Equal(expected, HostShells.Destination(destination));
}
