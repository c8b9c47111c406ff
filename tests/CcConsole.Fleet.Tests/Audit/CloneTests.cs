using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>Hosts that have one chain: a machine was cloned with its agent's folders, or one shows the other's chain.</summary>
public sealed class CloneTests : IAsyncDisposable
{
    private static readonly string[] Hosts = ["web01", "web02"];
    private readonly TestFleet _fleet = new();
    private readonly Dictionary<string, AgentDouble> _agents = [];
    private readonly FleetControl _console;

    public CloneTests()
    {
        foreach (string host in Hosts)
        {
            _fleet.Wraps[host] = inner => _agents[host] = new AgentDouble(inner);
        }

        _console = _fleet.Open();
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task A_clone_is_said_in_words_and_this_consoles_own_marks_accuse_neither()
    {
        foreach (string host in Hosts)
        {
            _console.Hosts.Add(_fleet.MakeHost(host));
            await _console.Hosts.TestAsync(_console.Hosts.Get(host));
            _agents[host].NewChain("c0ffee");
            Add(host, 9);
        }

        Add("web01", 20);
        Assert.Null((await _console.Audit.PullAsync("web01")).Message);
        for (int i = 0; i < 3; i++)
        {
            foreach (string host in Hosts)
            {
                PullResult result = await _console.Audit.PullAsync(host);
                Assert.True(result.IsGood, result.Message);
                string words = $"it has the same chain as {Hosts.Single(other => other != host)}";
                Assert.Equal(i > 0 || host == "web02", result.Message?.Contains(words, StringComparison.Ordinal) == true);
                Assert.Equal(i > 0 || host == "web02", _console.Audit.State(host).Words.Contains(words, StringComparison.Ordinal));
                Add(host, 1 + i);
            }
        }

        Assert.Empty(_console.Audit.Conflicts());
        Assert.All(Hosts, host => Assert.DoesNotContain(_agents[host].Appended, entry => entry.Event == AuditEvents.WitnessHead));
    }

    private void Add(string host, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _agents[host].Append("job.finished", new AuditMember("job_id", $"{host} {i}"));
        }
    }

    [Theory]
    [InlineData("web02", "web02", "")]
    [InlineData("web02", "web01", "web02")]
    [InlineData("web01", "web01", "")]
    [InlineData("web01", "web02", "web01")]
    [InlineData("called otherwise", "web02", "")]
    [InlineData("called otherwise", "web01", "")]
    [InlineData("called otherwise", "nobody", "web01 web02")]
    public void A_word_is_held_against_the_clone_that_it_means(string about, string hashOf, string red)
    {
        (Dictionary<string, ChainHead> heads, ChainHead witness, ChainLine line) = Say(about, hashOf, 5);
        Witnesses heard = new(_console.Cache, Options());
        heard.Hear(witness, line);
        Assert.Equal(red, string.Join(' ', heard.Keep().Select(conflict => conflict.Host).Order(StringComparer.Ordinal)));
        Assert.Empty(_console.Cache.Claims.Of(heads["web01"].Chain));
    }

    [Theory]
    [InlineData("web01", "web01")]
    [InlineData("web02", "web02")]
    [InlineData("called otherwise", "")]
    public void A_word_that_waits_is_held_against_the_clone_that_it_means(string about, string red)
    {
        (Dictionary<string, ChainHead> heads, ChainHead witness, ChainLine line) = Say(about, "nobody", 500);
        new Witnesses(_console.Cache, Options()).Hear(witness, line);
        Witnesses later = new(_console.Cache, Options());
        Array.ForEach(Hosts, host => later.Settle(heads[host]));
        Assert.Equal(red, string.Join(' ', later.Keep().Select(conflict => conflict.Host)));
    }

    /// <summary>Two copies of one chain, which parted behind #3, and what the chain of a third host says of one of them.</summary>
    private (Dictionary<string, ChainHead> Heads, ChainHead Witness, ChainLine Line) Say(string about, string hashOf, long seq)
    {
        Dictionary<string, ChainHead> heads = [];
        foreach (string host in Hosts)
        {
            using SignedChain chain = new SignedChain("twin", signed: false).Runs(3).Add("job.finished", new AuditMember("job_id", host)).Runs(5);
            heads[host] = chain.Store(_console.Cache, host);
        }

        string hash = heads.TryGetValue(hashOf, out ChainHead? copy) ? AuditRow.From(_console.Cache.Chains.Line(copy, seq)!.Value).Hash! : new string('0', Hash32.HexLength);
        using SignedChain third = new SignedChain("other", signed: false).Add(AuditEvents.WitnessHead, new("actor", "bob"), new("origin", "desk"),
            new("host", about), new("host_chain", "twin"), new("host_seq", seq), new("host_hash", hash));
        return (heads, third.Store(_console.Cache, "db01"), new ChainLine(1, third.Lines[1]));
    }

    private static FleetOptions Options() => new()
    {
        StateDirectory = "",
        ConfigDirectory = "",
        Shells = _ => throw new NotSupportedException(),
        Actor = "alice",
        Origin = "laptop",
    };
}
