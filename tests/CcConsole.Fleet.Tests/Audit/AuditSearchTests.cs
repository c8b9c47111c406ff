using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Search;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

public sealed class AuditSearchTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly FleetControl _control;
    private readonly Dictionary<string, AgentDouble> _agents = [];

    public AuditSearchTests()
    {
        foreach (string host in (string[])["web01", "web02"])
            _fleet.Wraps[host] = inner => _agents.TryGetValue(host, out AgentDouble? made) ? made : _agents[host] = new AgentDouble(inner);
        _control = _fleet.Open();
        foreach (string host in (string[])["web01", "web02"])
        {
            _control.Hosts.Add(_fleet.MakeHost(host));
            _control.Hosts.TestAsync(_control.Hosts.Get(host)).GetAwaiter().GetResult();
            _agents[host].NewChain($"c0ffee-{host}");
        }
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    [Fact]
    public async Task What_was_pulled_is_in_the_index_already_and_found_with_its_host()
    {
        foreach (string host in (string[])["web01", "web02"])
        {
            _agents[host].Append("job.finished", new AuditMember("command", $"/srv/{host}.sh"), new AuditMember("exit_code", 1));
            Assert.True((await _control.Audit.PullAsync(host, cancellation: TestContext.Current.CancellationToken)).IsGood);
        }

        // Nothing is left for an update: the pulls took all in.
        Progress progress = new();
        Assert.Null(_control.Audit.Index.UpdateIndex(progress, TestContext.Current.CancellationToken));
        Assert.Equal(0, progress.Reports);
        Assert.Equal("web02", Assert.Single(Search(new AuditQuery { Text = SearchText.Parse("web02.sh") })).Host);
        Assert.Equal(["web01", "web02"], Search(new AuditQuery { ExitCode = 1 }).Select(row => row.Host).Order());
        Assert.Equal("web01", Assert.Single(Search(new AuditQuery { ExitCode = 1, Hosts = ["web01", "web01"] })).Host);
    }

    [Fact]
    public async Task Rows_of_several_hosts_come_newest_first_and_those_of_one_in_the_order_of_its_chain()
    {
        for (int i = 0; i < 20; i++)
            _agents[i % 3 == 0 ? "web01" : "web02"].Append("job.started", new AuditMember("job_id", "j"));
        foreach (string host in (string[])["web01", "web02"])
            await _control.Audit.PullAsync(host, cancellation: TestContext.Current.CancellationToken);

        AuditRow[] rows = Search(new AuditQuery { Job = "j" });
        Assert.Equal(20, rows.Length);
        Assert.Equal(rows.Select(row => row.Time).OrderDescending(), rows.Select(row => row.Time));
        foreach (IGrouping<string, AuditRow> host in rows.GroupBy(row => row.Host))
            Assert.Equal(host.Select(row => row.Seq).OrderDescending(), host.Select(row => row.Seq));
        Assert.Equal(rows.Take(7).Select(row => row.Hash), Search(new AuditQuery { Job = "j", Limit = 7 }).Select(row => row.Hash));
    }

    [Fact]
    public async Task A_copy_that_was_put_aside_is_searched_when_asked()
    {
        _agents["web01"].Append("job.started", new AuditMember("job_id", "before"));
        await _control.Audit.PullAsync("web01", cancellation: TestContext.Current.CancellationToken);
        _control.Cache.Chains.Retire("web01");
        Assert.Throws<ProblemException>(() => Search(new AuditQuery { Job = "before", Hosts = ["web01"] }));
        Assert.Single(Search(new AuditQuery { Job = "before", Hosts = ["web01"], WithRetired = true }));
        Assert.Single(Search(new AuditQuery { Job = "before", WithRetired = true }));
        Assert.Empty(Search(new AuditQuery { Job = "before" }));
    }

    [Fact]
    public async Task A_verification_does_not_ask_the_index()
    {
        _agents["web01"].Append("job.started", new AuditMember("job_id", "j"));
        await _control.Audit.PullAsync("web01", cancellation: TestContext.Current.CancellationToken);
        string index = Path.Combine(Path.GetDirectoryName(_control.Cache.FilePath)!, "cache-index.db");
        Assert.True(File.Exists(index));
        File.WriteAllText(index, "not an index");
        Assert.True(_control.Audit.Verify("web01").IsGood);
        Assert.Single(Search(new AuditQuery { Job = "j" }));
    }

    private AuditRow[] Search(AuditQuery query) => [.. _control.Audit.Search(query)];

    private sealed class Progress : IProgress<IndexProgress>
    {
        public int Reports { get; private set; }

        public void Report(IndexProgress value) => Reports++;
    }
}
