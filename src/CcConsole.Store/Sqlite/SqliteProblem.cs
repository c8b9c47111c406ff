using CcConsole.Core;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Sqlite;

/// <summary>SQLite's failures in words (result codes: https://www.sqlite.org/rescode.html).</summary>
internal static class SqliteProblem
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    public static ProblemException From(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        Corrupt or NotADatabase => Damaged(path, e.Message, e),
        Busy or Locked => new ProblemException($"The cache {path} is locked by another program",
            "End the program that holds it (fuser shows which), then try again.", e),
        Full => new ProblemException($"The disk is full: the cache {path} could not be written; nothing was changed",
            "Free some space, then try again.", e),
        ReadOnly or CannotOpen or IoError => new ProblemException($"The cache {path} could not be read or written: {e.Message}",
            "Check that the disk is healthy and mounted for writing, and who owns the file.", e),
        _ => new ProblemException($"The cache {path} refused an operation: {e.Message}", "", e),
    };

    public static bool IsDamage(SqliteException e) => e.SqliteErrorCode is Corrupt or NotADatabase;

    public static ProblemException Damaged(string path, string detail, Exception? inner = null) => new(
        $"The cache {path} is damaged: {detail}",
        $"It was left as it is. Move it aside (mv '{path}' '{path}.damaged', its -wal file too) and start again; "
        + "'sqlite3 FILE .recover' can read what is left of it.", inner);
}
