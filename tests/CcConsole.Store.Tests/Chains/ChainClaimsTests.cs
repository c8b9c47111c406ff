using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Store.Tests.Chains;

public sealed class ChainClaimsTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    private static ChainClaim Claim(string atHost, string chain = "9f2c", long seq = 7, string host = "web01") =>
        new(chain, seq, new string('a', 64), "alice@laptop", host, atHost, 11, null, new byte[] { 1 });

    [Fact]
    public void The_same_word_in_another_hosts_chain_outlives_the_one_that_was_found_not_to_count()
    {
        ChainClaims claims = _cache.Open().Claims;
        claims.Add(Claim("web02"));
        claims.Add(Claim("web02"));
        claims.Add(Claim("web03"));
        Assert.Equal(["web02", "web03"], claims.Of("9f2c").Select(claim => claim.AtHost));
        claims.Forget("9f2c", "web02");
        Assert.Equal(["web03"], claims.Of("9f2c").Select(claim => claim.AtHost));
    }

    [Fact]
    public void A_newer_word_takes_the_place_of_one_about_the_same_host_and_not_of_one_about_its_clone()
    {
        ChainClaims claims = _cache.Open().Claims;
        claims.Add(Claim("web03"));
        claims.Add(Claim("web03", seq: 8, host: "web02"));
        claims.Add(Claim("web03", seq: 9));
        Assert.Equal([("web02", 8), ("web01", 9)], claims.Of("9f2c").Select(claim => (claim.Host, claim.Seq)));
    }

    [Fact]
    public void A_host_that_makes_consoles_up_crowds_out_only_its_own_words()
    {
        ChainClaims claims = _cache.Open().Claims;
        claims.Add(Claim("web02"));
        claims.Add(Claim("web03"));
        for (int i = 0; i < 1000; i++)
        {
            claims.Add(Claim("web02", $"made up {i}"));
        }

        Assert.Equal(["web03"], claims.Of("9f2c").Select(claim => claim.AtHost));
    }
}
