using System.Text.Json;
using CcConsole.Fleet.Tests.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary>Hosts of the fleet that have no copy in use: from which nothing was pulled yet, and whose copy was put aside.</summary>
public sealed class AuditWithoutCopyTests : IDisposable
{
    private readonly VerbHome _home = new VerbHome().Host("web01", "");
    private readonly SignedChain _chain = new SignedChain().Runs(3).Sign(), _other = new SignedChain("beef").Runs(3).Sign();

    public AuditWithoutCopyTests() => _home.Cache(cache => _chain.Store(cache, "web01"));

    public void Dispose()
    {
        _home.Dispose();
        _chain.Dispose();
        _other.Dispose();
    }

    private void SetAside() => _home.Host("db01", "").Cache(cache =>
    {
        _other.Store(cache, "db01");
        cache.Chains.Retire("db01");
    });

    [Fact]
    public async Task A_host_from_which_nothing_was_pulled_is_named_and_is_not_enough_where_an_anchor_or_an_age_is_asked_for()
    {
        _home.Host("new", "");
        ProgramResult heads = await _home.RunAsync("audit", "heads"), verify = await _home.RunAsync("audit", "verify");
        Assert.Equal((0, 0), (heads.Code, verify.Code));
        Assert.Matches("(?m)^new +NONE +no copy: nothing was pulled yet +never ", heads.Output);
        Assert.Contains("○ new: no copy: nothing was pulled yet\n    next:   cc-console audit pull new\n", verify.Output, StringComparison.Ordinal);
        foreach (string[] asked in (string[][])[["--require-anchor"], ["--max-age", "9999d"]])
        {
            ProgramResult run = await _home.RunAsync(["audit", "verify", "--brief", .. asked]);
            Assert.Equal(2, run.Code);
            Assert.Contains("✗ new: no copy: nothing was pulled yet\n", run.Output, StringComparison.Ordinal);
            // Who names hosts asks about those.
            Assert.Equal(0, (await _home.RunAsync(["audit", "verify", "--host", "web01", .. asked])).Code);
        }
    }

    [Fact]
    public async Task A_host_whose_copy_was_put_aside_stays_a_finding_until_it_is_pulled_again()
    {
        SetAside();
        ProgramResult heads = await _home.RunAsync("audit", "heads"), verify = await _home.RunAsync("audit", "verify");
        Assert.Equal((1, 2), (heads.Code, verify.Code));
        Assert.Matches("(?m)^db01 +NONE +no copy in use +not since ", heads.Output);
        foreach (string output in (string[])[heads.Output, verify.Output])
            Assert.Matches("(?m)^✗ db01: no copy in use since [-0-9: ]+ UTC: resolved, not pulled since; audit list --retired shows it$", output);

        (int code, JsonElement[] lines) = await _home.LinesAsync("audit", "verify");
        Assert.Equal(2, code);
        Assert.Equal(["web01 OK", "db01 NONE"], lines.Select(line => $"{line.GetProperty("host").GetString()} {line.GetProperty("verdict").GetString()}"));
        _home.Cache(cache => _chain.Store(cache, "db01"));
        Assert.Equal((0, 0), ((await _home.RunAsync("audit", "heads")).Code, (await _home.RunAsync("audit", "verify")).Code));
    }

    [Fact]
    public async Task Of_a_copy_that_was_put_aside_it_is_not_said_that_nothing_was_pulled()
    {
        SetAside();
        string[][] verbs = [["list", "db01"], ["show", "db01"], ["show", "db01", "0"], ["verify", "--host", "db01"], ["export", "db01", "x.jsonl"], ["archive", "db01", "--before", "1"], ["list", "web01,db01"]];
        foreach (string[] verb in verbs)
        {
            ProgramResult run = await _home.RunAsync(["audit", .. verb]);
            Assert.True(run.Code > 0, run.ToString());
            Assert.Matches("in use since [-0-9: ]+ UTC", run.Error);
            Assert.DoesNotContain("othing was pulled from", run.Error, StringComparison.Ordinal);
            Assert.Contains("--retired", run.Error, StringComparison.Ordinal);
        }
        Assert.Equal(0, (await _home.RunAsync("audit", "list", "db01", "--retired")).Code);
    }

    [Fact]
    public async Task Where_all_copies_were_put_aside_none_is_good_and_that_is_said()
    {
        SetAside();
        _home.Cache(cache => cache.Chains.Retire("web01"));
        ProgramResult verify = await _home.RunAsync("audit", "verify"), list = await _home.RunAsync("audit", "list");
        Assert.Equal(2, verify.Code);
        Assert.Contains("✗ web01: ", verify.Output, StringComparison.Ordinal);
        Assert.Contains("no copy is in use, and 2 were put aside (--retired)", list.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_whose_first_pull_found_something_is_red_without_any_copy()
    {
        _home.Host("new", "").Cache(cache => cache.Conflicts.Keep("new", "c", 0, "HASH", "its first entry is not whole", Array.Empty<byte>(), new byte[] { 1 }));
        (int code, JsonElement[] lines) = await _home.LinesAsync("audit", "verify");
        Assert.Equal((1, "HASH"), (code, lines[^1].GetProperty("verdict").GetString()));
        Assert.Contains("✗ new: HASH at #0: its first entry is not whole", (await _home.RunAsync("audit", "verify")).Output, StringComparison.Ordinal);
    }
}
