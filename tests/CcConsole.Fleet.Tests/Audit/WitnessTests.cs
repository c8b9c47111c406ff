using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Audit;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

/// <summary>Two consoles with caches of their own and the hosts that both pull; a host that shows them two chains is found.</summary>
public sealed class WitnessTests : IAsyncDisposable
{
    private readonly TestFleet _alice = new(), _bob = new();
    private readonly Dictionary<string, AgentDouble> _agents = [];
    private readonly FleetControl _console, _other;
    private DateTimeOffset _agentsNow = DateTimeOffset.UnixEpoch;

    public WitnessTests()
    {
        _console = Open(_alice, "alice", keeps: true);
        _other = Open(_bob, "bob", keeps: false);
        foreach (string host in (string[])["web01", "web02"])
        {
            _agents[host].NewChain($"c{host}");
            Add(host, 9);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _alice.DisposeAsync();
        await _bob.DisposeAsync();
    }

    private FleetControl Open(TestFleet fleet, string actor, bool keeps)
    {
        foreach (string host in (string[])["web01", "web02"])
        {
            // Both consoles reach the same agent.
            fleet.Wraps[host] = inner => keeps ? _agents[host] = new AgentDouble(inner) { Now = _agentsNow } : _agents[host];
        }

        FleetControl control = fleet.Open(change: options => options with { Actor = actor });
        foreach (string host in (string[])["web01", "web02"])
        {
            control.Hosts.Add(fleet.MakeHost(host));
            control.Hosts.TestAsync(control.Hosts.Get(host)).GetAwaiter().GetResult();
        }

        return control;
    }

    private void Add(string host, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _agents[host].Append("job.finished", new AuditMember("job_id", $"j{i}"));
        }
    }

    private static AuditAppendParams[] Left(AgentDouble agent, string name) => [.. agent.Appended.Where(entry => entry.Event == name)];

    [Fact]
    public async Task A_pull_leaves_what_was_seen_of_other_hosts_that_moved_once()
    {
        PullResult first = await _console.Audit.PullAsync("web01");
        Assert.True(first.IsGood, first.Message);
        Assert.Empty(Left(_agents["web01"], "witness.head"));
        Assert.True((await _console.Audit.PullAsync("web02")).IsGood);
        AuditAppendParams seen = Assert.Single(Left(_agents["web02"], "witness.head"));
        Assert.Equal(("web01", "cweb01", 9L, first.Head!.Hash, "alice", "laptop"), (seen.Host, seen.Chain, seen.Seq, seen.Hash, seen.Actor, seen.Origin));

        // What consoles leave moves the chains, and is not worth another witness, or there were no end.
        for (int i = 0; i < 3; i++)
        {
            await _console.Audit.PullAsync("web01");
            await _console.Audit.PullAsync("web02");
        }

        Assert.Single(Left(_agents["web02"], "witness.head"));
        Assert.Empty(Left(_agents["web01"], "witness.head"));
        Add("web01", 1);
        await _console.Audit.PullAsync("web01");
        Assert.Equal("web02", Assert.Single(Left(_agents["web01"], "witness.head")).Host);
    }

    [Fact]
    public async Task Consoles_that_see_the_same_agree()
    {
        foreach (FleetControl console in (FleetControl[])[_console, _other, _console, _other])
        {
            foreach (string host in (string[])["web01", "web02", "web01"])
            {
                Add(host, 1);
                PullResult result = await console.Audit.PullAsync(host);
                Assert.True(result.IsGood, result.Message);
                Assert.Empty(result.Others);
            }
        }

        Assert.Empty(_console.Audit.Conflicts());
        Assert.Empty(_other.Audit.Conflicts());
    }

    [Fact]
    public async Task A_host_that_shows_two_consoles_two_chains_is_a_FORK_by_its_own_record_of_the_others_pull()
    {
        await _console.Audit.PullAsync("web01");
        List<byte[]> shown = [.. _agents["web01"].Chain];
        // To bob it shows a chain in which an entry was written anew, and keeps alice's mark in it.
        AuditAppendParams mark = _agents["web01"].Appended[^1];
        _agents["web01"].CutTo(6);
        Add("web01", 4);
        _agents["web01"].Append("console.pulled", new("actor", mark.Actor), new("origin", mark.Origin), new("console_seq", mark.Seq!.Value), new("console_hash", mark.Hash));
        PullResult result = await _other.Audit.PullAsync("web01");
        Assert.Equal(("FORK", 9L), (result.Verdict, result.Conflict!.Seq));
        Assert.Contains("alice@laptop", result.Message);
        Assert.Contains("entry #10 of web01", result.Message);
        Assert.True(_other.Audit.State("web01").IsBad);
        (ReadOnlyMemory<byte> ours, ReadOnlyMemory<byte> theirs) = _other.Cache.Conflicts.Evidence(result.Conflict.Id);
        Assert.Equal(_agents["web01"].Chain[9][..^1], ours.ToArray());
        Assert.Equal(_agents["web01"].Chain[10][..^1], theirs.ToArray());
        Assert.NotEqual(shown[9], _agents["web01"].Chain[9]);
    }

    [Fact]
    public async Task Another_hosts_chain_tells_of_a_fork_and_both_entries_are_kept()
    {
        await _console.Audit.PullAsync("web01");
        await _console.Audit.PullAsync("web02");
        // web01 shows bob another chain; alice's word lies in the chain of web02, where web01 cannot reach it.
        _agents["web01"].CutTo(4);
        Add("web01", 30);
        Assert.True((await _other.Audit.PullAsync("web01")).IsGood);
        PullResult told = await _other.Audit.PullAsync("web02");
        Assert.True(told.IsGood, told.Message);
        ChainConflict fork = Assert.Single(told.Others);
        Assert.Equal(("web01", "FORK", 9L), (fork.Host, fork.Verdict, fork.Seq));
        Assert.Contains("alice@laptop", fork.Message);
        Assert.Contains("of web02 says so", fork.Message);
        Assert.Equal("FORK", _other.Audit.State("web01").Verdict);
        Assert.Equal("FORK", (await _other.Audit.PullAsync("web01")).Verdict);
        Assert.True(_other.Audit.State("web02").IsGood);
    }

    [Fact]
    public async Task What_cannot_be_held_against_the_copy_yet_is_remembered_and_an_entry_that_is_gone_is_a_ROLLBACK()
    {
        await _other.Audit.PullAsync("web01");
        Add("web01", 20);
        await _console.Audit.PullAsync("web01");
        await _console.Audit.PullAsync("web02");
        // bob reads that alice has seen more of web01 than he has.
        PullResult told = await _other.Audit.PullAsync("web02");
        Assert.Empty(told.Others);
        Assert.Single(_other.Cache.Claims.Of("cweb01"));

        Assert.True((await _other.Audit.PullAsync("web01")).IsGood);
        Assert.Empty(_other.Cache.Claims.Of("cweb01"));

        Add("web01", 5);
        Add("web02", 1);
        await _console.Audit.PullAsync("web01");
        _console.Cache.Claims.Leave("web02", _console.Audit.Head("web01") with { Seq = 0 }, DateTimeOffset.UnixEpoch);
        await _console.Audit.PullAsync("web02");
        await _other.Audit.PullAsync("web02");
        long seen = Assert.Single(_other.Cache.Claims.Of("cweb01")).Seq;
        // web01 drops what only alice has seen.
        _agents["web01"].CutTo((int)_other.Audit.Head("web01").Seq + 2);
        PullResult cut = await _other.Audit.PullAsync("web01");
        Assert.Equal(("ROLLBACK", seen), (cut.Verdict, cut.Conflict!.Seq));
        Assert.Contains("alice@laptop", cut.Message);
    }

    private void Say(string atHost, string aboutHost, long seq, char hash = '0') => _agents[atHost].Append("witness.head", new("actor", "eve"), new("origin", "x"),
        new("host_seq", seq), new("host_hash", new string(hash, 64)), new("host", aboutHost), new("host_chain", $"c{aboutHost}"));

    [Fact]
    public async Task A_false_word_costs_a_host_its_green_until_a_person_has_looked_and_never_its_copy()
    {
        ChainHead held = (await _console.Audit.PullAsync("web01")).Head!;
        Say("web02", "web01", 3);
        // Of an entry that web01 does not have: held against it after its next pull, were it not for the decision.
        Say("web02", "web01", 500);
        ChainConflict fork = Assert.Single((await _console.Audit.PullAsync("web02")).Others);
        Assert.Equal(("web01", "FORK", "web02"), (fork.Host, fork.Verdict, fork.Witness));
        Assert.True(_console.Audit.State("web01").IsBad);
        Assert.Contains("the copy goes on", (await _console.Audit.PullAsync("web01")).Hint);

        Assert.True(_console.Audit.ToResolve("web01").GoesOn);
        Assert.True(_console.Audit.Resolve("web01"));
        PullResult after = await _console.Audit.PullAsync("web01");
        Assert.True(after.IsGood, after.Message);
        Assert.Equal((held.Copy, held.GenesisHash), (after.Head!.Copy, after.Head.GenesisHash));
        Assert.True(_console.Audit.State("web01").IsGood);
        Assert.True((await _console.Audit.PullAsync("web02")).IsGood);
    }

    [Fact]
    public async Task A_false_word_stops_no_pull_and_what_the_host_then_contradicts_is_found()
    {
        await _console.Audit.PullAsync("web01");
        Say("web02", "web01", 3);
        Assert.Single((await _console.Audit.PullAsync("web02")).Others);
        Add("web01", 5);
        int marks = Left(_agents["web01"], "console.pulled").Length;
        PullResult red = await _console.Audit.PullAsync("web01");
        Assert.Equal(("FORK", false, "web02"), (red.Verdict, red.IsGood, red.Conflict!.Witness));
        Assert.Equal((6, 15L), (red.Added, _console.Audit.Head("web01").Seq));
        Assert.Equal(marks + 1, Left(_agents["web01"], "console.pulled").Length);
        Assert.Single(_console.Audit.Conflicts("web01"));

        // Who takes the host now cannot write anew what came after the false word.
        _agents["web01"].CutTo(12);
        Add("web01", 20);
        Assert.NotNull((await _console.Audit.VerifyLiveAsync("web01")).Conflict);
        PullResult found = await _console.Audit.PullAsync("web01");
        Assert.Equal(("FORK", 12L, null), (found.Verdict, found.Conflict!.Seq, found.Conflict.Witness));
        Assert.Equal(15, _console.Audit.Head("web01").Seq);
    }

    [Fact]
    public async Task Another_hosts_word_is_heard_again_after_one_was_found_not_to_count()
    {
        await _console.Audit.PullAsync("web01");
        Say("web02", "web01", 12);
        Assert.Empty((await _console.Audit.PullAsync("web02")).Others);
        // Both stand against web01 in one pull: what it records itself, and what stands in the chain of web02.
        Add("web01", 9);
        _agents["web01"].Append("console.pulled", new("actor", "eve"), new("origin", "x"), new("console_seq", 4), new("console_hash", new string('0', 64)));
        PullResult first = await _console.Audit.PullAsync("web01");
        Assert.Equal(("FORK", 4L, "web01"), (first.Verdict, first.Conflict!.Seq, first.Conflict.Witness));
        Assert.True(_console.Audit.Resolve("web01"));
        PullResult second = await _console.Audit.PullAsync("web01");
        Assert.Equal(("FORK", 12L, "web02"), (second.Verdict, second.Conflict!.Seq, second.Conflict.Witness));
    }

    [Fact]
    public async Task All_that_is_open_is_told_and_only_what_was_told_is_resolved()
    {
        await _console.Audit.PullAsync("web01");
        Say("web02", "web01", 3);
        await _console.Audit.PullAsync("web02");
        Resolution word = _console.Audit.ToResolve("web01");
        Assert.DoesNotContain("SSH", word.Words + (await _console.Audit.PullAsync("web01")).Hint);

        ChainConflict key = _console.Cache.Conflicts.Keep("web01", "cweb01", 9, "HOSTKEY", "the key is SHA256:other, and was SHA256:first", "SHA256:first"u8.ToArray(), "SHA256:other"u8.ToArray());
        PullResult red = await _console.Audit.PullAsync("web01");
        Assert.Equal(key.Id, red.Conflict!.Id);
        Assert.Contains("SHA256:other", red.Hint);
        Assert.Contains("the word in the chain of web02", red.Hint);
        Assert.Contains("of web02 says so", red.Message);
        Resolution both = _console.Audit.ToResolve("web01");
        Assert.Equal(2, both.Findings.Count);
        Assert.StartsWith("the SSH key SHA256:other is that of web01, and the word in the chain of web02 does not count", both.Words);

        // The key was found while a person looked at the word: nobody was shown it.
        Assert.True(_console.Audit.Resolve(word));
        Assert.Equal([key.Id], _console.Audit.Conflicts("web01").Select(conflict => conflict.Id));
        Assert.NotEqual("SHA256:other", _console.Audit.Head("web01").HostKey);
        Resolution last = _console.Audit.ToResolve("web01");
        Assert.StartsWith("the SSH key SHA256:other is that of web01 from here on", last.Words);
        Assert.True(_console.Audit.Resolve(last));
        Assert.Equal("SHA256:other", _console.Audit.Head("web01").HostKey);
        Assert.Contains("no open conflict", Assert.Throws<ProblemException>(() => _console.Audit.ToResolve("web01")).Message);
    }

    [Fact]
    public async Task A_contradiction_by_the_host_itself_takes_its_copy_aside_whatever_others_say()
    {
        await _console.Audit.PullAsync("web01");
        Say("web02", "web01", 3);
        await _console.Audit.PullAsync("web02");
        _console.Cache.Conflicts.Keep("web01", "cweb01", 2, "HASH", "it was changed", new byte[] { 1 }, new byte[] { 2 });
        Assert.False(_console.Audit.ToResolve("web01").GoesOn);
        Assert.False(_console.Audit.Resolve("web01"));
        Assert.Null(_console.Cache.Chains.Head("web01"));
    }

    [Fact]
    public async Task A_chain_that_tells_itself_of_entries_that_were_seen_before_it_had_so_many_is_a_ROLLBACK()
    {
        // Cut, and written anew beyond what alice had seen, with her mark in it.
        _agents["web01"].Append("console.pulled", new("actor", "alice"), new("origin", "laptop"), new("console_seq", 14), new("console_hash", new string('0', 64)));
        Add("web01", 20);
        PullResult found = await _console.Audit.PullAsync("web01");
        Assert.Equal(("ROLLBACK", 10L), (found.Verdict, found.Conflict!.Seq));
        Assert.Contains("had seen entry #14 before entry #10 was written", found.Message);
    }

    [Fact]
    public async Task What_was_heard_before_a_pull_broke_off_is_kept()
    {
        await _console.Audit.PullAsync("web01");
        Say("web02", "web01", 3);
        Add("web02", 20);
        AgentDouble agent = _agents["web02"];
        int pieces = 0;
        agent.OnTheWire = lines =>
        {
            if (pieces++ > 1)
            {
                agent.Cut();
            }

            return lines;
        };
        await Assert.ThrowsAnyAsync<Exception>(() => _console.Audit.PullAsync("web02"));
        Assert.Equal("web02", Assert.Single(_console.Audit.Conflicts("web01")).Witness);
        agent.OnTheWire = lines => lines;
        Assert.Empty((await _console.Audit.PullAsync("web02")).Others);
        Assert.True(_console.Audit.State("web01").IsBad);
    }

    [Fact]
    public async Task A_chain_whose_signatures_are_late_is_held_against_what_was_said_of_it_too()
    {
        using SignedChain chain = new SignedChain("cweb01").Runs(6).Sign().Runs(3);
        _agentsNow = DateTimeOffset.UnixEpoch.AddSeconds(1_795_190_000).AddHours(2);
        FleetControl late = _alice.Open(change: options => options with { Time = new AtTime(_agentsNow) });
        await late.Hosts.TestAsync(late.Hosts.Get("web01"));
        // It reaches an agent of its own.
        _agents["web01"].Chain.Clear();
        _agents["web01"].Chain.AddRange(chain.Lines.Select(line => (byte[])[.. line, (byte)'\n']));
        Assert.Equal("OVERDUE", (await late.Audit.PullAsync("web01")).Verdict);
        late.Cache.Claims.Add(new ChainClaim("cweb01", 500, new string('0', 64), "bob@desk", "web01", "web02", 7, null, "{}"u8.ToArray()));
        PullResult found = await late.Audit.PullAsync("web01");
        Assert.Equal(("ROLLBACK", "web02"), (found.Verdict, found.Conflict!.Witness));
    }

    private sealed class AtTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    [Fact]
    public async Task What_is_no_claim_is_no_finding()
    {
        _agents["web01"].Append("console.pulled", new("actor", "\u202eeve\u001b[2J"), new("origin", "x"), new("console_seq", -5), new("console_hash", "no"));
        _agents["web01"].Append("witness.head", new("host_chain", "nowhere"), new("host_seq", "text"), new("host_hash", new string('0', 64)));
        _agents["web01"].Append("witness.head", new("actor", "\ud800"), new("host_chain", "cweb02"), new("host_seq", 3), new("host_hash", new string('0', 63)));
        _agents["web01"].Append("witness.head", new("host_chain", "unknown"), new("host_seq", 3), new("host_hash", new string('0', 64)));
        await _console.Audit.PullAsync("web02");
        PullResult result = await _console.Audit.PullAsync("web01");
        Assert.True(result.IsGood, result.Message);
        Assert.Empty(result.Others);
        Assert.Single(_console.Cache.Claims.Of("unknown"));
    }

    [Fact]
    public async Task Names_from_other_consoles_reach_no_terminal_raw()
    {
        _agents["web01"].Append("console.pulled", new("actor", "\u202eeve\u001b[2J"), new("origin", "x\ny"), new("console_seq", 3), new("console_hash", new string('0', 64)));
        PullResult result = await _console.Audit.PullAsync("web01");
        Assert.Equal("FORK", result.Verdict);
        Assert.DoesNotContain(result.Message!, letter => char.IsControl(letter) || letter == '\u202e');
    }
}
