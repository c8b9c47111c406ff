using System.Text.Json;
using CcConsole.Tests.Shared;
using CcConsole.TestSupport;
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
        // A job that is called by what a terminal would obey.
        CronResult named = await web.AsUserAsync($"{web.Agent} exec --job-id \"$(printf '\\033[31mred\\007\\r\\342\\200\\256')\" -- /bin/true");
        Assert.True(named.ExitCode == 0, named.ErrorText);
        await home.GoodAsync("audit", "pull", "web01");
        await web.StopDaemonAsync();

        // Names with a bidirectional override and with control characters, shown as such.
        ProgramResult list = await home.GoodAsync("audit", "list", "web01");
        int red = list.Output.Split('\n').Count(line => line.Contains("[31mred", StringComparison.Ordinal));
        Assert.True(red > 0, list.Output);
        for (int seq = 0; seq < await CountAsync(home); seq++)
            list = list with { OutputBytes = [.. list.OutputBytes, .. (await home.GoodAsync("audit", "show", "web01", $"{seq}")).OutputBytes] };
        Assert.DoesNotContain(list.Output, c => c is '\u202E' || (char.IsControl(c) && c != '\n'));

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
        JsonElement found = JsonDocument.Parse(copy.Output).RootElement;
        Assert.Equal("HASH", found.GetProperty("verdict").GetString());
        Assert.Equal(found.GetProperty("first_bad").GetInt64(), (await PythonAsync(home)).Entry);
    }

    [Fact]
    public async Task Case_25_a_changed_host_key_is_told_until_a_person_says_that_it_is_the_hosts_and_a_chain_begun_anew_is_REPLACED()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01");
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        await home.GoodAsync("audit", "pull", "web01");
        string before = await SshServer.FingerprintAsync(hosts.Sshd.HostKey + ".pub");

        // Another key, which the person has accepted in known_hosts.
        await hosts.Sshd.StopAsync();
        File.Delete(hosts.Sshd.HostKey);
        await SshServer.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", hosts.Sshd.HostKey);
        hosts.Sshd.TrustHostKey();
        await hosts.Sshd.StartAsync();
        string now = await SshServer.FingerprintAsync(hosts.Sshd.HostKey + ".pub");
        JsonElement pulled = await PullAsync(home, 1);
        Assert.Equal("HOSTKEY", pulled.GetProperty("verdict").GetString());
        Assert.Contains(before, pulled.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains(now, pulled.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, (await home.RunAsync("audit", "verify", "--host", "web01")).Code);
        // What was taken under the old key is untouched by that.
        Assert.True((await PythonAsync(home)).Good);

        await home.GoodAsync("audit", "resolve", "web01", "--yes");
        await PullAsync(home, 0);
        Assert.Equal(0, (await home.RunAsync("audit", "verify", "--host", "web01")).Code);
        await web.StopDaemonAsync();
        await web.AsRootAsync($"rm -r {web.Data}");
        await web.StartDaemonAsync();
        Assert.Equal("REPLACED", (await PullAsync(home, 1)).GetProperty("verdict").GetString());
        Assert.True((await PythonAsync(home)).Good);
    }

    private static async Task<JsonElement> PullAsync(ConsoleHome home, int code)
    {
        ProgramResult run = await home.RunAsync("audit", "pull", "web01", "--json");
        Assert.True(run.Code == code, run.ToString());
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static async Task<int> CountAsync(ConsoleHome home) => (await LinesAsync(home)).Length;

    // What the README's Python says of the copy's own bytes.
    private static async Task<PythonAnswer> PythonAsync(ConsoleHome home)
    {
        using var folder = new CaseFolder();
        return (await PythonAnswer.OfAsync(folder.Folder, [folder.Put("copy", await LinesAsync(home))])).Single();
    }

    private static async Task<string[]> LinesAsync(ConsoleHome home)
    {
        ProgramResult lines = await ProgramRun.RunAsync("sqlite3", [Path.Combine(home.State, "cache.db"), "SELECT CAST(line AS TEXT) FROM chain_line WHERE position >> 40 = (SELECT id FROM chain_copy WHERE host = 'web01' AND retired_at IS NULL) ORDER BY position"]);
        Assert.True(lines.Code == 0, lines.ToString());
        return lines.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
