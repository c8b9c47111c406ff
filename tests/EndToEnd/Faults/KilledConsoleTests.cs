using System.Diagnostics;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Faults;

/// <summary>A console that is killed in the middle of a change: the next one finds out which table it is, and says so.</summary>
public sealed class KilledConsoleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_before_the_write_it_leaves_the_old_table_and_the_write_never_comes_after(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        IReadOnlyList<int> writer;
        await using (await host.LockAsync())
        {
            using Process console = host.Home.Start(EditedHost.Change);
            writer = await host.WriterAsync();
            await EditedHost.SignalAsync("-STOP", writer);
            await KillAsync(console);
        }

        Refusal.Is(await host.Home.RunAsync("doctor"), 1, "was interrupted");
        ProgramResult list = await host.Home.GoodAsync("job", "list", "web01");
        Assert.Contains("was interrupted; the table is the old one: nothing was changed", list.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("interrupted", (await host.Home.RunAsync("doctor")).Output, StringComparison.Ordinal);
        await EditedHost.SignalAsync("-CONT", writer);
        await host.WriterGoneAsync();
        await host.HoldsAsync(isNew: false);
    }

    [Theory]
    [InlineData(CrontabGate.Install, false)]
    [InlineData(CrontabGate.Install, true)]
    [InlineData(CrontabGate.Installed, false)]
    [InlineData(CrontabGate.Installed, true)]
    public async Task Killed_within_the_write_it_leaves_the_new_table_and_the_undo_to_the_next_console(string point, bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        host.Gate.Close(point);
        using (Process console = host.Home.Start(EditedHost.Change))
        {
            await host.Gate.ReachedAsync(point);
            await KillAsync(console);
        }

        int logins = await host.Hosts.Sshd.LoginsAsync();
        Task<ProgramResult> list = host.Home.RunAsync("job", "list", "web01", "--json");
        await host.LoginAsync(after: logins);
        // The next console asks, while crontab stands where it stood.
        host.Gate.Open(point);

        ProgramResult listed = await list;
        Assert.True(listed.Code == 0, listed.ToString());
        Assert.Contains("was interrupted; the table is the new one; undo: cc-console job undo 1", listed.Error, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"new\"", listed.Output, StringComparison.Ordinal);
        await host.HoldsAsync(isNew: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_any_moment_the_table_is_the_old_or_the_new_one_and_the_next_console_knows_which(bool agent)
    {
        await using EditedHost host = await EditedHost.StartAsync(agent);
        var watch = Stopwatch.StartNew();
        await host.Home.GoodAsync(EditedHost.Change);
        double whole = watch.Elapsed.TotalMilliseconds;
        await host.HoldsAsync(isNew: true);

        var random = new Random(agent ? 20261121 : 20261122);
        for (int i = 0; i < 9; i++)
        {
            using (Process console = host.Home.Start(EditedHost.Change))
            {
                // Later rather than earlier: reading comes first, and nothing is lost in it.
                await Task.Delay((int)(whole * (0.2 + (0.9 * random.NextDouble()))));
                if (i % 2 == 0) await KillAsync(console);
                else await host.Hosts.Sshd.CutAsync();
                await console.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            }

            ProgramResult list = await host.Home.GoodAsync("job", "list", "web01", "--json");
            bool isNew = await host.IsNewAsync();
            Assert.Equal(isNew, list.Output.Contains("\"name\": \"new\"", StringComparison.Ordinal));
            // Whatever still runs there changes nothing any more.
            await host.WriterGoneAsync();
            await host.HoldsAsync(isNew);
        }
    }

    private static async Task KillAsync(Process console)
    {
        console.Kill();
        await console.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }
}
