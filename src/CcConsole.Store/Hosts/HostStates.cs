using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Hosts;

/// <summary>The hosts' last state and tables: shown at once at the next start, marked as old.</summary>
public sealed class HostStates
{
    private const string Columns = """
        host, state, cause, hint, attempted_at, contacted_at, failing_since, round_trip_ms, daemon, dialect, zone, agent_version, agent_status
        """;

    private readonly CacheDatabase _database;

    internal HostStates(CacheDatabase database) => _database = database;

    /// <summary>All hosts, by name.</summary>
    public IReadOnlyList<HostState> List() => _database.Read(connection =>
        connection.List(ToState, $"SELECT {Columns} FROM host_state ORDER BY host"));

    /// <summary>One host; null when it was never looked at.</summary>
    public HostState? Find(string host) => _database.Read(connection =>
        connection.One(ToState, $"SELECT {Columns} FROM host_state WHERE host = $1", host));

    /// <summary>Stores a host's state in place of the one before.</summary>
    public void Save(HostState state) => _database.Write(connection => connection.Run($"""
        INSERT OR REPLACE INTO host_state({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """, state.Host, state.State, state.Cause, state.Hint, state.AttemptedAt, state.ContactedAt, state.FailingSince,
        (long?)state.RoundTrip?.TotalMilliseconds, state.Daemon, state.Dialect, state.Zone, state.AgentVersion, state.AgentStatus));

    /// <summary>The tables of a host, by name.</summary>
    public IReadOnlyList<HostTable> Tables(string host) => _database.Read(connection =>
        connection.List(ToTable, "SELECT host, name, bytes, read_at FROM host_table WHERE host = $1 ORDER BY name", host));

    /// <summary>Stores a table as it was read, in place of the one before. What is read for the first time counts as seen.</summary>
    public void SaveTable(HostTable table) => _database.Write(connection =>
    {
        connection.Run("INSERT OR REPLACE INTO host_table(host, name, bytes, read_at) VALUES ($1, $2, $3, $4)", table.Host, table.Name, table.Bytes, table.ReadAt);
        connection.Run("INSERT OR IGNORE INTO host_seen(host, name, bytes, seen_at) VALUES ($1, $2, $3, $4)", table.Host, table.Name, table.Bytes, table.ReadAt);
    });

    /// <summary>The tables of a host as a person last had them before them here, by name: what differs from <see cref="Tables"/> was changed since.</summary>
    public IReadOnlyList<HostTable> Seen(string host) => _database.Read(connection =>
        connection.List(ToTable, "SELECT host, name, bytes, seen_at FROM host_seen WHERE host = $1 ORDER BY name", host));

    /// <summary>A person has a table before them as it is.</summary>
    public void SaveSeen(HostTable table) => _database.Write(connection => connection.Run(
        "INSERT OR REPLACE INTO host_seen(host, name, bytes, seen_at) VALUES ($1, $2, $3, $4)", table.Host, table.Name, table.Bytes, table.ReadAt));

    /// <summary>A table was changed from here. What someone else had changed before, and was not looked at, stays to be told.</summary>
    public void FollowSeen(HostTable after, ReadOnlyMemory<byte> before) => _database.Write(connection => connection.Run(
        "UPDATE host_seen SET bytes = $3, seen_at = $4 WHERE host = $1 AND name = $2 AND bytes = $5", after.Host, after.Name, after.Bytes, after.ReadAt, before));

    /// <summary>Drops the tables of a host that are not among these: they are gone there.</summary>
    public void KeepTables(string host, IEnumerable<string> names) => _database.Write(connection =>
    {
        HashSet<string> kept = [.. names];
        foreach (string name in connection.List(row => row.GetString(0), "SELECT name FROM host_table WHERE host = $1", host))
        {
            if (!kept.Contains(name))
            {
                connection.Run("DELETE FROM host_table WHERE host = $1 AND name = $2", host, name);
            }
        }
    });

    /// <summary>Drops one table of a host: there is none any more.</summary>
    public void DropTable(string host, string name) => _database.Write(connection =>
    {
        connection.Run("DELETE FROM host_table WHERE host = $1 AND name = $2", host, name);
        connection.Run("DELETE FROM host_seen WHERE host = $1 AND name = $2", host, name);
    });

    /// <summary>What was found on a host beside its tables; null when it was never looked through.</summary>
    public HostFindings? Findings(string host) => _database.Read(connection => connection.One(
        row => new HostFindings(row.GetString(0), row.Bytes(1), row.Time(2)), "SELECT host, json, read_at FROM host_inventory WHERE host = $1", host));

    /// <summary>Stores what was found on a host, in place of what was found before.</summary>
    public void SaveFindings(HostFindings findings) => _database.Write(connection => connection.Run(
        "INSERT OR REPLACE INTO host_inventory(host, json, read_at) VALUES ($1, $2, $3)", findings.Host, findings.Json, findings.ReadAt));

    /// <summary>Forgets a host's state and tables, when it is removed from the fleet. Its chain copy, reports and changes stay.</summary>
    public void Forget(string host) => _database.Write(connection =>
    {
        connection.Run("DELETE FROM host_state WHERE host = $1", host);
        connection.Run("DELETE FROM host_table WHERE host = $1", host);
        connection.Run("DELETE FROM host_seen WHERE host = $1", host);
        connection.Run("DELETE FROM host_inventory WHERE host = $1", host);
    });

    private static HostTable ToTable(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.Bytes(2), row.Time(3));

    private static HostState ToState(SqliteDataReader row) => new()
    {
        Host = row.GetString(0),
        State = row.GetString(1),
        Cause = row.TextOrNull(2),
        Hint = row.TextOrNull(3),
        AttemptedAt = row.Time(4),
        ContactedAt = row.TimeOrNull(5),
        FailingSince = row.TimeOrNull(6),
        RoundTrip = row.LongOrNull(7) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        Daemon = row.TextOrNull(8),
        Dialect = row.TextOrNull(9),
        Zone = row.TextOrNull(10),
        AgentVersion = row.TextOrNull(11),
        AgentStatus = row.BytesOrNull(12) is { } bytes ? new ReadOnlyMemory<byte>(bytes) : (ReadOnlyMemory<byte>?)null,
    };
}
