namespace CcConsole.Store.Sqlite;

/// <summary>Version 5: of a run, whether it was refused (and why) or lost, which its exit code does not tell.</summary>
internal static class OutcomeSchema
{
    public const string Sql = """
        ALTER TABLE report ADD COLUMN refused TEXT;
        ALTER TABLE report ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;

        -- The reports that are there already say it in their text. Bodies reach a megabyte: only those that can say so are parsed.
        UPDATE report SET refused = json_extract(CAST(json AS TEXT), '$.report.refused')
            WHERE exit_code = 0 AND instr(json, CAST('"refused"' AS BLOB)) > 0 AND json_valid(CAST(json AS TEXT))
            AND json_type(CAST(json AS TEXT), '$.report.refused') = 'text';
        UPDATE report SET lost = 1
            WHERE exit_code = -1 AND instr(json, CAST('"lost"' AS BLOB)) > 0 AND json_valid(CAST(json AS TEXT))
            AND json_type(CAST(json AS TEXT), '$.report.lost') = 'true';
        """;
}
