PRAGMA application_id = 1130578785;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
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
INSERT INTO host_table VALUES('web01','root',X'23206d696e650a302033202a202a202a20207461722063202f7372760a2363633a206e616d653d66697273740a352034202a202a202a206563686f206f6c640a',1795236901415);
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
INSERT INTO change VALUES(1,'web01','root',X'23206d696e650a302033202a202a202a20207461722063202f7372760a',X'23206d696e650a302033202a202a202a20207461722063202f7372760a2363633a206e616d653d66697273740a352034202a202a202a206563686f206f6c640a','add job "first"','root',1795236899404,1795236899640,'Applied',NULL,NULL,NULL);
INSERT INTO change VALUES(2,'web01','root',X'23206d696e650a302033202a202a202a20207461722063202f7372760a2363633a206e616d653d66697273740a352034202a202a202a206563686f206f6c640a',X'23206d696e650a302033202a202a202a20207461722063202f7372760a2363633a206e616d653d66697273740a352034202a202a202a206563686f206f6c640a362034202a202a202a206563686f2074776f0a','add job "echo two"','root',1795236900434,1795236900593,'Applied',NULL,NULL,NULL);
INSERT INTO change VALUES(3,'web01','root',X'23206d696e650a302033202a202a202a20207461722063202f7372760a2363633a206e616d653d66697273740a352034202a202a202a206563686f206f6c640a362034202a202a202a206563686f2074776f0a',X'23206d696e650a302033202a202a202a20207461722063202f7372760a2363633a206e616d653d66697273740a352034202a202a202a206563686f206f6c640a','undo change 2: add job "echo two"','root',1795236901281,1795236901413,'Applied',NULL,NULL,2);
CREATE TABLE preference(
    key    TEXT PRIMARY KEY,
    value  TEXT NOT NULL
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('change',3);
CREATE UNIQUE INDEX chain_copy_in_use ON chain_copy(host) WHERE retired_at IS NULL;
CREATE INDEX chain_conflict_open ON chain_conflict(host) WHERE resolved_at IS NULL;
CREATE INDEX report_of_job ON report(host, job_id, started_at);
CREATE INDEX report_of_host ON report(host);
CREATE INDEX report_of_host_by_time ON report(host, started_at);
CREATE INDEX report_by_time ON report(started_at);
CREATE INDEX report_failures ON report(host, started_at) WHERE exit_code <> 0;
CREATE INDEX change_of_host ON change(host, id);
CREATE INDEX change_undoes ON change(undoes) WHERE undoes IS NOT NULL;
COMMIT;
-- A console that died in the middle of a change.
INSERT INTO change(host, name, before, after, description, actor, begun_at) VALUES('web01', 'root', X'230a', X'23230a', 'cut off', 'root', 1795236999404);
