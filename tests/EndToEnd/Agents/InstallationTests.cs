using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Agents;

/// <summary>Issue 4, Must show 5: the agent comes, is renewed under load, goes back, and goes, and the host is as it was before.</summary>
public sealed class InstallationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_agent_is_installed_upgraded_under_load_rolled_back_and_taken_away_without_a_trace(bool root)
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        await using InstalledHost host = await InstalledHost.CreateAsync(hosts, root);
        using ConsoleHome console = host.Console();
        string releases = await InstalledHost.ReleasesAsync(console);

        // There is a table with everything that an edit could lose.
        await host.PutTableAsync("# mine\n\n17 3 * * 0  true\t% odd \\% line\nMAILTO=\"\"\n");
        string[] before = await host.SnapshotAsync();
        string table = await host.TableAsync();

        ProgramResult dry = await console.GoodAsync("agent", "install", "web01", "--dry-run");
        Assert.Contains("checked there", dry.Error, StringComparison.Ordinal);
        Assert.Equal(before, await host.SnapshotAsync());

        await console.GoodAsync("agent", "install", "web01", "--yes");
        string status = await InstalledHost.StatusAsync(console);
        Assert.Contains("as in this console", status, StringComparison.Ordinal);
        Assert.Equal(root ? table : table + $"@reboot exec {host.Agent} daemon </dev/null >/dev/null 2>&1\n", await host.TableAsync());

        // Again: nothing at all is touched.
        string[] installed = await host.SnapshotAsync(times: true);
        ProgramResult again = await console.GoodAsync("agent", "install", "web01", "--yes");
        Assert.Contains("unchanged", again.Error, StringComparison.Ordinal);
        Assert.Equal(installed, await host.SnapshotAsync(times: true));

        // Under load: runs that begin before, during and after.
        int pid = await InstalledHost.DaemonPidAsync(console);
        string load = $"{host.Folder}/load";
        Task<string> running = host.AsUserAsync($"""
            mkdir {load}
            i=0
            while [ $i -lt 60 ]; do
                i=$((i + 1))
                {host.Agent} exec --job-id load-$i --socket-path {host.Socket} -- /bin/sh -c 'sleep 2; echo done >{load}/'$i || echo "$i: $?" >>{load}/failed &
                sleep 0.2
            done
            wait
            """);
        await Task.Delay(1500, Stop);
        await console.GoodAsync("agent", "upgrade", "web01", "--release", $"{releases}/newer", "--yes");
        Assert.NotEqual(pid, await InstalledHost.DaemonPidAsync(console));
        Assert.Contains("kept for a rollback", await InstalledHost.StatusAsync(console), StringComparison.Ordinal);
        await running;
        Assert.Equal("60", (await host.AsUserAsync($"ls {load} | wc -l")).Trim());
        await InstalledHost.DrainedAsync(console, 60);
        string[] reported = (await host.AsUserAsync($"{host.Agent} report list --limit 1000 --json | sed -n 's/.*\"jobId\":\"\\(load-[0-9]*\\)\".*/\\1/p' | sort")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, 60).Select(i => $"load-{i}").Order(StringComparer.Ordinal), reported.Order(StringComparer.Ordinal));

        // One that starts and does not answer: the one before is there again, by itself.
        pid = await InstalledHost.DaemonPidAsync(console);
        string digest = await host.DigestAsync();
        ProgramResult broken = await console.RunAsync("agent", "upgrade", "web01", "--release", $"{releases}/broken", "--yes");
        Assert.Equal(1, broken.Code);
        Assert.Contains("did not answer", broken.Error, StringComparison.Ordinal);
        Assert.Equal(digest, await host.DigestAsync());
        Assert.NotEqual(pid, await InstalledHost.DaemonPidAsync(console));
        Assert.Equal(1, (await console.RunAsync("agent", "upgrade", "web01", "--release", $"{releases}/foreign", "--yes")).Code);

        // Back to the one before, and forth again.
        await console.GoodAsync("agent", "upgrade", "web01", "--rollback", "--yes");
        Assert.Contains("as in this console", await InstalledHost.StatusAsync(console), StringComparison.Ordinal);
        await console.GoodAsync("agent", "upgrade", "web01", "--rollback", "--yes");
        Assert.Equal(digest, await host.DigestAsync());

        string chain = await host.AsUserAsync($"{host.Agent} audit show --limit 1000");
        Assert.Contains("agent.installed", chain, StringComparison.Ordinal);
        Assert.Contains("agent.upgraded", chain, StringComparison.Ordinal);
        await host.AsUserAsync($"{host.Agent} audit verify");

        // While a job uses it, it stays.
        string wrapped = await host.TableAsync();
        foreach (string line in (string[])[$"* 1 * * * {host.Agent} exec --job-id used -- /bin/true",
            $"#cc-paused * 1 * * * {host.Agent} exec --job-id used -- /bin/true",
            $"* 1 * * * {host.Agent} exec --job-id used -- /bin/sh -c 'echo note: # 1; pgrep -f \"{host.Agent} daemon\"'"])
        {
            await host.PutTableAsync(wrapped + $"# {host.Agent} exec --job-id comment\n{line}\n");
            ProgramResult refused = await console.RunAsync("agent", "uninstall", "web01", "--yes");
            Assert.Equal(1, refused.Code);
            Assert.Contains("1 entry still uses", refused.Error, StringComparison.Ordinal);
            Assert.Contains("--job-id used", refused.Error, StringComparison.Ordinal);
        }

        await InstalledHost.DaemonPidAsync(console);
        await host.PutTableAsync(wrapped);

        await host.AsUserAsync($"rm -r {load}");
        await console.GoodAsync("agent", "uninstall", "web01", "--purge", "--yes");
        Assert.Equal(table, await host.TableAsync());
        await host.QuietAsync();
        Assert.Equal(before, await host.SnapshotAsync());
        Assert.Contains("there is no agent", (await console.GoodAsync("agent", "uninstall", "web01", "--yes")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_purge_the_evidence_stays_and_a_new_installation_goes_on_with_it()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        await using InstalledHost host = await InstalledHost.CreateAsync(hosts, root: false);
        using ConsoleHome console = host.Console();
        await console.GoodAsync("agent", "install", "web01", "--yes");
        using JsonDocument first = JsonDocument.Parse((await console.GoodAsync("agent", "status", "web01", "--json")).Output);
        // There was no table: there is none afterwards.
        await console.GoodAsync("agent", "uninstall", "web01", "--yes");
        Assert.Equal("", await host.TableAsync());
        Assert.Equal("absent", (await host.AsUserAsync($"test -e {host.Agent} || echo absent")).Trim());
        await console.GoodAsync("agent", "install", "web01", "--yes");
        using JsonDocument second = JsonDocument.Parse((await console.GoodAsync("agent", "status", "web01", "--json")).Output);
        JsonElement One(JsonDocument document, string name) => document.RootElement.GetProperty("agent").GetProperty(name);
        Assert.Equal(One(first, "chain").GetString(), One(second, "chain").GetString());
        Assert.True(One(second, "entries").GetInt64() > One(first, "entries").GetInt64());
        Assert.Equal("equal", second.RootElement.GetProperty("match").GetString());
        await console.GoodAsync("agent", "uninstall", "web01", "--purge", "--yes");
    }

    [Fact]
    public async Task A_home_that_is_reached_by_a_link_gets_its_agent_and_loses_it_again()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        await using InstalledHost host = await InstalledHost.CreateAsync(hosts, root: false);
        using ConsoleHome console = host.Console();
        await hosts.AsRootAsync($"mv {host.Folder} {host.Folder}.real && ln -s {host.Folder}.real {host.Folder}");
        await console.GoodAsync("agent", "install", "web01", "--yes");
        int pid = await InstalledHost.DaemonPidAsync(console);
        await console.GoodAsync("agent", "uninstall", "web01", "--purge", "--yes");
        // Its number may be a dead one's that nobody has waited for.
        Assert.Equal("", (await hosts.AsRootAsync($"readlink /proc/{pid}/exe || true")).Trim());
    }

    [Fact]
    public async Task A_host_of_another_kind_one_without_room_and_an_agent_put_there_by_hand_are_refused_in_words()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync(daemon: false);
        await using InstalledHost host = await InstalledHost.CreateAsync(hosts, root: false);
        using ConsoleHome console = host.Console();
        string[] before = await host.SnapshotAsync();

        byte[] other = await File.ReadAllBytesAsync(Published.Agent, Stop);
        other[18] = 183; // e_machine of AArch64
        string arm = Path.Combine(console.Folder, "arm");
        await File.WriteAllBytesAsync(arm, other, Stop);
        ProgramResult machine = await console.RunAsync("agent", "install", "web01", "--release", arm, "--yes");
        Assert.Equal(1, machine.Code);
        Assert.Contains("aarch64", machine.Error, StringComparison.Ordinal);
        Assert.Contains("x86_64", machine.Error, StringComparison.Ordinal);
        Assert.Equal(before, await host.SnapshotAsync());

        await hosts.AsRootAsync($"mkdir {host.Folder}/.local && mount -t tmpfs -o size=8m,mode=777 none {host.Folder}/.local");
        ProgramResult room = await console.RunAsync("agent", "install", "web01", "--yes");
        Assert.Equal(1, room.Code);
        Assert.Contains("MiB free", room.Error, StringComparison.Ordinal);
        await hosts.AsRootAsync($"umount -l {host.Folder}/.local && rmdir {host.Folder}/.local");

        await hosts.AsRootAsync($"install -D -m 755 {Published.Agent} {host.Agent} && chown -R --reference={host.Folder} {host.Folder}");
        ProgramResult foreign = await console.RunAsync("agent", "install", "web01", "--yes");
        Assert.Equal(1, foreign.Code);
        Assert.Contains("not put there by a console", foreign.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await console.RunAsync("agent", "uninstall", "web01", "--yes")).Code);
    }
}
