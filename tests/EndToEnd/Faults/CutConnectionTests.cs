using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Faults;

/// <summary>A connection that is cut before, during and after the write, on hosts with an agent and without one.</summary>
public sealed class CutConnectionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cut_before_the_write_leaves_the_old_table_and_the_write_never_comes_after(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        IReadOnlyList<int> writer;
        Task<ProgramResult> run;
        await using (await host.LockAsync())
        {
            run = host.Home.RunAsync(EditedHost.Change);
            writer = await host.WriterAsync();
            // The script has everything it needs, and would go on by itself.
            await EditedHost.SignalAsync("-STOP", writer);
            await host.Hosts.Sshd.CutAsync();
        }

        Assert.Equal("failed", EditedHost.Outcome(await run, 1, "read again, the table is the old one"));
        Assert.False(await host.IsNewAsync());
        await EditedHost.SignalAsync("-CONT", writer);
        await host.WriterGoneAsync();
        await host.HoldsAsync(isNew: false);
    }

    [Theory]
    [InlineData(CrontabGate.Install, false)]
    [InlineData(CrontabGate.Install, true)]
    [InlineData(CrontabGate.Installed, false)]
    [InlineData(CrontabGate.Installed, true)]
    public async Task A_cut_within_the_write_is_answered_when_the_write_has_ended(string point, bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        host.Gate.Close(point);
        Task<ProgramResult> run = host.Home.RunAsync(EditedHost.Change);
        await host.Gate.ReachedAsync(point);
        int logins = await host.Hosts.Sshd.LoginsAsync();
        await host.Hosts.Sshd.CutAsync();
        await host.LoginAsync(after: logins);
        // The console is back and asks, while crontab stands where it stood.
        host.Gate.Open(point);

        Assert.Equal("applied", EditedHost.Outcome(await run, 0, "read again, the table is the new one"));
        await host.HoldsAsync(isNew: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_the_host_stays_away_the_end_is_open_and_the_next_contact_closes_it(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        host.Gate.Close(CrontabGate.Install);
        Task<ProgramResult> run = host.Home.RunAsync(EditedHost.Change);
        await host.Gate.ReachedAsync(CrontabGate.Install);
        await host.Hosts.Sshd.StopAsync();

        Assert.Equal("unknown", EditedHost.Outcome(await run, 1, "not known yet"));
        Refusal.Is(await host.Home.RunAsync("doctor"), 1, "was interrupted", "cc-console job list web01");
        host.Gate.Open(CrontabGate.Install);
        await host.WriterGoneAsync();
        await host.Hosts.Sshd.StartAsync();

        ProgramResult list = await host.Home.GoodAsync("job", "list", "web01");
        Assert.Contains("was interrupted; the table is the new one; undo: cc-console job undo 1", list.Error, StringComparison.Ordinal);
        await host.HoldsAsync(isNew: true);
    }
}
