namespace CcConsole.Store.Sqlite;

/// <summary>Version 3: changes of several hosts as one, and who is at a change.</summary>
internal static class BatchSchema
{
    public const string Sql = """
        CREATE TABLE batch(
            id           INTEGER PRIMARY KEY AUTOINCREMENT,
            description  TEXT    NOT NULL,
            reason       TEXT    NOT NULL,
            actor        TEXT    NOT NULL,
            parallelism  INTEGER NOT NULL,
            continues    INTEGER NOT NULL,
            begun_at     INTEGER NOT NULL,
            undoes       INTEGER REFERENCES batch(id)
        ) STRICT;

        -- What was planned, whole, before the first of it was sent. How far a member has come is in its changes: each attempt
        -- is one of them, and the row of an attempt is the claim to it.
        CREATE TABLE batch_member(
            batch          INTEGER NOT NULL REFERENCES batch(id),
            position       INTEGER NOT NULL,
            host           TEXT    NOT NULL,
            name           TEXT    NOT NULL,
            own            INTEGER NOT NULL,
            existed        INTEGER NOT NULL,
            removes        INTEGER NOT NULL,
            before         BLOB    NOT NULL,
            after          BLOB    NOT NULL,
            description    TEXT    NOT NULL,
            job_id         TEXT,
            undoes         INTEGER REFERENCES change(id),
            not_reached    TEXT,
            PRIMARY KEY(batch, position)
        ) STRICT;

        -- Hosts that were meant and have no member: nothing would change there, or no plan could be made.
        CREATE TABLE batch_omission(
            batch    INTEGER NOT NULL REFERENCES batch(id),
            host     TEXT    NOT NULL,
            problem  TEXT,
            hint     TEXT
        ) STRICT;
        CREATE INDEX batch_omission_of ON batch_omission(batch);

        ALTER TABLE change ADD COLUMN batch  INTEGER REFERENCES batch(id);
        ALTER TABLE change ADD COLUMN member INTEGER;
        ALTER TABLE change ADD COLUMN writer TEXT;
        CREATE INDEX change_of_batch ON change(batch, member, id) WHERE batch IS NOT NULL;
        CREATE INDEX change_unfinished ON change(id) WHERE result IS NULL;
        """;
}
