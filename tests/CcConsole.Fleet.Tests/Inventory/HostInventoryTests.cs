using System.Text;
using CcConsole.Core;
using CcConsole.Core.Crontab;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Jobs;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Fleet.Tests.Inventory;

/// <summary>The tables of a whole host, by script and by the real agent, with Debian's real cron in a namespace.</summary>
public sealed class HostInventoryTests : IAsyncLifetime
{
    private readonly TestFleet _fleet = new();
    private CronDaemon _cron = null!;
    private CronUser _user = null!;

    public async ValueTask InitializeAsync()
    {
        _cron = await CronDaemon.CreateAsync();
        _user = await _cron.AddUserAsync();
        _fleet.Wraps["web01"] = shell => new EnteredShell(shell, _cron);
    }

    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        await _cron.DisposeAsync();
    }

    private static HostEntry Host => new() { Name = "web01", Destination = HostEntry.LocalDestination };

    [Fact]
    public async Task A_host_is_looked_through_kept_and_shown_without_asking_it_again()
    {
        await _cron.InstallAsync(_user, "0 3 * * * /bin/a\n"u8.ToArray());
        await Sh("""
            rm -rf /etc/cron.hourly /etc/cron.weekly /etc/cron.monthly /etc/cron.daily; mkdir /etc/cron.daily
            printf '17 6 * * * root cd / && run-parts /etc/cron.daily\n' >/etc/crontab
            printf '0 4 * * * root /bin/b\n0 5 * * * nobody-here /bin/c\n' >/etc/cron.d/bad
            printf '#!/bin/sh\n' >/etc/cron.daily/one; chmod 755 /etc/cron.daily/one; cp /etc/cron.daily/one /etc/cron.daily/two.sh
            printf '1 5 weekly.job nice x\n' >/etc/anacrontab
            """);
        FleetControl control = _fleet.Open();
        control.Hosts.Add(Host);
        Assert.Null(control.Jobs.Inventory("web01").At);
        await Assert.ThrowsAsync<ProblemException>(() => control.Jobs.DiscoverAsync("nowhere"));
        HostInventory found = await control.Jobs.DiscoverAsync("web01");
        await control.DisposeAsync();

        // A console that has asked nobody yet.
        HostInventory cached = _fleet.Open().Jobs.Inventory("web01");
        foreach (HostInventory inventory in new[] { found, cached })
        {
            Assert.NotNull(inventory.At);
            Assert.Equal(["/etc/cron.d/bad", "/etc/crontab", _user.Name], inventory.Tables.Select(table => table.Id.Name).Order(StringComparer.Ordinal));
            Assert.Equal(4, inventory.Jobs.Count);
            JobRow ignored = Assert.Single(inventory.Jobs, row => row.Job.Command == "/bin/b");
            Assert.Contains("nobody-here", ignored.Ignored!, StringComparison.Ordinal);
            Assert.Equal(("root", null), (ignored.RunsAs, ignored.NextRun));
            JobRow theirs = Assert.Single(inventory.Jobs, row => row.Table.Name == _user.Name);
            Assert.Null(theirs.Ignored);
            Assert.NotNull(theirs.NextRun);
            FixedRow one = Assert.Single(inventory.Fixed, row => row.Name == "one");
            Assert.Equal((FixedSource.Script, "/etc/cron.daily", "17 6 * * *", "/etc/crontab line 1", "root"), (one.Source, one.Place, one.Schedule, one.RunBy, one.User));
            Assert.NotNull(one.NextRun);
            Assert.NotEqual(one.Schedule, one.Meaning);
            Assert.Contains("no dot", Assert.Single(inventory.Fixed, row => row.Name == "two.sh").Ignored!, StringComparison.Ordinal);
            FixedRow anacron = Assert.Single(inventory.Fixed, row => row.Source == FixedSource.Anacron);
            Assert.Equal(("weekly.job", "once a day, 5 minutes after anacron starts"), (anacron.Name, anacron.Meaning));
        }
    }

    [Fact]
    public async Task What_is_gone_on_the_host_is_gone_here_and_a_table_that_is_repaired_is_no_longer_ignored()
    {
        await Sh("printf '61 * * * * root x\\n' >/etc/cron.d/a; printf '@daily root y\\n' >/etc/cron.d/b");
        FleetControl control = _fleet.Open();
        control.Hosts.Add(Host);
        Assert.Contains(await NamesAsync(), name => name == "/etc/cron.d/b");
        Assert.NotNull(Assert.Single(control.Jobs.Inventory("web01").Tables, table => table.Id.FileName == "a").Ignored);
        await Sh("rm /etc/cron.d/b; printf '6 * * * * root x\\n' >/etc/cron.d/a");
        await control.Jobs.OpenAsync("web01", TableId.Parse("/etc/cron.d/a"));
        Assert.Null(Assert.Single(control.Jobs.Inventory("web01").Tables, table => table.Id.FileName == "a").Ignored);
        Assert.DoesNotContain(await NamesAsync(), name => name == "/etc/cron.d/b");

        async Task<IEnumerable<string>> NamesAsync() => (await control.Jobs.DiscoverAsync("web01")).Tables.Select(table => table.Id.Name);
    }

    [Fact]
    public async Task The_monitor_looks_once_and_not_at_every_visit()
    {
        int looks = 0;
        _fleet.Wraps["web01"] = shell => new FaultyShell(new EnteredShell(shell, _cron))
        {
            Before = (command, _) =>
            {
                looks += command.Contains("anacrontab", StringComparison.Ordinal) ? 1 : 0;
                return null;
            },
        };
        await Sh("printf '@daily root y\\n' >/etc/cron.d/b");
        FleetControl control = _fleet.Open(change: options => options with { LookInterval = TimeSpan.FromDays(1) });
        control.Hosts.Add(Host);
        for (int i = 0; i < 3; i++)
        {
            await control.Monitor.RefreshAsync();
        }

        Assert.Equal(1, looks);
        Assert.Contains(control.Monitor.Current.Jobs, row => row.Table.FileName == "b" && !row.IsStale);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_of_the_system_and_anothers_table_are_made_changed_and_undone_to_none(bool agent)
    {
        using RealAgent? running = agent ? new RealAgent(Path.Combine(_fleet.Root, "agent")) : null;
        FleetControl control = _fleet.Open();
        control.Hosts.Add(running is null ? Host : running.On(Host));
        foreach (string name in new[] { "/etc/cron.d/made", _user.Name })
        {
            TableId table = TableId.Parse(name);
            byte[] bytes = Encoding.UTF8.GetBytes(table.IsSystem ? "@daily root x\n" : "@daily x\n");
            JobEditor none = await control.Jobs.OpenAsync("web01", table);
            Assert.Equal((false, name), (none.Table.Exists, none.Table.Id.Name));
            ChangeResult made = await control.Changes.ApplyAsync(Plan(table, none, bytes));
            Assert.True(made.IsApplied, made.Message);
            Assert.Equal(agent, made.AuditSeq is not null);
            Assert.Equal(bytes, (await control.Jobs.OpenAsync("web01", table)).Table.Bytes.ToArray());

            ChangeResult undone = await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync());
            Assert.True(undone.IsApplied, undone.Message);
            Assert.False((await control.Jobs.OpenAsync("web01", table)).Table.Exists);
            ChangeResult again = await control.Changes.ApplyAsync(await control.Changes.PlanUndoAsync(undone.Change));
            Assert.True(again.IsApplied, again.Message);
            Assert.Equal(bytes, (await control.Jobs.OpenAsync("web01", table)).Table.Bytes.ToArray());
        }

        TableId bad = TableId.Parse("/etc/cron.d/b.ad");
        ChangeResult refused = await control.Changes.ApplyAsync(Plan(bad, await control.Jobs.OpenAsync("web01", bad), "@daily root x\n"u8.ToArray()));
        Assert.Contains("no dot", refused.Message!, StringComparison.Ordinal);
        Assert.False((await control.Jobs.OpenAsync("web01", bad)).Table.Exists);
        if (running is not null)
        {
            string entries = string.Concat(running.Segments.Select(File.ReadAllText));
            Assert.Contains("\"table\": \"/etc/cron.d/made\"", entries, StringComparison.Ordinal);
            Assert.Contains($"\"table\": \"crontab of {_user.Name}\"", entries, StringComparison.Ordinal);
            HostInventory found = await control.Jobs.DiscoverAsync("web01");
            Assert.Equal(["/etc/cron.d/made", "/etc/crontab", _user.Name], found.Tables.Select(table => table.Id.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_table_that_is_taken_away_while_the_host_is_looked_through_does_not_come_back()
    {
        Action? found = null;
        _fleet.Wraps["web01"] = shell => new FaultyShell(new EnteredShell(shell, _cron))
        {
            After = (command, _) =>
            {
                if (command.Contains("anacrontab", StringComparison.Ordinal))
                {
                    Interlocked.Exchange(ref found, null)?.Invoke();
                }

                return null;
            },
        };
        FleetControl control = _fleet.Open();
        control.Hosts.Add(Host);
        TableId table = TableId.Parse("/etc/cron.d/made");
        Assert.True((await control.Changes.ApplyAsync(Plan(table, await control.Jobs.OpenAsync("web01", table), "@daily root x\n"u8.ToArray()))).IsApplied);
        ChangePlan undo = await control.Changes.PlanUndoAsync();
        ChangeResult? undone = null;
        found = () => undone = Task.Run(() => control.Changes.ApplyAsync(undo)).GetAwaiter().GetResult();

        HostInventory inventory = await control.Jobs.DiscoverAsync("web01");

        Assert.True(undone?.IsApplied, undone?.Message);
        Assert.DoesNotContain(inventory.Tables, one => one.Id == table);
    }

    private static ChangePlan Plan(TableId table, JobEditor read, byte[] after) => new()
    {
        Host = "web01",
        Table = table,
        IsOwnTable = false,
        Existed = read.Table.Exists,
        Before = read.Table.Bytes,
        After = after,
        Description = "change it",
    };

    private async Task Sh(string command)
    {
        CronResult result = await _cron.RunAsync(["/bin/sh", "-ec", command]);
        Assert.True(result.ExitCode == 0, result.ErrorText);
    }
}
