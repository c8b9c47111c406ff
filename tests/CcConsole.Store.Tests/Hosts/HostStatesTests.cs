using CcConsole.Store.Hosts;
using Xunit;

namespace CcConsole.Store.Tests.Hosts;

public sealed class HostStatesTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void What_is_seen_is_the_first_reading_and_follows_the_changes_that_are_made_upon_it()
    {
        HostStates hosts = _cache.Open().Hosts;
        HostTable first = new("web01", "alice", "1\n"u8.ToArray(), Sample.Start), theirs = first with { Bytes = "2\n"u8.ToArray() }, ours = first with { Bytes = "3\n"u8.ToArray() };
        hosts.SaveTable(first);
        hosts.SaveTable(theirs);
        Assert.Equal(first.Bytes.ToArray(), Assert.Single(hosts.Seen("web01")).Bytes.ToArray());
        hosts.FollowSeen(ours, theirs.Bytes);
        Assert.Equal(first.Bytes.ToArray(), Assert.Single(hosts.Seen("web01")).Bytes.ToArray());
        hosts.SaveSeen(theirs);
        hosts.FollowSeen(ours, theirs.Bytes);
        Assert.Equal(ours.Bytes.ToArray(), Assert.Single(hosts.Seen("web01")).Bytes.ToArray());
        hosts.DropTable("web01", "alice");
        Assert.Empty(hosts.Seen("web01"));
    }

    [Fact]
    public void Tables_that_are_gone_are_dropped_and_findings_are_kept_one_a_host()
    {
        HostStates hosts = _cache.Open().Hosts;
        foreach (string name in new[] { "alice", "/etc/crontab", "/etc/cron.d/x" })
        {
            hosts.SaveTable(new HostTable("web01", name, "# x\n"u8.ToArray(), Sample.Start));
        }

        hosts.SaveTable(new HostTable("web02", "alice", default, Sample.Start));
        hosts.KeepTables("web01", ["alice", "/etc/crontab", "bob"]);
        hosts.DropTable("web01", "alice");
        Assert.Equal(["/etc/crontab"], hosts.Tables("web01").Select(table => table.Name));
        Assert.Single(hosts.Tables("web02"));

        Assert.Null(hosts.Findings("web01"));
        hosts.SaveFindings(new HostFindings("web01", new byte[] { 1 }, Sample.Start));
        hosts.SaveFindings(new HostFindings("web01", new byte[] { 2, 3 }, Sample.Start.AddHours(1)));
        Assert.Equal((2, Sample.Start.AddHours(1)), (hosts.Findings("web01")!.Json.Length, hosts.Findings("web01")!.ReadAt));
        hosts.Forget("web01");
        Assert.Null(hosts.Findings("web01"));
    }

    [Fact]
    public void A_state_with_and_without_its_optional_parts_comes_back()
    {
        HostStates hosts = _cache.Open().Hosts;
        HostState bare = new() { Host = "db01", State = "offline", AttemptedAt = Sample.Start };
        HostState full = new()
        {
            Host = "web01",
            State = "ok",
            Cause = "none",
            Hint = "nothing",
            AttemptedAt = Sample.Start,
            ContactedAt = Sample.Start,
            FailingSince = Sample.Start,
            RoundTrip = TimeSpan.FromMilliseconds(12),
            Daemon = "cron 3.0pl1",
            Dialect = "debian",
            Zone = "Europe/Berlin",
            AgentVersion = "0.1.0",
            AgentStatus = new byte[] { 1, 2 },
        };
        hosts.Save(bare);
        hosts.Save(full with { State = "late" });
        hosts.Save(full);
        IReadOnlyList<HostState> states = hosts.List();
        Assert.Equal(bare, states[0]);
        Assert.Equal(full.AgentStatus!.Value.ToArray(), states[1].AgentStatus!.Value.ToArray());
        Assert.Equal(full with { AgentStatus = null }, states[1] with { AgentStatus = null });
        Assert.Equal("ok", hosts.Find("web01")!.State);
        Assert.Null(hosts.Find("none"));
    }

    [Fact]
    public void Tables_are_kept_byte_for_byte_and_forgotten_with_the_host()
    {
        HostStates hosts = _cache.Open().Hosts;
        byte[] bytes = [0xff, 0, 13, 10];
        hosts.SaveTable(new HostTable("web01", "alice", new byte[] { 1 }, Sample.Start));
        hosts.SaveTable(new HostTable("web01", "alice", bytes, Sample.Start.AddHours(1)));
        hosts.SaveTable(new HostTable("web01", "/etc/crontab", Array.Empty<byte>(), Sample.Start));
        IReadOnlyList<HostTable> tables = hosts.Tables("web01");
        Assert.Equal(["/etc/crontab", "alice"], tables.Select(table => table.Name));
        Assert.Equal(bytes, tables[1].Bytes.ToArray());
        Assert.Equal(Sample.Start.AddHours(1), tables[1].ReadAt);
        hosts.Forget("web01");
        Assert.Empty(hosts.Tables("web01"));
    }
}
