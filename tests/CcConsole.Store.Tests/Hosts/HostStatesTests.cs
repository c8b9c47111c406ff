using CcConsole.Store.Hosts;
using Xunit;

namespace CcConsole.Store.Tests.Hosts;

public sealed class HostStatesTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

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
