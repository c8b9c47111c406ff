using System.Text;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Screen;

/// <summary>What is done to jobs on the full-screen console, on hosts with sshd, cron and the agent.</summary>
public sealed class JobsTests
{
    private const string Table = "#cc: name=nightly\n0 3 * * * /opt/backup\n0 4 * * * echo up; exec sleep 300\n";

    [Fact]
    public async Task A_job_is_duplicated_a_variable_set_a_run_stopped_and_a_job_copied_to_two_hosts()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost[] all = [await hosts.AddAsync("app01"), await hosts.AddAsync("app02"), await hosts.AddAsync("app03", agent: false)];
        await all[0].PutTableAsync(Encoding.UTF8.GetBytes(Table));
        using var home = new ConsoleHome(hosts.SshConfig);
        foreach (LiveHost host in all) await home.GoodAsync("host", "add", host.Name);

        using var screen = new ConsoleScreen(home);
        TmuxSession terminal = screen.Terminal;
        screen.Start("app03");
        terminal.WaitFor("Fleet[3]");
        terminal.Press("Enter");
        terminal.WaitFor("nightly");
        // The machine's own tables and timers are listed too: these are about the account's.
        terminal.Press("o");
        terminal.WaitFor("Jobs[2");

        terminal.Press("D");
        terminal.WaitFor("+ #cc: name=nightly (copy)");
        Assert.Equal(Table, Encoding.UTF8.GetString(await all[0].TableAsync()));
        terminal.Press("Enter");
        terminal.WaitFor("crontab written, verified, audit #");
        terminal.WaitFor("nightly (copy)");
        string duplicated = Encoding.UTF8.GetString(await all[0].TableAsync());
        Assert.Equal(Table.Replace("/opt/backup\n", "/opt/backup\n#cc: name=nightly (copy)\n0 3 * * * /opt/backup\n", StringComparison.Ordinal), duplicated);

        terminal.Press("E");
        terminal.WaitFor("sets no variable");
        terminal.Press("n");
        terminal.WaitFor("Set a variable");
        terminal.Type("MAILTO");
        terminal.Press("Tab");
        terminal.Type("ops");
        terminal.Press("Enter");
        terminal.WaitFor("+ MAILTO=ops");
        terminal.Press("Enter");
        terminal.WaitFor("Variables[1]");
        Assert.Equal("MAILTO=ops\n" + duplicated, Encoding.UTF8.GetString(await all[0].TableAsync()));
        terminal.Press("Escape");
        terminal.WaitFor("nightly (copy)");

        terminal.Press("G");
        terminal.Press("t");
        terminal.WaitFor("Run now");
        terminal.Press("Enter");
        terminal.WaitUntil(text => text.Split('\n').Any(line => line.Trim() == "up"), "what the job writes");
        terminal.Press("x");
        terminal.WaitFor("stopped from here");
        terminal.Press("Escape");
        terminal.WaitFor("nightly (copy)");
        Assert.DoesNotContain("sleep 300", await all[0].AsRootAsync($"ps -u {all[0].User.Uid} -o args= || true"), StringComparison.Ordinal);

        terminal.Press("g");
        terminal.Press("C");
        terminal.WaitFor("Copy nightly to hosts");
        terminal.Press("A");
        terminal.WaitFor("2 of 2 hosts are marked");
        terminal.Press("Enter");
        terminal.WaitFor("2 changes on 2 hosts");
        terminal.Press("Enter");
        terminal.WaitFor("2 of 2 applied");
        foreach (LiveHost host in all[1..])
            Assert.Equal("#cc: name=nightly\n0 3 * * * /opt/backup\n", Encoding.UTF8.GetString(await host.TableAsync()));

        terminal.Press("1");
        terminal.WaitFor("Fleet[3]");
        terminal.Press("q");
        terminal.WaitFor("Leave CcConsole?");
        terminal.Press("Enter");
        screen.Ended(0);
    }
}
