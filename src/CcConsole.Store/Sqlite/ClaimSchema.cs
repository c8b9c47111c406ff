namespace CcConsole.Store.Sqlite;

/// <summary>Version 9: the same word in two hosts' chains is two claims, so that one of them that does not count, or is crowded out, takes nothing from the other.</summary>
internal static class ClaimSchema
{
    public const string Sql = """
        CREATE TABLE chain_claim_new(
            id        INTEGER PRIMARY KEY AUTOINCREMENT,
            chain     TEXT    NOT NULL,
            seq       INTEGER NOT NULL,
            hash      TEXT    NOT NULL,
            console   TEXT    NOT NULL,
            host      TEXT    NOT NULL,
            at_host   TEXT    NOT NULL,
            at_seq    INTEGER NOT NULL,
            said_at   INTEGER,
            line      BLOB    NOT NULL,
            UNIQUE(chain, seq, hash, console, at_host)
        ) STRICT;

        INSERT INTO chain_claim_new(id, chain, seq, hash, console, host, at_host, at_seq, said_at, line)
            SELECT id, chain, seq, hash, console, host, at_host, at_seq, said_at, line FROM chain_claim;

        DROP TABLE chain_claim;

        ALTER TABLE chain_claim_new RENAME TO chain_claim;
        """;
}
