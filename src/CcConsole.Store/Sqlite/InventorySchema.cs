namespace CcConsole.Store.Sqlite;

/// <summary>Version 2 of the tables: what a host runs beside its tables, and whether there was a table at all before and after a change.</summary>
internal static class InventorySchema
{
    public const string Sql = """
        CREATE TABLE host_inventory(
            host     TEXT PRIMARY KEY,
            json     BLOB NOT NULL,
            read_at  INTEGER NOT NULL
        ) STRICT;

        -- An empty table and no table are not the same. Of the changes before this version it is not known: they count as if there was one.
        ALTER TABLE change ADD COLUMN existed INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE change ADD COLUMN removes INTEGER NOT NULL DEFAULT 0;
        """;
}
