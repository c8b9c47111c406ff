using System.Text.RegularExpressions;
using CcConsole.Fleet.Tests.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class AuditArchiveVerbTests : IDisposable
{
    private readonly VerbHome _home = new VerbHome().Host("web01", "");
    private readonly SignedChain _chain = new SignedChain().Runs(20).Sign().Runs(20).Sign().Prune(30).Sign().Runs(2).Sign();

    public void Dispose()
    {
        _home.Dispose();
        _chain.Dispose();
    }

    [Fact]
    public async Task The_command_that_is_printed_with_an_archive_verifies_it_on_its_own()
    {
        _home.Cache(cache => _chain.Store(cache));
        ProgramResult moved = await _home.RunAsync("audit", "archive", "web01", "--before", "20");
        Assert.True(moved.Code == 0, moved.ToString());
        string[] words = Regex.Match(moved.Error, "cc-console (audit verify .*)").Groups[1].Value.Split(' ');
        Assert.Equal(5, words.Length);
        ProgramResult verified = await _home.RunAsync(words);
        Assert.True(verified.Code == 0, verified.ToString());
    }

    [Fact]
    public async Task Of_a_pruned_copy_none_is_promised_that_would_be_a_GAP()
    {
        _home.Cache(cache => _chain.Store(cache, first: 30));
        ProgramResult moved = await _home.RunAsync("audit", "archive", "web01", "--before", "40");
        Assert.True(moved.Code == 0, moved.ToString());
        Assert.DoesNotContain("--remembered", moved.Error, StringComparison.Ordinal);
        Assert.Contains("the host had pruned what came before #30", moved.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await _home.RunAsync("audit", "verify", "--host", "web01")).Code);
    }
}
