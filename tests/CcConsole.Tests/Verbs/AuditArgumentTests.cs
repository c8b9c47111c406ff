using CcConsole.Fleet.Tests.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary>Hosts, files and numbers that the audit verbs are given.</summary>
public sealed class AuditArgumentTests : IDisposable
{
    private readonly VerbHome _home = new VerbHome().Host("web01", "");
    private readonly SignedChain _chain = new SignedChain().Runs(6).Sign().Runs(3);

    public AuditArgumentTests() => _home.Cache(cache => _chain.Store(cache));

    public void Dispose()
    {
        _home.Dispose();
        _chain.Dispose();
    }

    [Fact]
    public async Task A_copy_is_written_to_standard_output_where_that_is_asked_for()
    {
        ProgramResult run = await _home.RunAsync("audit", "export", "web01", "-");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal(_chain.Lines.SelectMany(line => (byte[])[.. line, (byte)'\n']), run.OutputBytes);
        Assert.False(Path.Exists("-"));
        foreach (string option in (string[])["--evidence", "--json"])
        {
            ProgramResult refused = await _home.RunAsync("audit", "export", "web01", "-", option);
            Assert.Equal((2, ""), (refused.Code, refused.Output));
            Assert.Contains("cc-console: ", refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("show web01 -1", "has no entry #-1: it goes from #0 to #11")]
    [InlineData("show web01 12", "has no entry #12: it goes from #0 to #11")]
    [InlineData("export web01 ''", "The file to write has no name")]
    [InlineData("export web01 '' --evidence", "The file to write has no name")]
    [InlineData("show nosuch", "There is no host \"nosuch\" in the fleet")]
    [InlineData("export nosuch nosuch.jsonl", "There is no host \"nosuch\" in the fleet")]
    [InlineData("archive nosuch --before 3", "There is no host \"nosuch\" in the fleet")]
    [InlineData("resolve nosuch", "There is no host \"nosuch\" in the fleet")]
    public async Task A_mistake_is_told(string arguments, string what)
    {
        ProgramResult run = await _home.RunAsync(["audit", .. arguments.Split(' ').Select(word => word == "''" ? "" : word)]);

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.StartsWith("cc-console: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(what, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_is_shown_though_its_host_is_no_longer_in_the_fleet()
    {
        using SignedChain gone = new SignedChain("beef").Runs(4).Sign();
        _home.Cache(cache => gone.Store(cache, "gone01"));
        Assert.Equal(0, (await _home.RunAsync("audit", "show", "gone01", "3")).Code);
        Assert.Equal(0, (await _home.RunAsync("audit", "export", "gone01", "-")).Code);
    }
}
