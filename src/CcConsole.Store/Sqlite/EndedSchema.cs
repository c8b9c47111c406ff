namespace CcConsole.Store.Sqlite;

/// <summary>Version 7: when entries last came, apart from when a pull last took all of them.</summary>
internal static class EndedSchema
{
    public const string Sql = "ALTER TABLE chain_copy ADD COLUMN seen_at INTEGER";
}
