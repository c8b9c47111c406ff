namespace CcConsole.Store.Sqlite;

/// <summary>Version 6: what is remembered of a chain beside its last entry, what consoles say of each other's hosts, and where old lines lie.</summary>
internal static class HeadSchema
{
    public const string Sql = """
        -- Of the copies before this version it is not known when they were last held against the host entry by entry: at the next pull they are.
        ALTER TABLE chain_copy ADD COLUMN first           INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE chain_copy ADD COLUMN signed_since    INTEGER;
        ALTER TABLE chain_copy ADD COLUMN checkpoint_seq  INTEGER;
        ALTER TABLE chain_copy ADD COLUMN checkpoint_at   INTEGER;
        ALTER TABLE chain_copy ADD COLUMN compared_at     INTEGER;
        ALTER TABLE chain_copy ADD COLUMN continuation    TEXT;
        ALTER TABLE chain_copy ADD COLUMN notable         INTEGER NOT NULL DEFAULT -1;

        -- The lines before this sequence lie in the archive file, which has so many bytes of them.
        ALTER TABLE chain_copy ADD COLUMN archived        INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE chain_copy ADD COLUMN archived_bytes  INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE chain_copy ADD COLUMN archive         TEXT;

        -- What another console says that an entry was: an entry of a host's chain that could not be held against a copy yet.
        CREATE TABLE chain_claim(
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
            UNIQUE(chain, seq, hash, console)
        ) STRICT;

        -- Which head of another host's chain this console last left in a host's chain.
        CREATE TABLE chain_witness(
            host      TEXT    NOT NULL,
            chain     TEXT    NOT NULL,
            seq       INTEGER NOT NULL,
            left_at   INTEGER NOT NULL,
            PRIMARY KEY(host, chain)
        ) STRICT;
        """;
}
