using CcConsole.Fleet.Tests.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class AuditResolveVerbTests : IDisposable
{
    private readonly VerbHome _home = new VerbHome().Host("web01", "");
    private readonly SignedChain _chain = new SignedChain().Runs(20).Sign();

    public void Dispose()
    {
        _home.Dispose();
        _chain.Dispose();
    }

    [Fact]
    public async Task Each_contradiction_and_the_key_that_is_pinned_are_told_before_it_is_done()
    {
        _home.Cache(cache =>
        {
            _chain.Store(cache);
            cache.Conflicts.Keep("web01", "c", 9, "HOSTKEY", "the SSH key is another", "SHA256:first"u8.ToArray(), "SHA256:other"u8.ToArray());
            cache.Conflicts.Keep("web01", "c", 3, "FORK", "alice@laptop has seen another entry", new byte[] { 1 }, new byte[] { 2 }, "web02");
        });
        ProgramResult heads = await _home.RunAsync("audit", "heads");
        Assert.Contains("HOSTKEY at #9", heads.Output, StringComparison.Ordinal);
        Assert.Contains("FORK at #3", heads.Output, StringComparison.Ordinal);
        ProgramResult asked = await _home.RunAsync("audit", "resolve", "web01");
        Assert.NotEqual(0, asked.Code);
        foreach (string words in (string[])["HOSTKEY at #9", "FORK at #3", "the SSH key SHA256:other is that of web01", "the word in the chain of web02 does not count"])
        {
            Assert.Contains(words, asked.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await _home.RunAsync("audit", "resolve", "web01", "--yes")).Code);
        ProgramResult nothing = await _home.RunAsync("audit", "resolve", "web01");
        Assert.Contains("no open conflict", nothing.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("SSH", nothing.Error, StringComparison.Ordinal);
    }
}
