using System.Text;
using CcConsole.Store.Hosts;
using CcConsole.Tui.Testing;
using Xunit;

namespace CcConsole.Tests.Screens;

/// <summary>What a host runs beside the login user's own table, as the cache knows it.</summary>
public sealed class InventoryTests : IAsyncDisposable
{
    private const string Findings = """
        {"login":"root","anacronJobs":[],"tables":[],
         "schedulers":[{"name":"debian","version":"3.0pl1-162","isRunning":true,"isUnderstood":true}],
         "scripts":[{"folder":"/etc/cron.daily","name":"logrotate","file":{"kind":"Regular","mode":493,"links":1,"owner":0,"group":0},"runner":{"table":"/etc/crontab","line":7,"schedule":"25 6 * * *","user":"root"}},
          {"folder":"/etc/cron.daily","name":"backup.sh","file":{"kind":"Regular","mode":493,"links":1,"owner":0,"group":0},"ignored":"run-parts leaves out a name with a dot","runner":{"table":"/etc/crontab","line":7,"schedule":"25 6 * * *","user":"root"}}],
         "timers":[{"unit":"fstrim.timer","activates":"fstrim.service","description":"Discard unused blocks","triggers":["OnCalendar=weekly"],"command":"/sbin/fstrim -a","user":"root"}],
         "gaps":[{"what":"other users' tables","why":"only root may read them, and sudo -n asks for a password","hint":"Log in as root, or let the user run sudo without a password"}]}
        """;

    private readonly ScreenFleet _fleet = new();

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Theory]
    [InlineData(120, 40)]
    [InlineData(80, 24)]
    public async Task Everything_that_will_run_is_listed_with_where_it_stands_and_what_could_not_be_looked_at(int width, int height)
    {
        var screen = await StartAsync(width, height);
        StoredScreen.Check($"jobs-everything-{width}x{height}", screen.Text);
    }

    [Fact]
    public async Task What_is_only_shown_says_why_it_cannot_be_changed()
    {
        var screen = await StartAsync(120, 40);
        screen.Press("/").Type("fstrim").Press("Enter", "p");
        Assert.Contains("pause: a timer of systemd is only shown: systemctl edit fstrim.timer changes it", screen.Text);
        screen.Press("/", "Ctrl+U").Type("logrotate").Press("Enter", "e");
        Assert.Contains("a script of /etc/cron.daily is only shown", screen.Text);
        screen.Press("/", "Ctrl+U").Type("gap").Press("Enter");
        Assert.Contains("Log in as root, or let the user run sudo without a password", screen.Text);
    }

    [Fact]
    public async Task The_own_table_alone_is_a_key_away()
    {
        var screen = await StartAsync(120, 40);
        screen.Press("o");
        Assert.Contains("nightly", screen.Text);
        Assert.DoesNotContain("fstrim", screen.Text);
        Assert.DoesNotContain("run-parts --report", screen.Text);
        screen.Press("o");
        Assert.Contains("fstrim", screen.Text);
    }

    [Fact]
    public async Task A_host_where_no_cron_runs_says_so_in_the_list_the_header_and_above_its_jobs()
    {
        _fleet.Known("web01", "0 3 * * * /opt/backup\n", "cron (debian), not running");
        _fleet.Down.Add("web01");
        var screen = _fleet.Start(120, 40);
        Assert.Contains("1 without cron", screen.Text);
        Assert.Contains("! no cron runs", screen.Text);
        await screen.Press("Enter").WaitForText("Jobs[1]");
        Assert.Contains("none of these jobs will start", screen.Text);
    }

    private async Task<ScreenDriver> StartAsync(int width, int height)
    {
        _fleet.Known("web01", "#cc: name=nightly\n0 3 * * * /opt/backup\n");
        _fleet.Down.Add("web01");
        var hosts = _fleet.Control.Cache.Hosts;
        var now = _fleet.Time.GetUtcNow();
        hosts.SaveTable(new HostTable("web01", "/etc/crontab", Encoding.UTF8.GetBytes("25 6 * * * root test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily\n"), now));
        hosts.SaveTable(new HostTable("web01", "/etc/cron.d/e2scrub_all", Encoding.UTF8.GetBytes("30 3 * * 0 root test -e /run/systemd/system || /sbin/e2scrub_all_cron\n"), now));
        hosts.SaveFindings(new HostFindings("web01", Encoding.UTF8.GetBytes(Findings), now));
        _fleet.Control.Monitor.Publish("web01");
        return await _fleet.Start(width, height).Press("Enter").WaitUntilIdle();
    }
}
