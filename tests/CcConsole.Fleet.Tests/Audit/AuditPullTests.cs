using System.Text;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Monitoring;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Fleet.Tests.Audit;

public sealed class AuditPullTests : IAsyncDisposable
{
    private readonly TestFleet _fleet = new();
    private readonly FleetControl _control;
    private AgentDouble _agent = null!;

    public AuditPullTests()
    {
        _fleet.Wraps["web01"] = inner => _agent ??= new AgentDouble(inner);
        _control = _fleet.Open();
        _control.Hosts.Add(_fleet.MakeHost("web01"));
        _control.Hosts.TestAsync(_control.Hosts.Get("web01")).GetAwaiter().GetResult();
        _agent.NewChain("c0ffee");
        Add(9);
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    private void Add(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _agent.Append("job.finished", new AuditMember("job_id", $"j{i}"), new AuditMember("exit_code", i));
        }
    }

    private byte[] Copy()
    {
        using Stream stream = _control.Cache.Chains.OpenRead(_control.Audit.Head("web01"));
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Bytes(IEnumerable<byte[]> lines) => [.. lines.SelectMany(line => line)];

    [Fact]
    public async Task A_pull_holds_the_hosts_lines_byte_for_byte_and_leaves_an_entry_there()
    {
        byte[] chain = Bytes(_agent.Chain);
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.True(result.IsGood, result.Message);
        Assert.Equal((10, 9), (result.Added, result.Head!.Seq));
        Assert.Equal(chain, Copy());
        Assert.Equal(chain.Length, result.Head.Offset);
        Assert.Equal("c0ffee", result.Head.Chain);
        var entry = Assert.Single(_agent.Appended);
        Assert.Equal(("console.pulled", "alice", "laptop", 9, result.Head.Hash), (entry.Event, entry.Actor, entry.Origin, entry.Seq, entry.Hash));
        Assert.True(_control.Audit.Verify("web01").IsGood);
    }

    [Fact]
    public async Task Pulls_that_find_nothing_but_pulls_leave_no_entry()
    {
        await _control.Audit.PullAsync("web01");
        for (int i = 0; i < 3; i++)
        {
            Assert.True((await _control.Audit.PullAsync("web01")).IsGood);
        }

        Assert.Single(_agent.Appended);
        Assert.Equal(10, _control.Audit.Head("web01").Seq);
        Add(5);
        Assert.Equal(5, (await _control.Audit.PullAsync("web01")).Added);
        Assert.Equal(2, _agent.Appended.Count);
    }

    [Fact]
    public async Task A_pull_that_cannot_be_recorded_on_the_host_is_good_and_says_so()
    {
        _agent.AuditUnavailable = true;
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.True(result.IsGood);
        Assert.Contains("not recorded", result.Message);
    }

    [Fact]
    public async Task A_read_only_console_leaves_no_entry_on_the_host()
    {
        await using FleetControl control = _fleet.Open(readOnly: true);
        Assert.True((await control.Audit.PullAsync("web01")).IsGood);
        Assert.Empty(_agent.Appended);
    }

    [Fact]
    public async Task A_line_that_is_cut_between_two_messages_brings_nothing_unverified_into_the_copy()
    {
        // The end of the cut line counts as long as the whole line: so many bytes too many would be taken for verified.
        int messages = 0;
        _agent.OnTheWire = lines => (messages++) switch
        {
            0 => [.. lines, .. _agent.Chain[4][..50]],
            1 => [.. lines[50..], .. "{\"never\": \"verified, and as long as what was held back\"}\n"u8],
            _ => lines,
        };
        ProblemException problem = await Assert.ThrowsAsync<ProblemException>(() => _control.Audit.PullAsync("web01"));
        Assert.Contains("in two parts", problem.Message);
        Assert.Equal(Bytes(_agent.Chain[..4]), Copy());

        _agent.OnTheWire = lines => lines;
        Assert.True((await _control.Audit.PullAsync("web01")).IsGood);
        Assert.Equal(Bytes(_agent.Chain[..10]), Copy());
    }

    [Fact]
    public async Task An_entry_that_was_changed_on_the_host_after_it_was_seen_is_found_by_a_deep_pull()
    {
        await _control.Audit.PullAsync("web01");
        byte[] changed = [.. _agent.Chain[3]];
        changed[changed.AsSpan().IndexOf("timestamp"u8) + 15] ^= 1;
        _agent.Chain[3] = changed;
        Assert.True((await _control.Audit.PullAsync("web01")).IsGood);
        byte[] ours = Copy();

        PullResult result = await _control.Audit.PullAsync("web01", deep: true);

        Assert.Equal(("HASH", 3), (result.Verdict, result.Conflict!.Seq));
        Assert.Equal(ours, Copy());
    }

    [Fact]
    public async Task A_deep_pull_of_an_untouched_chain_is_good_and_goes_on()
    {
        await _control.Audit.PullAsync("web01");
        Add(4);
        PullResult result = await _control.Audit.PullAsync("web01", deep: true);
        // The four, and the entry about the first pull.
        Assert.Equal((true, 5), (result.IsGood, result.Added));
        Assert.True(_control.Audit.Verify("web01").IsGood);
    }

    [Fact]
    public async Task A_chain_that_got_shorter_is_a_ROLLBACK()
    {
        await _control.Audit.PullAsync("web01");
        byte[] ours = Copy();
        List<byte[]> cut = _agent.Chain[5..];
        _agent.CutTo(5);
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.Equal(("ROLLBACK", 5), (result.Verdict, result.Conflict!.Seq));
        Assert.Empty(_control.Cache.Conflicts.Evidence(result.Conflict.Id).Theirs.ToArray());
        Assert.Equal(Bytes(cut[..5]), _control.Cache.Conflicts.Evidence(result.Conflict.Id).Ours.ToArray());
        Assert.Equal(ours, Copy());
    }

    [Fact]
    public async Task A_chain_that_was_cut_and_honestly_continued_is_a_FORK_and_both_sides_are_kept()
    {
        await _control.Audit.PullAsync("web01");
        byte[] ours = Copy();
        _agent.CutTo(5);
        _agent.Append("job.finished", new AuditMember("job_id", "other"));
        Add(20);
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.Equal(("FORK", 5), (result.Verdict, result.Conflict!.Seq));
        Assert.Equal(Bytes(_agent.Chain[5..]), _control.Cache.Conflicts.Evidence(result.Conflict.Id).Theirs.ToArray());
        Assert.Equal(Bytes(_agent.Chain[5..]), File.ReadAllBytes(Path.Combine(result.Conflict.Directory, "theirs")));
        Assert.Equal(ours, Copy());
        Assert.Contains("audit resolve", result.Hint);
    }

    [Fact]
    public async Task A_chain_that_was_made_anew_is_REPLACED()
    {
        await _control.Audit.PullAsync("web01");
        _agent.NewChain("decaf");
        Add(50);
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.Equal(("REPLACED", 0), (result.Verdict, result.Conflict!.Seq));
    }

    [Fact]
    public async Task A_host_with_a_conflict_stays_flagged_until_a_person_resolves_it()
    {
        await _control.Audit.PullAsync("web01");
        List<byte[]> before = [.. _agent.Chain];
        _agent.NewChain("decaf");
        await _control.Audit.PullAsync("web01");
        await _control.Monitor.RefreshAsync();
        HostRow row = _control.Monitor.Current.Host("web01")!;
        Assert.Equal((Status.Fail, true, "REPLACED"), (row.Status, row.HasConflict, row.Verdict));
        Assert.False(_control.Audit.Verify("web01").IsGood);
        Assert.Equal("REPLACED", (await _control.Audit.PullAsync("web01")).Verdict);
        Assert.Single(_control.Audit.Conflicts());

        _control.Audit.Resolve("web01");
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.True(result.IsGood, result.Message);
        Assert.Equal("decaf", result.Head!.Chain);
        Assert.Equal("alice", Assert.Single(_control.Audit.AllConflicts()).ResolvedBy);
        ChainHead retired = _control.Cache.Chains.Copies("web01")[0];
        Assert.Equal(Bytes(before[..10]), Bytes(_control.Cache.Chains.Lines(retired).Select(line => (byte[])[.. line.Bytes.Span, (byte)'\n'])));
        Assert.Throws<ProblemException>(() => _control.Audit.Resolve("web01"));
    }

    [Theory]
    [InlineData("\"exit_code\": 4", "\"exit_code\": 0", "HASH", 5)]
    [InlineData("\"seq\": 7", "\"seq\": 8", "HASH", 7)]
    public async Task A_line_that_was_altered_is_caught_and_what_came_before_it_is_held(string old, string now, string verdict, long seq)
    {
        _agent.OnTheWire = lines => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(lines).Replace(old, now, StringComparison.Ordinal));
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.Equal((verdict, seq), (result.Verdict, result.Conflict!.Seq));
        Assert.Equal(seq - 1, result.Head!.Seq);
        Assert.Equal(Bytes(_agent.Chain[..(int)seq]), Copy());
        Assert.Empty(_agent.Appended);
    }

    [Fact]
    public async Task A_missing_line_in_the_middle_of_new_ones_is_caught()
    {
        await _control.Audit.PullAsync("web01");
        Add(6);
        _agent.Chain.RemoveAt(13);
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.Equal(("GAP", 13), (result.Verdict, result.Conflict!.Seq));
        Assert.Equal(12, result.Head!.Seq);
    }

    [Fact]
    public async Task A_torn_last_line_is_no_entry_yet()
    {
        byte[] whole = _agent.Chain[^1];
        _agent.Chain[^1] = whole[..^20];
        PullResult result = await _control.Audit.PullAsync("web01");
        Assert.Equal("TORN", result.Verdict);
        Assert.Equal(8, result.Head!.Seq);
    }

    [Fact]
    public async Task Everything_is_there_with_the_host_gone()
    {
        await _control.Audit.PullAsync("web01");
        _agent.Refuses = true;
        _agent.Cut();
        await Assert.ThrowsAnyAsync<ProblemException>(() => _control.Audit.PullAsync("web01"));
        AuditRow row = _control.Audit.Entry("web01", 3);
        Assert.Equal(("job.finished", "j2"), (row.Event, row.Target));
        Assert.Equal(1_795_190_003, row.Time!.Value.ToUnixTimeSeconds());
        Assert.Equal([9, 8, 7], _control.Audit.Entries("web01").Take(3).Select(entry => entry.Seq));
        Assert.Equal(row.Hash, _control.Audit.Entry("web01", 4).PreviousHash);
        Assert.True(_control.Audit.Verify("web01").IsGood);
        string file = Path.Combine(_fleet.Root, "export.jsonl");
        Assert.Equal(_control.Audit.Head("web01").Offset, _control.Audit.Export("web01", file));
        Assert.Equal(Copy(), File.ReadAllBytes(file));
        Assert.Throws<ProblemException>(() => _control.Audit.Export("web01", file));
        Assert.Throws<ProblemException>(() => _control.Audit.Entry("web01", 10));
        Assert.Throws<ProblemException>(() => _control.Audit.Verify("none"));
    }

    [Theory]
    [InlineData("""{"timestamp": "x", "event": "e"}""", "e")]
    [InlineData("""{"timestamp": -253402300798.5, "event": "e"}""", "e")]
    [InlineData("""{"timestamp": 1e300, "event": "e"}""", "e")]
    [InlineData("""{"timestamp": null, "event": 7}""", "7")]
    [InlineData("""{"\ud800timestamp": 1, "event": "\udc00"}""", null)]
    [InlineData("[1]", "")]
    [InlineData("{", "")]
    public void A_line_of_whatever_kind_can_be_shown(string line, string? name)
    {
        AuditRow row = AuditRow.From(new ChainLine(3, Encoding.UTF8.GetBytes(line)));
        Assert.Null(row.Time);
        Assert.Equal(name ?? row.Event, row.Event);
        Assert.Equal(line, row.Text());
    }

    [Fact]
    public async Task A_copy_that_was_edited_offline_is_caught_by_the_verification()
    {
        await _control.Audit.PullAsync("web01");
        using System.Diagnostics.Process edit = System.Diagnostics.Process.Start("sqlite3",
            [Path.Combine(_fleet.StateDirectory, "cache.db"), "UPDATE chain_line SET line = CAST(replace(CAST(line AS TEXT), '\"exit_code\": 4', '\"exit_code\": 0') AS BLOB)"]);
        await edit.WaitForExitAsync();
        CopyVerification found = _control.Audit.Verify("web01");
        Assert.Equal((Verdict.Hash, 6), (found.Result.Verdict, found.Result.FirstBad));
    }
}
