using System.Text;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Screen;

/// <summary>The story on the full-screen console: fleet, jobs, editor, the live report of cron's own run, and the audit with the host gone.</summary>
public sealed class StoryTests
{
    [Fact]
    public async Task A_job_is_typed_run_by_cron_seen_live_and_its_record_reviewed_with_the_host_gone()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01");
        byte[] before = [.. OddTable.Bytes, (byte)'\n'];
        await web.PutTableAsync(before);
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");

        using var screen = new ConsoleScreen(home);
        TmuxSession terminal = screen.Terminal;
        screen.Start("web01");
        Assert.True(terminal.AlternateScreen);
        terminal.WaitFor("Fleet[1]");
        terminal.Press("Enter");
        terminal.WaitFor("echo tab");

        terminal.Press("n");
        terminal.WaitFor("new job");
        terminal.Type("* * * * *");
        terminal.Press("Tab");
        terminal.Type("echo \"50% of $LOGNAME\"");
        terminal.WaitFor("every minute");
        // The exact bytes to be written are shown before anything is written.
        terminal.WaitFor("echo \"50\\% of $LOGNAME\"");
        Assert.Equal(before, await web.TableAsync());
        terminal.Press("C-s");
        terminal.WaitFor("Apply");
        Assert.Equal(before, await web.TableAsync());
        terminal.Press("Enter");
        terminal.WaitFor("crontab written, verified, audit #");
        byte[] after = await web.TableAsync();
        Assert.Equal(before, after[..before.Length]);
        Assert.Contains("echo \"50\\% of $LOGNAME\"", Encoding.UTF8.GetString(after), StringComparison.Ordinal);

        // The run comes to the screen by itself, within cron's minute.
        terminal.Press("3");
        terminal.WaitFor($"50% of {web.User.Name}", 150);

        terminal.Press("5");
        terminal.WaitFor("Audit");
        terminal.Press("P");
        terminal.WaitFor("✓ VERIFIED");
        terminal.WaitFor("job.finished");

        await hosts.Sshd.StopAsync();
        terminal.Press("1");
        terminal.Press("r");
        terminal.WaitFor("○ offline");
        terminal.Press("5");
        terminal.WaitFor("verified copy to #");
        string audit = terminal.WaitFor("job.finished");
        Assert.Contains("crontab.edited", audit, StringComparison.Ordinal);
        Assert.DoesNotContain("✓ VERIFIED", audit, StringComparison.Ordinal);

        terminal.Press("1");
        terminal.WaitFor("Fleet[1]");
        terminal.Press("q");
        terminal.WaitFor("Leave CcConsole?");
        terminal.Press("Enter");
        screen.Ended(0);
    }
}
