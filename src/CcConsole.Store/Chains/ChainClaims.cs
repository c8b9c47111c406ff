using CcConsole.Store.Sqlite;

namespace CcConsole.Store.Chains;

/// <summary>
/// What consoles say of each other's hosts and could not be held against a copy yet, and what this console has left in the hosts' chains
/// itself. Bounded: of a console the newest for each host's chain, and of a host that makes consoles up the newest thousand.
/// </summary>
public sealed class ChainClaims
{
    private const int MostOfHost = 1000;
    private readonly CacheDatabase _database;

    internal ChainClaims(CacheDatabase database) => _database = database;

    /// <summary>The number of the newest claim; 0 while there was none.</summary>
    public long LastId() => _database.Read(connection => connection.Scalar<long>("SELECT coalesce(max(id), 0) FROM chain_claim"));

    /// <summary>The claims about a chain, oldest first.</summary>
    /// <param name="chain">Its id.</param>
    /// <param name="upTo">The newest to give: see <see cref="LastId"/>.</param>
    public IReadOnlyList<ChainClaim> Of(string chain, long upTo = long.MaxValue) => _database.Read(connection => connection.List(
        row => new ChainClaim(row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetInt64(7), row.TimeOrNull(8), row.Bytes(9))
        {
            Id = row.GetInt64(0),
        },
        "SELECT id, chain, seq, hash, console, host, at_host, at_seq, said_at, line FROM chain_claim WHERE chain = $1 AND id <= $2 ORDER BY id", chain, upTo));

    /// <summary>Remembers a claim until the chain's copy has come so far.</summary>
    public void Add(ChainClaim claim) => _database.Write(connection =>
    {
        connection.Run("DELETE FROM chain_claim WHERE chain = $1 AND console = $2 AND at_host = $3 AND seq < $4 AND host = $5", claim.Chain, claim.Console, claim.AtHost, claim.Seq, claim.Host);
        connection.Run("""
            INSERT INTO chain_claim(chain, seq, hash, console, host, at_host, at_seq, said_at, line) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT DO NOTHING
            """, claim.Chain, claim.Seq, claim.Hash, claim.Console, claim.Host, claim.AtHost, claim.AtSeq, claim.SaidAt, claim.Line);
        connection.Run("DELETE FROM chain_claim WHERE at_host = $1 AND id NOT IN (SELECT id FROM chain_claim WHERE at_host = $1 ORDER BY id DESC LIMIT $2)", claim.AtHost, MostOfHost);
    });

    /// <summary>Forgets a claim that was held against the copy.</summary>
    public void Remove(long id) => _database.Write(connection => connection.Run("DELETE FROM chain_claim WHERE id = $1", id));

    /// <summary>Forgets what was said of a chain in one host's chain, after a person has decided that it does not count.</summary>
    public void Forget(string chain, string atHost) => _database.Write(connection => connection.Run("DELETE FROM chain_claim WHERE chain = $1 AND at_host = $2", chain, atHost));

    /// <summary>Forgets what was said of a chain, after a person has decided about it.</summary>
    public void Forget(string chain) => _database.Write(connection => connection.Run("DELETE FROM chain_claim WHERE chain = $1", chain));

    /// <summary>Which heads this console has left in a host's chain: by the chain that they are of, the last sequence and when.</summary>
    public IReadOnlyDictionary<string, (long Seq, DateTimeOffset At)> Left(string host) => _database.Read(connection => connection.List(
        row => (Chain: row.GetString(0), Seq: row.GetInt64(1), At: row.Time(2)), "SELECT chain, seq, left_at FROM chain_witness WHERE host = $1", host))
        .ToDictionary(row => row.Chain, row => (row.Seq, row.At));

    /// <summary>Notes that a head was left in a host's chain.</summary>
    public void Leave(string host, ChainHead head, DateTimeOffset now) => _database.Write(connection => connection.Run("""
        INSERT INTO chain_witness(host, chain, seq, left_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT(host, chain) DO UPDATE SET seq = excluded.seq, left_at = excluded.left_at
        """, host, head.Chain, head.Seq, now));
}
