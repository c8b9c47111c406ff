using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.BadInput;

/// <summary>Chains that a host gives otherwise than they were: found by the pull, kept as evidence, and the copy stays whole.</summary>
public sealed class ChainTests : IAsyncLifetime
{
    private LiveHosts _hosts = null!;
    private LiveHost _web = null!;
    private ConsoleHome _home = null!;

    public async ValueTask InitializeAsync()
    {
        _hosts = await LiveHosts.StartAsync();
        _web = await _hosts.AddAsync("web01");
        _home = new ConsoleHome(_hosts.SshConfig);
        await _home.GoodAsync("host", "add", "web01");
        for (int i = 0; i < 6; i++)
        {
            CronResult run = await _web.AsUserAsync($"{_web.Agent} exec --job-id job-{i} -- /bin/sh -c 'exit 0'");
            Assert.True(run.ExitCode == 0, run.ErrorText);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _home.Dispose();
        await _hosts.DisposeAsync();
    }

    [Fact]
    public async Task A_chain_cut_in_its_middle_is_found_by_the_first_pull()
    {
        await _web.StopDaemonAsync();
        await _web.AsRootAsync($"sed -i 4d {_web.Data}/audit/*.jsonl");

        Refusal.Is(await _home.RunAsync("audit", "pull", "web01"), 1, "✗ web01", "#3");
        await EvidenceAsync();
    }

    [Fact]
    public async Task An_entry_changed_after_a_pull_is_found_when_every_entry_is_compared()
    {
        await _home.GoodAsync("audit", "pull", "web01");
        await _web.StopDaemonAsync();
        string[] lines = (await _web.AsRootAsync($"cat {_web.Data}/audit/*.jsonl")).Split('\n');
        int run = Array.FindIndex(lines, 3, line => line.Contains("\"exit_code\": 0", StringComparison.Ordinal));
        await _web.AsRootAsync($"sed -i '{run + 1}s/\"exit_code\": 0/\"exit_code\": 7/' {_web.Data}/audit/*.jsonl");

        Refusal.Is(await _home.RunAsync("audit", "pull", "web01", "--deep"), 1, "✗ web01", $"#{run}");
        await EvidenceAsync();
        await CopyIsWholeAsync();
    }

    [Fact]
    public async Task A_chain_truncated_after_a_pull_is_a_rollback()
    {
        await _home.GoodAsync("audit", "pull", "web01");
        await _web.StopDaemonAsync();
        await _web.AsRootAsync($"sed -i '5,$d' {_web.Data}/audit/*.jsonl");

        Refusal.Is(await _home.RunAsync("audit", "pull", "web01"), 1, "ROLLBACK", "#4");
        await EvidenceAsync();
        await CopyIsWholeAsync();
        // Looked at by a person: the next pull begins a new copy, and the evidence stays.
        await _home.GoodAsync("audit", "resolve", "web01", "--yes");
        await _home.GoodAsync("audit", "pull", "web01");
        Assert.NotEmpty(Evidence());
    }

    private string[] Evidence() => Directory.GetFiles(_home.State, "theirs", SearchOption.AllDirectories);

    private async Task EvidenceAsync()
    {
        Assert.Single(Evidence());
        ProgramResult heads = await _home.RunAsync("audit", "heads");
        Assert.True(heads.Code == 1, heads.ToString());
        Assert.Contains("evidence: ", heads.Output, StringComparison.Ordinal);
        // It stays so until a person has looked.
        Refusal.Is(await _home.RunAsync("audit", "pull", "web01"), 1, "✗ web01", "audit resolve web01");
    }

    private async Task CopyIsWholeAsync()
    {
        ProgramResult verify = await _home.RunAsync("audit", "verify", "--host", "web01");
        Assert.True(verify.Code == 1, verify.ToString());
        Assert.Contains("the host contradicts this copy", verify.Output, StringComparison.Ordinal);
        string file = Path.Combine(_home.Folder, "copy.jsonl");
        // Written and listed all the same, and never without a word.
        Refusal.Is(await _home.RunAsync("audit", "export", "web01", file), 1, "the copy of web01 is contradicted");
        await _home.GoodAsync("audit", "verify", file);
        ProgramResult list = await _home.RunAsync("audit", "list", "web01");
        Refusal.Is(list, 1, "the copy of web01 is contradicted");
        Assert.Contains("job.finished", list.Output, StringComparison.Ordinal);
    }
}
