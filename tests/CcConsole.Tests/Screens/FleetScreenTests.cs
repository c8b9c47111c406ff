using CcConsole.Ssh;
using Xunit;

namespace CcConsole.Tests.Screens;

public sealed class FleetScreenTests : IAsyncDisposable
{
    private const string Table = "0 3 * * * /usr/bin/cc-agent exec --job-id 'backup' -- /bin/sh -c '/opt/backup'\n*/2 * * * * /usr/bin/cc-agent exec --job-id 'report' -- /bin/sh -c '/opt/report'\n";

    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData(120, 40)]
    [InlineData(80, 24)]
    [InlineData(20, 5)]
    public void The_list_of_hosts_shows_each_host_in_a_row(int width, int height)
    {
        _fleet.Report("web01", "backup", 0, TimeSpan.FromHours(11)).Report("web01", "report", 2, TimeSpan.FromMinutes(2), error: "disk full\n");
        _fleet.Known("web01", Table, default, null, "web", "prod").Known("web02", "@daily /opt/clean\n", TimeSpan.FromMinutes(4), null, "web");
        _fleet.Known("db01", "", TimeSpan.FromMinutes(12), "db01 refuses the connection");
        StoredScreen.Check($"fleet-{width}x{height}", _fleet.Start(width, height).Text);
    }

    [Fact]
    public async Task An_ascii_terminal_gets_ascii_only()
    {
        await ThreeHostsAsync();
        var screen = _fleet.Start(120, 40, ascii: true);
        Assert.DoesNotContain(screen.Text, c => c > '~');
        Assert.Contains("o offline", screen.Text);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_a_row_with_its_cause_and_next_step()
    {
        await ThreeHostsAsync();
        var screen = _fleet.Start().Press("G");
        Assert.Contains("db01 refuses the connection", screen.Text);
        Assert.Contains("Check that sshd runs there.", screen.Text);
    }

    [Fact]
    public async Task The_filter_is_applied_as_one_types_and_escape_clears_it()
    {
        await ThreeHostsAsync();
        var screen = _fleet.Start().Press("/").Type("web");
        Assert.Contains("Fleet[2/3]  /web", screen.Text);
        Assert.DoesNotContain("db01", screen.Text);
        screen.Press("Esc", "Esc", "/").Type("!web");
        Assert.Contains("Fleet[1/3]", screen.Text);
        screen.Press("Esc", "Esc", "/").Type("nothing");
        Assert.Contains("0 of 3 match \"nothing\"  Esc clears", screen.Text);
        screen.Press("Enter", "Esc");
        Assert.Contains("Fleet[3]", screen.Text);
    }

    [Fact]
    public async Task The_order_is_remembered()
    {
        await ThreeHostsAsync();
        var screen = _fleet.Start().Press("Right", "s", "S");
        Assert.True(screen.Find("web02")!.Value.Y < screen.Find("web01")!.Value.Y);
        Assert.True(_fleet.Start().Find("web02")!.Value.Y < _fleet.Start().Find("web01")!.Value.Y);
    }

    [Fact]
    public async Task A_host_is_added_by_the_form_and_asked()
    {
        await ThreeHostsAsync();
        var screen = _fleet.Start().Press("a").Type("here").Press("Enter").Type("local").Press("Enter").Type("test").Press("Enter");
        await screen.WaitForText("Fleet[4]");
        Assert.Equal(["web01", "web02", "db01", "here"], _fleet.Control.Hosts.List().Select(host => host.Name));
        Assert.Equal(["test"], _fleet.Control.Hosts.Get("here").Tags);
    }

    [Fact]
    public async Task A_host_is_removed_after_a_question()
    {
        await ThreeHostsAsync();
        var screen = _fleet.Start().Press("Del");
        Assert.Contains("Remove web01?", screen.Text);
        screen.Press("Esc");
        Assert.Equal(3, _fleet.Control.Hosts.List().Count);
        screen.Press("Del", "Enter");
        await screen.WaitForText("Fleet[2]");
        Assert.Equal(2, _fleet.Control.Hosts.List().Count);
    }

    [Fact]
    public async Task The_first_run_offers_hosts_and_writes_nothing_before_it_is_confirmed()
    {
        await using var fleet = new ScreenFleet { SshHosts = [new SshConfigHost("build", "/home/a/.ssh/config", 3)] };
        var screen = fleet.Start();
        StoredScreen.Check("first-run-80x24", screen.Text);
        screen.Press("Enter", "Esc");
        Assert.False(File.Exists(Path.Combine(fleet.Root, "config", "hosts.json")));
        screen.Press("Space", "Enter");
        Assert.Contains("1 host is added", screen.Text);
        Assert.False(File.Exists(Path.Combine(fleet.Root, "config", "hosts.json")));
        screen.Press("Enter");
        Assert.Equal("laptop", Assert.Single(fleet.Control.Hosts.List()).Name);
        Assert.Contains("Fleet[1]", screen.Text);
    }

    [Fact]
    public async Task Read_only_is_said_in_the_header_and_actions_say_why_they_are_off()
    {
        await using var fleet = new ScreenFleet { ReadOnly = true };
        var screen = fleet.Start();
        Assert.Contains("READ-ONLY", screen.Text);
        Assert.Contains("No hosts yet", screen.Text);
        screen.Press("a");
        Assert.Contains("add: this console is read-only", screen.Text);
    }

    private async Task ThreeHostsAsync()
    {
        _fleet.Host("web01", "0 3 * * * /opt/backup\n", "web", "prod").Host("web02", "@daily /opt/clean\n*/5 * * * * /opt/check\n", "web").Host("db01", "", "db");
        _fleet.Down.Add("db01");
        await _fleet.VisitAsync();
    }
}
