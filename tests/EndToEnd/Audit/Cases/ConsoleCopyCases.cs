using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Audit.Cases;

/// <summary>The console's side: what a host takes back, what is done to the cache, and what names try to do to a terminal.</summary>
public sealed class ConsoleCopyCases
{
    [Fact]
    public async Task Case_25_a_cache_edited_offline_is_HASH_and_a_host_that_takes_entries_back_is_a_ROLLBACK()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01");
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        await home.GoodAsync("job", "add", "web01", "@daily", "true", "--name", "tab\u202Eevil", "--yes");
        await home.GoodAsync("audit", "pull", "web01");
        await web.StopDaemonAsync();

        // A name with a bidirectional override, shown as such.
        ProgramResult list = await home.GoodAsync("audit", "list", "web01");
        ProgramResult show = await home.GoodAsync("audit", "show", "web01", "0");
        Assert.DoesNotContain('\u202E', list.Output + show.Output);
        Assert.DoesNotContain('\u001b', list.Output + show.Output);

        // The last entry is taken off the host's log, and the head file that would tell.
        await web.AsRootAsync($"cd {web.Data}/audit && head -n 2 *.jsonl >../kept && cat ../kept >$(ls *.jsonl) && rm ../kept ../audit-state/head");
        ProgramResult live = await home.RunAsync("audit", "verify", "--live", "--json", "--host", "web01");
        Assert.True(live.Code == 1, live.ToString());
        Assert.Equal("ROLLBACK", JsonDocument.Parse(live.Output).RootElement.GetProperty("verdict").GetString());

        // Without any host: one byte of the copy.
        string cache = Path.Combine(home.State, "cache.db");
        ProgramResult edit = await ProgramRun.RunAsync("sqlite3",
            [cache, "UPDATE chain_line SET line = CAST(replace(CAST(line AS TEXT), '\"event\": \"agent.started\"', '\"event\": \"agent.stopped\"') AS BLOB); SELECT count(*) FROM chain_line WHERE CAST(line AS TEXT) LIKE '%agent.stopped%'"]);
        Assert.True(edit.Code == 0 && edit.Output.Trim() != "0", edit.ToString());
        ProgramResult copy = await home.RunAsync("audit", "verify", "--json", "--host", "web01");
        Assert.True(copy.Code == 1, copy.ToString());
        Assert.Equal("HASH", JsonDocument.Parse(copy.Output).RootElement.GetProperty("verdict").GetString());
    }
}
