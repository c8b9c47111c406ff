using CcConsole.Fleet.Tests.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class AuditHeadsVerbTests
{
    [Fact]
    public async Task Hosts_that_have_one_chain_are_named_and_are_no_finding()
    {
        using VerbHome home = new VerbHome().Host("web01", "").Host("web02", "").Host("db01", "");
        using SignedChain chain = new("c0ffee"), other = new("decaf");
        home.Cache(cache =>
        {
            chain.Store(cache, "web01");
            chain.Store(cache, "web02");
            other.Store(cache, "db01");
        });
        ProgramResult heads = await home.RunAsync("audit", "heads");
        Assert.Equal(0, heads.Code);
        Assert.Contains("! web01: it has the same chain as web02", heads.Output, StringComparison.Ordinal);
        Assert.Contains("! web02: it has the same chain as web01", heads.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("! db01", heads.Output, StringComparison.Ordinal);
    }
}
