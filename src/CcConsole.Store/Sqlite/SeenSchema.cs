namespace CcConsole.Store.Sqlite;

/// <summary>Version 4: each table as a person last had it before them here, so that what others changed since is told until it is looked at.</summary>
internal static class SeenSchema
{
    public const string Sql = """
        CREATE TABLE host_seen(
            host     TEXT    NOT NULL,
            name     TEXT    NOT NULL,
            bytes    BLOB    NOT NULL,
            seen_at  INTEGER NOT NULL,
            PRIMARY KEY(host, name)
        ) STRICT;

        INSERT INTO host_seen(host, name, bytes, seen_at) SELECT host, name, bytes, read_at FROM host_table;
        """;
}
