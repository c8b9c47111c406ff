using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Monitoring;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

public sealed class AuditStateTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly MovedTime _time = new();
    private readonly FleetControl _control;
    private readonly Dictionary<string, AgentDouble> _agents = [];

    public AuditStateTests()
    {
        foreach (string host in (string[])["web01", "web02", "web03"])
        {
            _fleet.Wraps[host] = inner => _agents.TryGetValue(host, out AgentDouble? known) ? known : _agents[host] = new AgentDouble(inner);
        }

        _control = _fleet.Open(change: options => options with { Time = _time, StaleAfter = TimeSpan.FromMinutes(10), PollInterval = TimeSpan.FromHours(1) });
        foreach (string host in (string[])["web01", "web02", "web03"])
        {
            _control.Hosts.Add(_fleet.MakeHost(host));
            _control.Hosts.TestAsync(_control.Hosts.Get(host)).GetAwaiter().GetResult();
            _agents[host].NewChain($"c{host}");
            _agents[host].Append("job.finished", new AuditMember("job_id", "j"), new AuditMember("exit_code", 4));
        }
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    /// <summary>The clock that the settings' times are counted by, which only a test moves; waiting goes by the real one.</summary>
    private sealed class MovedTime : TimeProvider
    {
        private readonly DateTimeOffset _begun = System.GetUtcNow();

        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => _begun + By;
    }

    [Fact]
    public async Task Every_head_has_an_age_and_is_stale_after_what_the_settings_say()
    {
        AuditState none = _control.Audit.State("web01");
        Assert.Equal((AuditState.NotPulled, false, false, null), (none.Verdict, none.IsGood, none.IsBad, none.Age));
        await _control.Audit.PullAsync("web01");
        AuditState fresh = _control.Audit.State("web01");
        Assert.Equal(("OK", true, false), (fresh.Verdict, fresh.IsGood, fresh.IsStale));
        Assert.Contains("verified copy to #1", fresh.Words);
        Assert.Contains("nothing in it is signed", fresh.Words);
        _time.By = TimeSpan.FromMinutes(11);
        AuditState old = _control.Audit.State("web01");
        Assert.True(old.IsStale);
        Assert.InRange(old.Age!.Value, TimeSpan.FromMinutes(11), TimeSpan.FromMinutes(13));
        Assert.Contains("stale: pulled 11 minutes ago", old.Words);
    }

    [Fact]
    public async Task A_pull_that_breaks_off_does_not_make_the_copy_new()
    {
        await _control.Audit.PullAsync("web01");
        _time.By = TimeSpan.FromMinutes(11);
        foreach (string host in (string[])["web01", "web02"])
        {
            AgentDouble agent = _agents[host];
            for (int i = 0; i < 9; i++)
            {
                agent.Append("job.finished", new AuditMember("job_id", "j"));
            }

            // The first piece comes, then the line is cut, however often it is tried.
            int pieces = 0;
            agent.OnTheWire = lines =>
            {
                if (pieces++ > 0)
                {
                    agent.Cut();
                }

                return lines;
            };
            await Assert.ThrowsAnyAsync<Exception>(() => _control.Audit.PullAsync(host));
        }

        AuditState known = _control.Audit.State("web01"), never = _control.Audit.State("web02");
        Assert.True(known.Head!.Seq > 1 && known.IsStale, known.Words);
        Assert.Contains("stale: pulled 11 minutes ago", known.Words);
        Assert.InRange(known.Head.LastSeen - known.Head.PulledAt, TimeSpan.FromMinutes(11), TimeSpan.FromMinutes(13));
        Assert.Equal((true, null), (never.IsStale, never.Age));
        Assert.Contains("its first pull has not ended", never.Words);

        foreach (string host in (string[])["web01", "web02"])
        {
            _agents[host].OnTheWire = lines => lines;
            await _control.Audit.PullAsync(host);
            Assert.False(_control.Audit.State(host).IsStale);
        }
    }

    [Fact]
    public async Task A_host_that_is_red_is_red_everywhere()
    {
        await _control.Audit.PullAsync("web01");
        _agents["web01"].NewChain("other");
        Assert.Equal("REPLACED", (await _control.Audit.PullAsync("web01")).Verdict);
        Assert.Equal(("REPLACED", true), (_control.Audit.State("web01").Verdict, _control.Audit.State("web01").IsBad));
        Assert.Equal("REPLACED", _control.Audit.States().Single(state => state.Host == "web01").Verdict);
        _control.Monitor.Publish("web01");
        HostRow row = _control.Monitor.Current.Host("web01")!;
        Assert.Equal(("REPLACED", Status.Fail), (row.Verdict, row.Status));
        Assert.Contains("REPLACED", row.Cause);
    }

    [Fact]
    public async Task What_was_changed_on_a_host_since_is_found_by_itself_once_a_comparison_is_due()
    {
        await _control.Audit.PullAsync("web01");
        byte[] changed = [.. _agents["web01"].Chain[0]];
        changed[changed.AsSpan().IndexOf("timestamp"u8) + 15] ^= 1;
        _agents["web01"].Chain[0] = changed;
        _time.By = TimeSpan.FromHours(12);
        Assert.True((await _control.Audit.PullAsync("web01")).IsGood);
        _time.By = TimeSpan.FromHours(25);
        PullResult found = await _control.Audit.PullAsync("web01");
        Assert.Equal(("HASH", 0L), (found.Verdict, found.Conflict!.Seq));
    }

    [Fact]
    public async Task A_comparison_is_remembered_and_not_made_again_at_once()
    {
        await _control.Audit.PullAsync("web01");
        DateTimeOffset first = _control.Audit.Head("web01").ComparedAt!.Value;
        _time.By = TimeSpan.FromHours(25);
        await _control.Audit.PullAsync("web01");
        DateTimeOffset second = _control.Audit.Head("web01").ComparedAt!.Value;
        Assert.InRange(second - first, TimeSpan.FromHours(24), TimeSpan.FromHours(26));
        _time.By = TimeSpan.FromHours(26);
        await _control.Audit.PullAsync("web01");
        Assert.Equal(second, _control.Audit.Head("web01").ComparedAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Old_entries_go_into_the_archive_with_a_comparison_when_the_settings_want_it(bool readOnly)
    {
        // The entries' times are of these seconds.
        DateTimeOffset begun = DateTimeOffset.UnixEpoch.AddSeconds(1_795_190_000);
        AtTime clock = new() { Now = begun.AddMinutes(5) };
        FleetControl console = _fleet.Open(readOnly, options => options with { StateDirectory = Path.Combine(_fleet.Root, "other"), Time = clock, ArchiveAfter = TimeSpan.FromDays(30) });
        while (_agents["web01"].Chain.Count < 100)
        {
            _agents["web01"].Append("job.finished", new AuditMember("job_id", "j"));
        }

        await console.Hosts.TestAsync(console.Hosts.Get("web01"));
        Assert.True((await console.Audit.PullAsync("web01")).IsGood);
        Assert.Equal(0, console.Audit.Head("web01").Archived);
        clock.Now = begun.AddDays(30).AddSeconds(50);
        PullResult due = await console.Audit.PullAsync("web01");
        Assert.True(due.IsGood, due.Message);
        Assert.Null(due.Message);
        ChainHead head = console.Audit.Head("web01");
        Assert.Equal(readOnly ? 0 : 50, head.Archived);
        Assert.True(console.Audit.Verify("web01").IsGood);
        Assert.Equal(head.Seq + 1, console.Audit.Entries("web01").Count());
        if (!readOnly)
        {
            using FileStream archive = File.OpenRead(head.Archive!);
            VerifyResult alone = ChainVerifier.Verify(archive);
            Assert.Equal((Verdict.Unanchored, 50L), (alone.Verdict, alone.Verified));
            Assert.Contains("\"host\": \"web01\"", console.Audit.Entries(OwnChain.Name).Single(row => row.Event == AuditEvents.AuditArchived).Text());
        }
    }

    [Fact]
    public void Only_an_unbroken_run_of_old_entries_from_the_start_is_archived_whatever_the_hosts_clock_said_later()
    {
        AtTime clock = new() { Now = DateTimeOffset.UnixEpoch.AddSeconds(1_795_190_000).AddDays(30) };
        FleetControl console = _fleet.Open(change: options => options with { StateDirectory = Path.Combine(_fleet.Root, "other"), Time = clock });
        using SignedChain chain = new SignedChain(signed: false).Runs(29);
        // After a start without a clock of its own, right in the middle of what the copy holds.
        chain.Clock = 5_000_000;
        chain.Runs(1).Clock = null;
        chain.Runs(30).Store(console.Cache);
        Assert.Equal(0, console.Audit.Archive("web01", TimeSpan.FromDays(30)).Count);
        clock.Now = clock.Now.AddSeconds(20);
        Assert.Equal(20, console.Audit.Archive("web01", TimeSpan.FromDays(30)).Count);
        Assert.Equal(20, console.Audit.Head("web01").Archived);
    }

    [Theory]
    [InlineData("DELETE FROM chain_line WHERE position & 1099511627775 = 20")]
    [InlineData("UPDATE chain_line SET line = CAST('[]' AS BLOB) WHERE position & 1099511627775 = 20")]
    [InlineData("UPDATE chain_line SET line = CAST('not JSON' AS BLOB) WHERE position & 1099511627775 = 20")]
    [InlineData("UPDATE chain_line SET line = CAST('{\"prev_hash\": \"\\ud800\"}' AS BLOB) WHERE position & 1099511627775 = 20")]
    public async Task What_was_edited_in_the_cache_is_not_archived_and_that_is_said(string edit)
    {
        using SignedChain chain = new SignedChain(signed: false).Runs(40);
        chain.Store(_control.Cache);
        await using (await _fleet.SqlAsync(edit, "SELECT 1"))
        {
            foreach (long before in (long[])[20, 30])
            {
                Assert.Contains("are not whole", Assert.Throws<CcConsole.Core.ProblemException>(() => _control.Audit.Archive("web01", before)).Message);
            }
        }

        Assert.Equal(0, _control.Audit.Head("web01").Archived);
    }

    [Fact]
    public async Task What_was_edited_behind_the_archive_is_said_where_nothing_is_moved()
    {
        using SignedChain chain = new SignedChain(signed: false).Runs(40);
        chain.Store(_control.Cache);
        Assert.Equal(20, _control.Audit.Archive("web01", 20).Count);
        await using (await _fleet.SqlAsync("DELETE FROM chain_line WHERE position & 1099511627775 = 20", "SELECT 1"))
        {
            Assert.Contains("are not whole", Assert.Throws<CcConsole.Core.ProblemException>(() => _control.Audit.Archive("web01", 20)).Message);
            Assert.Contains("are not whole", Assert.Throws<CcConsole.Core.ProblemException>(() => _control.Audit.Archive("web01", TimeSpan.Zero)).Message);
        }
    }

    private sealed class AtTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Fact]
    public async Task Comparisons_are_spread_two_at_once_and_in_the_background_left_to_a_later_pull()
    {
        FleetOptions options = new()
        {
            StateDirectory = "/",
            ConfigDirectory = "/",
            Shells = _ => throw new InvalidOperationException(),
            Actor = "a",
            Origin = "o",
            Time = _time,
        };
        DeepSchedule schedule = new(options);
        ChainHead Head(string host, TimeSpan ago) => new()
        {
            Host = host,
            Chain = "c",
            Seq = 0,
            Offset = 1,
            Hash = "",
            GenesisHash = "",
            PulledAt = default,
            Verdict = "OK",
            ComparedAt = _time.GetUtcNow() - ago,
        };
        string[] fleet = [.. Enumerable.Range(0, 200).Select(i => $"web{i}")];
        Assert.DoesNotContain(fleet, host => schedule.IsDue(Head(host, TimeSpan.FromHours(17.9))));
        Assert.All(fleet, host => Assert.True(schedule.IsDue(Head(host, TimeSpan.FromHours(24)))));
        Assert.InRange(fleet.Count(host => schedule.IsDue(Head(host, TimeSpan.FromHours(21)))), 60, 140);

        ChainHead due = Head("web01", TimeSpan.FromDays(2));
        DeepSchedule.Turn? one = await schedule.TakeAsync(due, waits: false, CancellationToken.None), two = await schedule.TakeAsync(due, waits: true, CancellationToken.None);
        Assert.NotNull(two);
        Assert.Null(await schedule.TakeAsync(due, waits: false, CancellationToken.None));
        Task<DeepSchedule.Turn?> three = schedule.TakeAsync(due, waits: true, CancellationToken.None);
        Assert.False(three.IsCompleted);
        one!.Dispose();
        Assert.NotNull(await three.WaitAsync(TimeSpan.FromSeconds(60)));
    }
}
