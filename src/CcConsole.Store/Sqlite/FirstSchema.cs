namespace CcConsole.Store.Sqlite;

/// <summary>Version 1 of the tables. Times are milliseconds since 1970, UTC.</summary>
internal static class FirstSchema
{
    public const string Sql = """
        -- One verified copy of one host's chain. At most one copy of a host is in use; one that a person
        -- has put aside after a conflict (retired) stays readable and is never written again.
        CREATE TABLE chain_copy(
            id            INTEGER PRIMARY KEY AUTOINCREMENT,
            host          TEXT    NOT NULL,
            chain         TEXT    NOT NULL,
            seq           INTEGER NOT NULL,
            offset        INTEGER NOT NULL,
            hash          TEXT    NOT NULL,
            genesis_hash  TEXT    NOT NULL,
            host_key      TEXT,
            pulled_at     INTEGER NOT NULL,
            verdict       TEXT    NOT NULL,
            retired_at    INTEGER,
            CHECK (id < 4194304)
        ) STRICT;
        CREATE UNIQUE INDEX chain_copy_in_use ON chain_copy(host) WHERE retired_at IS NULL;

        -- position = copy << 40 | seq: one b-tree holds every copy in its order, with no second index.
        CREATE TABLE chain_line(
            position  INTEGER PRIMARY KEY,
            line      BLOB NOT NULL
        ) STRICT;

        CREATE TABLE chain_conflict(
            id           INTEGER PRIMARY KEY AUTOINCREMENT,
            host         TEXT    NOT NULL,
            chain        TEXT    NOT NULL,
            seq          INTEGER NOT NULL,
            verdict      TEXT    NOT NULL,
            message      TEXT    NOT NULL,
            ours         BLOB    NOT NULL,
            theirs       BLOB    NOT NULL,
            directory    TEXT    NOT NULL,
            found_at     INTEGER NOT NULL,
            resolved_at  INTEGER,
            resolved_by  TEXT
        ) STRICT;
        CREATE INDEX chain_conflict_open ON chain_conflict(host) WHERE resolved_at IS NULL;

        -- The digest is part of the key: a host that counts anew (its agent was installed again) overwrites nothing.
        CREATE TABLE report(
            id           INTEGER PRIMARY KEY AUTOINCREMENT,
            host         TEXT    NOT NULL,
            seq          INTEGER NOT NULL,
            digest       BLOB    NOT NULL,
            job_id       TEXT    NOT NULL,
            started_at   INTEGER NOT NULL,
            duration_ms  INTEGER NOT NULL,
            exit_code    INTEGER NOT NULL,
            json         BLOB    NOT NULL,
            UNIQUE(host, seq, digest)
        ) STRICT;
        CREATE INDEX report_of_job ON report(host, job_id, started_at);
        CREATE INDEX report_of_host ON report(host);
        CREATE INDEX report_of_host_by_time ON report(host, started_at);
        CREATE INDEX report_by_time ON report(started_at);
        CREATE INDEX report_failures ON report(host, started_at) WHERE exit_code <> 0;

        CREATE TABLE host_state(
            host           TEXT PRIMARY KEY,
            state          TEXT    NOT NULL,
            cause          TEXT,
            hint           TEXT,
            attempted_at   INTEGER NOT NULL,
            contacted_at   INTEGER,
            failing_since  INTEGER,
            round_trip_ms  INTEGER,
            daemon         TEXT,
            dialect        TEXT,
            zone           TEXT,
            agent_version  TEXT,
            agent_status   BLOB
        ) STRICT;

        CREATE TABLE host_table(
            host     TEXT NOT NULL,
            name     TEXT NOT NULL,
            bytes    BLOB NOT NULL,
            read_at  INTEGER NOT NULL,
            PRIMARY KEY(host, name)
        ) STRICT;

        -- Written before a change is sent (result NULL) and completed after it, so that a console which
        -- dies in between knows at its next start which tables to look at.
        CREATE TABLE change(
            id           INTEGER PRIMARY KEY AUTOINCREMENT,
            host         TEXT    NOT NULL,
            name         TEXT    NOT NULL,
            before       BLOB    NOT NULL,
            after        BLOB    NOT NULL,
            description  TEXT    NOT NULL,
            actor        TEXT    NOT NULL,
            begun_at     INTEGER NOT NULL,
            ended_at     INTEGER,
            result       TEXT,
            message      TEXT,
            audit_seq    INTEGER,
            undoes       INTEGER REFERENCES change(id)
        ) STRICT;
        CREATE INDEX change_of_host ON change(host, id);
        CREATE INDEX change_undoes ON change(undoes) WHERE undoes IS NOT NULL;

        CREATE TABLE preference(
            key    TEXT PRIMARY KEY,
            value  TEXT NOT NULL
        ) STRICT;
        """;
}
