using System.Text;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Faults;

/// <summary>Hosts that stop allowing a change between the reading and the writing: the table stays, and the console says why.</summary>
public sealed class RefusedWriteTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_user_who_may_no_longer_use_crontab_changes_and_sees_nothing(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        ProgramResult run = await BetweenAsync(host, () => host.Hosts.AsRootAsync($"echo {host.Web.User.Name} >/etc/cron.deny"));

        Assert.Equal("refused", EditedHost.Outcome(run, 1, "may not use crontab", "nothing was changed"));
        Refusal.Is(await host.Home.RunAsync("job", "list", "web01"), 1, "may not use crontab", "/etc/cron.deny");
        await host.Hosts.AsRootAsync("rm /etc/cron.deny");
        await host.HoldsAsync(isNew: false);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_account_that_is_gone_changes_nothing(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        ProgramResult run = await BetweenAsync(host, () => host.Hosts.AsRootAsync($"cp -p /etc/passwd /etc/passwd.kept && grep -v '^{host.Web.User.Name}:' /etc/passwd.kept >/etc/passwd"));

        Assert.Equal("refused", EditedHost.Outcome(run, 1, "no longer in the host's list of users", "nothing was changed"));
        await host.Hosts.AsRootAsync("cat /etc/passwd.kept >/etc/passwd");
        await host.HoldsAsync(isNew: false);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_spool_that_is_closed_within_the_write_leaves_the_end_open_until_it_can_be_read(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        host.Gate.Close(CrontabGate.Install);
        Task<ProgramResult> run = host.Home.RunAsync(EditedHost.Change);
        await host.Gate.ReachedAsync(CrontabGate.Install);
        await host.Hosts.AsRootAsync("chmod 700 /var/spool/cron/crontabs");
        host.Gate.Open(CrontabGate.Install);

        Assert.Equal("unknown", EditedHost.Outcome(await run, 1, "may not open", "not known yet"));
        Refusal.Is(await host.Home.RunAsync("job", "list", "web01"), 1, "may not open the table");
        await host.Hosts.AsRootAsync("chmod 1730 /var/spool/cron/crontabs");
        Assert.Contains("was interrupted; the table is the old one", (await host.Home.GoodAsync("job", "list", "web01")).Error, StringComparison.Ordinal);
        await host.HoldsAsync(isNew: false);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_leaves_the_old_table(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        const string spool = "/var/spool/cron/crontabs";
        // Two pages hold the table and a new one of one page, but none of two.
        await host.Hosts.AsRootAsync($"cp -p {spool}/{host.Web.User.Name} /etc/kept && mount -t tmpfs -o size=8k,mode=1730 none {spool} && chgrp crontab {spool} && mv /etc/kept {spool}/{host.Web.User.Name}");
        await host.Home.GoodAsync(EditedHost.Change);
        await host.HoldsAsync(isNew: true);

        byte[] large = [.. EditedHost.Before, .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"# {new string('x', 97)}\n", 38)))];
        await host.Web.PutTableAsync(large);
        ProgramResult run = await host.Home.RunAsync("job", "add", "web01", "@yearly", $"echo {new string('y', 900)}", "--no-agent", "--yes", "--json");
        Assert.Equal("refused", EditedHost.Outcome(run, 1, "is full", "nothing was changed"));
        Assert.Equal(large, await host.Web.TableAsync());
        await host.Web.PutTableAsync(EditedHost.Before);
        await host.HoldsAsync(isNew: false);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_second_editor_between_the_reading_and_the_writing_wins_and_is_shown(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        byte[] theirs = [.. EditedHost.Before, .. "# theirs\n"u8];
        Task Edit() => host.Hosts.Cron.RunAsync([host.Gate.Crontab, "-u", host.Web.User.Name, "-"], input: theirs);
        ProgramResult run = await BetweenAsync(host, Edit, EditedHost.Change[..^1]);

        Refusal.Is(run, 1, "changed by someone else", "nothing was written", "+# theirs");
        Assert.Equal(theirs, await host.Web.TableAsync());
        Refusal.Is(await host.Home.RunAsync("job", "undo", "--yes"), 2, "no change to undo");
        // The same change on the table as it is now keeps theirs.
        await host.Home.GoodAsync(EditedHost.Change);
        byte[] both = [.. theirs, .. EditedHost.After[EditedHost.Before.Length..]];
        Assert.Equal(both, await host.Web.TableAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_consoles_at_once_one_writes_and_the_other_learns_of_it(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        using var other = new ConsoleHome(host.Hosts.SshConfig);
        await other.GoodAsync("host", "add", "web01");
        Task<ProgramResult> one, two;
        await using (await host.LockAsync())
        {
            one = host.Home.RunAsync(EditedHost.Change);
            two = other.RunAsync(EditedHost.Change);
            // Agents let one session at a time come as far as the script.
            if (agent) await host.EditorsAsync(2);
            await host.WriterAsync(consoles: agent ? 1 : 2);
        }

        ProgramResult[] runs = [await one, await two];
        int winner = runs[0].Code == 0 ? 0 : 1;
        Assert.Equal("applied", EditedHost.Outcome(runs[winner], 0));
        Assert.Equal("refused", EditedHost.Outcome(runs[1 - winner], 1, "changed by someone else"));
        Assert.True(await host.IsNewAsync());
        ConsoleHome[] homes = [host.Home, other];
        Refusal.Is(await homes[1 - winner].RunAsync("job", "undo", "--yes"), 2, "no change to undo");
        await homes[winner].GoodAsync("job", "undo", "--yes");
        Assert.False(await host.IsNewAsync());
    }

    /// <summary>Starts the change, does something when the table has been read and not written yet, and lets the change go on.</summary>
    private static async Task<ProgramResult> BetweenAsync(EditedHost host, Func<Task> act, string[]? change = null)
    {
        Task<ProgramResult> run;
        await using (await host.LockAsync())
        {
            run = host.Home.RunAsync(change ?? EditedHost.Change);
            await host.WriterAsync();
            await act();
        }

        return await run;
    }
}
