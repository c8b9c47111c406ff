using CcConsole.Core;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Sqlite;

/// <summary>One step of the schema. Steps are never edited once released; a change of the schema is a further step.</summary>
/// <param name="Version">What <c>PRAGMA user_version</c> is after the step.</param>
/// <param name="Sql">The step's statements, run in one transaction.</param>
internal sealed record Migration(int Version, string Sql)
{
    /// <summary>Marks the file as ours in its header ("CcCa"), https://www.sqlite.org/pragma.html#pragma_application_id.</summary>
    public const int ApplicationId = 0x43634361;

    /// <summary>All steps, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = [new(1, FirstSchema.Sql), new(2, InventorySchema.Sql), new(3, BatchSchema.Sql), new(4, SeenSchema.Sql), new(5, OutcomeSchema.Sql), new(6, HeadSchema.Sql), new(7, EndedSchema.Sql), new(8, WitnessSchema.Sql), new(9, ClaimSchema.Sql)];

    /// <summary>Brings the file to the newest version; a file of a newer console or of another program is refused, unchanged.</summary>
    public static void Apply(SqliteConnection connection, string path, IReadOnlyList<Migration> steps)
    {
        int newest = steps[^1].Version;
        if (CurrentVersion(connection, path, newest) == newest)
        {
            return;
        }

        foreach (Migration step in steps)
        {
            using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
            if (CurrentVersion(connection, path, newest) < step.Version)
            {
                connection.Run(step.Sql);
                connection.Run($"PRAGMA application_id = {ApplicationId}");
                connection.Run($"PRAGMA user_version = {step.Version}");
                transaction.Commit();
            }
        }
    }

    private static long CurrentVersion(SqliteConnection connection, string path, int newest)
    {
        long version = connection.Scalar<long>("PRAGMA user_version");
        long application = connection.Scalar<long>("PRAGMA application_id");
        bool empty = connection.Scalar<long>("SELECT count(*) FROM sqlite_master") == 0;
        if (application != ApplicationId && !(empty && version == 0 && application == 0))
        {
            throw new ProblemException($"{path} is an SQLite file, but not a cache of this console",
                "It was left as it is. Move it away, or set XDG_STATE_HOME to another folder.");
        }

        return version <= newest
            ? version
            : throw new ProblemException($"The cache {path} was written by a newer console (version {version} of its tables, this one knows {newest})",
                "It was left as it is. Use the newer console, or set XDG_STATE_HOME to another folder for this one.");
    }
}
