using System.Text.Json;
using CcConsole.Fleet.Tests;
using CcConsole.Fleet.Tests.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary>A host whose copy is contradicted is red wherever a verb shows it, though every entry of the copy is whole and signed.</summary>
public sealed class ContradictedCopyTests : IDisposable
{
    private const string Said = "✗ the copy of db01 is contradicted: FORK at #3: the host has another entry\n  next: compare both versions in ";

    private readonly VerbHome _home = new VerbHome().Host("web01", "").Host("db01", "");
    private readonly SignedChain _chain = new SignedChain().Runs(6).Sign(), _other = new SignedChain("beef").Runs(6).Sign();

    public ContradictedCopyTests() => _home.Cache(cache =>
    {
        _chain.Store(cache, "web01");
        _other.Store(cache, "db01");
        cache.Conflicts.Keep("db01", "beef", 3, "FORK", "the host has another entry", new byte[] { 1 }, new byte[] { 2 });
    });

    public void Dispose()
    {
        _home.Dispose();
        _chain.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("csv")]
    [InlineData("ocsf")]
    public async Task A_list_of_its_entries_says_so_in_every_format(string format)
    {
        foreach (string hosts in (string[])["db01", "all", "web01,db01"])
        {
            ProgramResult red = await _home.RunAsync("audit", "list", hosts, "--format", format);
            Assert.Equal(1, red.Code);
            Assert.Contains(Said, red.Error, StringComparison.Ordinal);
            Assert.Contains("job3", red.Output, StringComparison.Ordinal);
        }
        ProgramResult good = await _home.RunAsync("audit", "list", "web01", "--format", format);
        Assert.True(good.Code == 0, good.ToString());
        Assert.DoesNotContain("✗", good.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_copy_is_exported_and_that_is_said()
    {
        string file = Path.Combine(_home.State, "db01.jsonl");
        ProgramResult red = await _home.RunAsync("audit", "export", "db01", file);
        Assert.Equal(1, red.Code);
        Assert.Contains(Said, red.Error, StringComparison.Ordinal);
        Assert.Equal(_other.Lines.Count, (await File.ReadAllLinesAsync(file)).Length);
        ProgramResult piped = await _home.RunAsync("audit", "export", "db01", "-");
        Assert.Equal((1, await File.ReadAllTextAsync(file)), (piped.Code, piped.Output));
        Assert.Contains(Said, piped.Error, StringComparison.Ordinal);
        (int code, JsonElement json) = await _home.JsonAsync("audit", "export", "db01", $"{file}.2");
        Assert.Equal((1, 1), (code, json.GetProperty("conflicts").GetInt32()));
        Assert.Equal(0, (await _home.RunAsync("audit", "export", "web01", $"{file}.3")).Code);
    }

    [Theory]
    [InlineData(2, 0, null)]
    [InlineData(3, 1, "✗ FORK: this entry is contradicted")]
    [InlineData(5, 1, "✗ FORK: the copy is contradicted from #3 on")]
    public async Task An_entry_is_shown_with_what_contradicts_it(long seq, int code, string? said)
    {
        ProgramResult run = await _home.RunAsync("audit", "show", "db01", $"{seq}");
        Assert.Equal(code, run.Code);
        Assert.Contains(Said, run.Error, StringComparison.Ordinal);
        Assert.Contains("✓ checkpoint #8 of ", run.Output, StringComparison.Ordinal);
        if (said is null) Assert.DoesNotContain("✗", run.Output, StringComparison.Ordinal);
        else Assert.Contains(said, run.Output, StringComparison.Ordinal);
        (int json, JsonElement shown) = await _home.JsonAsync("audit", "show", "db01", $"{seq}");
        Assert.Equal((code, code), (json, shown.GetProperty("contradicted_by").GetArrayLength()));
    }

    [Fact]
    public async Task Another_key_of_SSH_contradicts_no_entry_and_is_said_all_the_same()
    {
        _home.Cache(cache => cache.Conflicts.Keep("web01", "c0ffee", 0, "HOSTKEY", "the SSH key is another", "SHA256:abc"u8.ToArray(), "SHA256:other"u8.ToArray()));
        ProgramResult run = await _home.RunAsync("audit", "show", "web01", "3");
        Assert.Equal(0, run.Code);
        Assert.Contains("✗ the copy of web01 is contradicted: HOSTKEY at #0", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("✗", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await _home.RunAsync("audit", "list", "web01")).Code);
    }

    [Fact]
    public async Task Agent_status_carries_it_however_well_the_agent_is()
    {
        using RealAgent agent = new(_home.Folder("app01", "agent"));
        _home.Host("app01", "", agent.On);
        ProgramResult good = await _home.RunAsync("agent", "status", "app01");
        Assert.True(good.Code == 0, good.ToString());
        _home.Cache(cache => cache.Conflicts.Keep("app01", "c", 4, "HASH", "an entry is not whole", new byte[] { 1 }, new byte[] { 2 }));
        ProgramResult red = await _home.RunAsync("agent", "status", "app01");
        Assert.Equal(1, red.Code);
        Assert.StartsWith("✗ app01: ", red.Output, StringComparison.Ordinal);
        Assert.Contains("    ✗ the copy of its chain is contradicted: HASH at #4: an entry is not whole; both versions: ", red.Output, StringComparison.Ordinal);
        (int code, JsonElement json) = await _home.JsonAsync("agent", "status", "app01");
        Assert.Equal((1, "HASH"), (code, json.GetProperty("conflicts")[0].GetProperty("verdict").GetString()));
    }
}
