namespace CcConsole.Store.Sqlite;

/// <summary>Version 8: of a contradiction, whether it is another console's word, and in whose chain that stands.</summary>
internal static class WitnessSchema
{
    public const string Sql = "ALTER TABLE chain_conflict ADD COLUMN witness TEXT";
}
