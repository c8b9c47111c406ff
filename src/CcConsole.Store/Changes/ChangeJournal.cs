using CcConsole.Core;
using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Changes;

/// <summary>
/// The undo journal. A change is noted, on disk, before it is sent to the host, and completed afterwards; what has no outcome
/// was interrupted.
/// </summary>
public sealed class ChangeJournal : IDisposable
{
    // A change is taken back by the last one that does so, unless that one is itself taken back, and so on: an odd number of them.
    private const string Columns = """
        id, host, name, before, after, description, actor, begun_at, ended_at, result, message, audit_seq, undoes,
        (WITH RECURSIVE undo(id, depth) AS (
            SELECT (SELECT max(later.id) FROM change AS later WHERE later.undoes = change.id AND later.result = 'Applied'), 1
            UNION ALL
            SELECT (SELECT max(later.id) FROM change AS later WHERE later.undoes = undo.id AND later.result = 'Applied'), depth + 1 FROM undo WHERE undo.id IS NOT NULL)
         SELECT CASE WHEN count(id) % 2 = 1 THEN min(id) END FROM undo) AS undone_by, existed, removes,
        batch, member, writer
        """;

    private readonly CacheDatabase _database;
    private readonly ChangeWriter _writer;

    internal ChangeJournal(CacheDatabase database) => (_database, _writer) = (database, new ChangeWriter(database.FilePath + ".writers"));

    /// <summary>Notes a change that is about to be sent; returns it with its number.</summary>
    public ChangeRecord Begin(ChangeRecord change)
    {
        string writer = _writer.Name;
        return _database.Write(connection => Insert(connection, change with { Batch = null }, writer));
    }

    /// <summary>
    /// Notes an attempt at a member of a batch; null, and nothing noted, when the member is applied already, or its last attempt
    /// has no known end. Of two consoles that ask at the same time, one gets it.
    /// </summary>
    public ChangeRecord? BeginMember(ChangeRecord change)
    {
        string writer = _writer.Name;
        return _database.Write(connection =>
        {
            if (connection.Scalar<long>("SELECT count(*) FROM change WHERE batch = $1 AND member = $2 AND (result IS NULL OR result = 'Applied')", change.Batch, change.Member) > 0)
            {
                return null;
            }

            connection.Run("UPDATE batch_member SET not_reached = NULL WHERE batch = $1 AND position = $2", change.Batch, change.Member);
            return Insert(connection, change, writer);
        });
    }

    /// <summary>Notes how a change ended. An outcome that is known is never altered.</summary>
    /// <exception cref="ProblemException">There is no such change, or it has ended already.</exception>
    public ChangeRecord End(long id, ChangeOutcome outcome, string? message = null, long? auditSeq = null) => _database.Write(connection =>
    {
        int rows = connection.Run("UPDATE change SET ended_at = $2, result = $3, message = $4, audit_seq = $5 WHERE id = $1 AND (result IS NULL OR result = 'Unknown')",
            id, _database.Time.GetUtcNow(), outcome.ToString(), message, auditSeq);
        return rows == 1 ? Find(connection, id)! : throw new ProblemException($"Change {id} is not in the journal, or has ended already");
    });

    /// <summary>Notes that this console is no longer at a change whose end it has not heard: any console may settle it now.</summary>
    public void Leave(long id, string? message) => _database.Write(connection =>
        connection.Run("UPDATE change SET writer = NULL, message = $2 WHERE id = $1 AND result IS NULL", id, message));

    /// <summary>One change; null when there is none with that number.</summary>
    public ChangeRecord? Find(long id) => _database.Read(connection => Find(connection, id));

    /// <summary>The changes, newest first.</summary>
    /// <param name="host">Of this host alone, or of all.</param>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<ChangeRecord> List(string? host = null, int limit = 1000) => _database.Read(connection => connection.List(ToChange,
        $"SELECT {Columns} FROM change WHERE ($1 IS NULL OR host = $1) ORDER BY id DESC LIMIT $2", host, limit));

    /// <summary>When a table of a host was last changed from here; null when it never was. Reads no table's bytes.</summary>
    public DateTimeOffset? LastAppliedAt(string host, string table) => _database.Read(connection =>
        connection.List(row => row.TimeOrNull(0), "SELECT ended_at FROM change WHERE host = $1 AND name = $2 AND result = 'Applied' ORDER BY id DESC LIMIT 1", host, table)
            is [var at] ? at : null);

    /// <summary>Changes that have no outcome: still under way, or interrupted (<see cref="ChangeRecord.IsRunning"/> tells). Oldest first.</summary>
    public IReadOnlyList<ChangeRecord> Unfinished() => _database.Read(connection => connection.List(ToChange,
        $"SELECT {Columns} FROM change WHERE result IS NULL ORDER BY id"));

    /// <summary>The newest applied change that has not been taken back and takes none back itself: what an undo without a number means.</summary>
    /// <param name="host">Of this host alone, or of all.</param>
    public ChangeRecord? LastUndoable(string? host = null) => _database.Read(connection => connection.One(ToChange, $"""
        SELECT {Columns} FROM change WHERE ($1 IS NULL OR host = $1) AND result = 'Applied' AND undoes IS NULL AND undone_by IS NULL
        ORDER BY id DESC LIMIT 1
        """, host));

    /// <summary>Lets go of the changes that this console was at.</summary>
    public void Dispose() => _writer.Dispose();

    internal IReadOnlyList<ChangeRecord> OfBatch(SqliteConnection connection, long batch) => connection.List(ToChange,
        $"SELECT {Columns} FROM change WHERE batch = $1 ORDER BY id", batch);

    private static ChangeRecord Insert(SqliteConnection connection, ChangeRecord change, string writer)
    {
        connection.Run("""
            INSERT INTO change(host, name, before, after, description, actor, begun_at, undoes, existed, removes, batch, member, writer)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """, change.Host, change.Table, change.Before, change.After, change.Description, change.Actor, change.BegunAt, change.Undoes,
            change.Existed ? 1L : 0L, change.Removes ? 1L : 0L, change.Batch, change.Batch is null ? null : change.Member, writer);
        return change with { Id = connection.Scalar<long>("SELECT last_insert_rowid()"), Writer = writer, IsRunning = true };
    }

    private ChangeRecord? Find(SqliteConnection connection, long id) =>
        connection.One(ToChange, $"SELECT {Columns} FROM change WHERE id = $1", id);

    private ChangeRecord ToChange(SqliteDataReader row) => new()
    {
        Id = row.GetInt64(0),
        Host = row.GetString(1),
        Table = row.GetString(2),
        Before = row.Bytes(3),
        After = row.Bytes(4),
        Description = row.GetString(5),
        Actor = row.GetString(6),
        BegunAt = row.Time(7),
        EndedAt = row.TimeOrNull(8),
        Outcome = row.TextOrNull(9) is { } result ? Enum.Parse<ChangeOutcome>(result) : null,
        Message = row.TextOrNull(10),
        AuditSeq = row.LongOrNull(11),
        Undoes = row.LongOrNull(12),
        UndoneBy = row.LongOrNull(13),
        Existed = row.GetInt64(14) != 0,
        Removes = row.GetInt64(15) != 0,
        Batch = row.LongOrNull(16),
        Member = (int)(row.LongOrNull(17) ?? 0),
        Writer = row.TextOrNull(18),
        IsRunning = row.IsDBNull(9) && _writer.IsRunning(row.TextOrNull(18)),
    };
}
