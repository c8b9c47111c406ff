using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Audit.Cases;

/// <summary>A real agent's chain, over real SSH, against all who verify it: the console live, from its copy and from the files, and the agent itself.</summary>
public sealed class RealAgentCases
{
    [Fact]
    public async Task Case_20_what_an_agent_signed_changed_and_recomputed_is_ROOT_for_all_who_verify_it()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01");
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        await home.GoodAsync("job", "add", "web01", "@daily", "true", "--name", "daily", "--yes");
        await home.GoodAsync("audit", "pull", "web01");

        // Nothing stored of what comes now; the agent seals the chain when it stops.
        JsonElement live = await LiveAsync(home, 0);
        Assert.Equal("OK", live.GetProperty("verdict").GetString());
        Assert.Contains("is the one that this console saw", live.GetProperty("proven").ToString(), StringComparison.Ordinal);
        await web.StopDaemonAsync();
        live = await LiveAsync(home, 0);
        Assert.Equal("OK", live.GetProperty("verdict").GetString());
        Assert.True(live.GetProperty("checkpoints").GetInt64() > 0, live.ToString());
        Assert.Contains("signed by the chain's keys", live.GetProperty("proven").ToString(), StringComparison.Ordinal);
        JsonElement own = JsonDocument.Parse((await AgentAsync(web)).OutputText).RootElement;
        Assert.Equal(("OK", "host"), (own.GetProperty("verdict").GetString(), own.GetProperty("remembered").GetProperty("by").GetString()));
        Assert.Equal(live.GetProperty("head").GetString(), own.GetProperty("head").GetString());

        // Who has taken over the host, and can compute, but has none of the keys of then.
        List<string> lines = [.. (await web.AsRootAsync($"cat {web.Data}/audit/*.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        int at = lines.FindIndex(line => line.Contains("\"event\": \"crontab.edited\"", StringComparison.Ordinal));
        int checkpoint = lines.FindIndex(at, line => line.Contains("\"event\": \"audit.checkpoint\"", StringComparison.Ordinal));
        Assert.True(at > 0 && checkpoint > at, $"{at} {checkpoint}");
        List<string> forged = CaseChain.Forge(CaseChain.Change(lines, at, line => line.Replace("@daily", "@hourly", StringComparison.Ordinal)), at);
        await PutAsync(hosts, web, forged);

        JsonElement found = JsonDocument.Parse((await AgentAsync(web, code: 1)).OutputText).RootElement;
        Assert.Equal(("ROOT", checkpoint + 1), (found.GetProperty("verdict").GetString(), found.GetProperty("first_bad").GetInt32()));
        live = await LiveAsync(home, 1);
        Assert.Equal(("ROOT", checkpoint + 1), (live.GetProperty("verdict").GetString(), live.GetProperty("first_bad").GetInt32()));
        Assert.Contains("conflict-", live.GetProperty("conflict").GetString(), StringComparison.Ordinal);
        using var folder = new CaseFolder();
        await folder.ShowAsync(forged, "ROOT", checkpoint + 1, new PythonDiffers("every hash and link is right; the ten lines know nothing of signatures"));
        // The copy is whole, and the host that contradicts it is not forgotten.
        Assert.Equal(1, (await home.RunAsync("audit", "verify", "--host", "web01")).Code);
    }

    [Fact]
    public async Task Case_07_a_hosts_whole_chain_regenerated_by_its_own_agent_is_REPLACED()
    {
        await using LiveHosts hosts = await LiveHosts.StartAsync();
        LiveHost web = await hosts.AddAsync("web01");
        using var home = new ConsoleHome(hosts.SshConfig);
        await home.GoodAsync("host", "add", "web01");
        await home.GoodAsync("audit", "pull", "web01");
        await web.StopDaemonAsync();
        await web.AsRootAsync($"rm -r {web.Data}");
        await web.StartDaemonAsync();

        JsonElement live = await LiveAsync(home, 1);
        Assert.Equal("REPLACED", live.GetProperty("verdict").GetString());
        Assert.Contains("conflict-", live.GetProperty("conflict").GetString(), StringComparison.Ordinal);
        ProgramResult all = await home.RunAsync("audit", "verify");
        Assert.Equal(1, all.Code);
        Assert.Contains("the host contradicts this copy", all.Output, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> LiveAsync(ConsoleHome home, int code)
    {
        ProgramResult run = await home.RunAsync("audit", "verify", "--live", "--json", "--host", "web01");
        Assert.True(run.Code == code, run.ToString());
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private static async Task<CronResult> AgentAsync(LiveHost web, int code = 0)
    {
        var run = await web.AsUserAsync($"{web.Agent} audit verify --json");
        Assert.True(run.ExitCode == code, $"exit {run.ExitCode}: {run.OutputText}{run.ErrorText}");
        return run;
    }

    private static async Task PutAsync(LiveHosts hosts, LiveHost web, List<string> lines)
    {
        var write = await hosts.Cron.RunAsync(["/bin/sh", "-c", $"set -- {web.Data}/audit/*.jsonl && test $# = 1 && cat >$1"], input: Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        Assert.True(write.ExitCode == 0, write.ErrorText);
    }
}
