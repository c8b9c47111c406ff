using CcConsole.Core;
using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;
using Xunit;

namespace CcConsole.Fleet.Tests.Hosts;

public sealed class HostOperationsTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_test_says_what_is_there()
    {
        FleetControl control = _fleet.Open();
        HostTest test = await control.Hosts.TestAsync(_fleet.MakeHost("web01", "* * * * * true\n61 * * * * x\n"));
        Assert.True(test.IsGood, test.Problem);
        Assert.Equal(2, test.Jobs);
        Assert.False(test.Facts!.HasAgent);
        Assert.StartsWith("debian cron", test.Facts.Daemon);
        Assert.NotNull(test.Facts.Zone);
    }

    [Fact]
    public async Task A_test_of_a_host_that_forbids_crontab_and_of_one_that_is_not_reached_is_a_result_with_the_next_step()
    {
        FleetControl control = _fleet.Open();
        HostEntry host = _fleet.MakeHost("web01");
        File.WriteAllText(Path.Combine(_fleet.Home("web01"), "refuse"), "");
        HostTest test = await control.Hosts.TestAsync(host);
        Assert.False(test.IsGood);
        Assert.Contains("may not use crontab", test.Problem);
        Assert.NotEmpty(test.Hint!);
        Assert.NotNull(test.Facts);

        _fleet.Wraps["gone"] = inner => new FaultyShell(inner) { Before = (_, _) => FaultyShell.Refused("gone") };
        HostTest gone = await control.Hosts.TestAsync(_fleet.MakeHost("gone"));
        Assert.Equal(HostProblemKind.ConnectionRefused, gone.Kind);
        Assert.Equal("Is sshd running there?", gone.Hint);
        Assert.Null(gone.Facts);
    }

    [Fact]
    public void Hosts_are_chosen_by_name_and_tag()
    {
        FleetControl control = _fleet.Open();
        control.Hosts.Add(_fleet.MakeHost("web01", null, null, "web", "prod"));
        control.Hosts.Add(_fleet.MakeHost("web02", null, null, "web"));
        control.Hosts.Add(_fleet.MakeHost("db01"));
        Assert.Equal(3, control.Hosts.Select([]).Count);
        Assert.Equal(["db01", "web01", "web02"], control.Hosts.Select(["db01", "tag:WEB", "web01"]).Select(host => host.Name));
        Assert.Throws<ProblemException>(() => control.Hosts.Select(["tag:none"]));
        Assert.Throws<ProblemException>(() => control.Hosts.Select(["none"]));
    }

    [Fact]
    public void Hosts_of_ssh_config_are_offered_until_they_are_in_the_list_and_nothing_is_written()
    {
        string config = Path.Combine(_fleet.Root, "ssh_config");
        File.WriteAllText(config, "Host web01 web02 *.internal\n  User alice\n");
        FleetControl control = _fleet.Open(change: options => options with { SshConfigFile = config, HomeDirectory = _fleet.Root });
        Assert.Equal(["localhost", "web01", "web02"], control.Hosts.Candidates().Select(host => host.Name));
        Assert.False(File.Exists(Path.Combine(_fleet.ConfigDirectory, "hosts.json")));
        control.Hosts.Add(control.Hosts.Candidates()[1]);
        Assert.Equal(["localhost", "web02"], control.Hosts.Candidates().Select(host => host.Name));
    }
}
