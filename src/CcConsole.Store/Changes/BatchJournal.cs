using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Changes;

/// <summary>
/// The journal of changes of several hosts as one. A batch is noted whole before the first of it is sent; how far its members have
/// come is read from their changes, so that it is true after a crash too.
/// </summary>
public sealed class BatchJournal
{
    private readonly CacheDatabase _database;

    internal BatchJournal(CacheDatabase database) => _database = database;

    /// <summary>Notes a batch that is about to be applied; returns its number. It is on disk when this returns.</summary>
    public long Begin(BatchRecord batch) => _database.Write(connection =>
    {
        connection.Run("INSERT INTO batch(description, reason, actor, parallelism, continues, begun_at, undoes) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            batch.Description, batch.Reason, batch.Actor, batch.Parallelism, batch.ContinuesOnFailure, batch.BegunAt, batch.Undoes);
        long id = connection.Scalar<long>("SELECT last_insert_rowid()");
        for (int i = 0; i < batch.Members.Count; i++)
        {
            BatchMember member = batch.Members[i];
            connection.Run("""
                INSERT INTO batch_member(batch, position, host, name, own, existed, removes, before, after, description, job_id, undoes)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                """, id, i, member.Change.Host, member.Change.Table, member.IsOwnTable, member.Change.Existed, member.Change.Removes, member.Change.Before, member.Change.After,
                member.Change.Description, member.JobId, member.Change.Undoes);
        }

        foreach (BatchOmission omission in batch.Omissions)
        {
            connection.Run("INSERT INTO batch_omission(batch, host, problem, hint) VALUES ($1, $2, $3, $4)", id, omission.Host, omission.Problem, omission.Hint);
        }

        return id;
    });

    /// <summary>Notes that a member's host was not reached: nothing was sent. One that is applied or under way is left as it is.</summary>
    public void NotReached(long batch, int position, string cause) => _database.Write(connection => connection.Run(
        "UPDATE batch_member SET not_reached = $3 WHERE batch = $1 AND position = $2", batch, position, cause));

    /// <summary>One batch; null when there is none with that number.</summary>
    public BatchRecord? Find(long id) => _database.Read(connection =>
    {
        // Of one moment, though another console may be at it.
        using SqliteTransaction moment = connection.BeginTransaction(deferred: true);
        return connection.One(row => ToBatch(connection, row), "SELECT id, description, reason, actor, parallelism, continues, begun_at, undoes FROM batch WHERE id = $1", id);
    });

    /// <summary>The batches, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    public IReadOnlyList<BatchRecord> List(int limit = 100) =>
        [.. _database.Read(connection => connection.List(row => row.GetInt64(0), "SELECT id FROM batch ORDER BY id DESC LIMIT $1", limit)).Select(Find).OfType<BatchRecord>()];

    private BatchRecord ToBatch(SqliteConnection connection, SqliteDataReader row)
    {
        long id = row.GetInt64(0);
        string actor = row.GetString(3);
        DateTimeOffset begunAt = row.Time(6);
        Dictionary<int, ChangeRecord> last = [];
        foreach (ChangeRecord attempt in _database.Changes.OfBatch(connection, id))
        {
            last[attempt.Member] = attempt;
        }

        return new BatchRecord
        {
            Id = id,
            Description = row.GetString(1),
            Reason = row.GetString(2),
            Actor = actor,
            Parallelism = row.GetInt32(4),
            ContinuesOnFailure = row.GetBoolean(5),
            BegunAt = begunAt,
            Undoes = row.LongOrNull(7),
            Members = connection.List(member => ToMember(member, id, actor, begunAt, last), """
                SELECT position, host, name, own, existed, removes, before, after, description, job_id, undoes, not_reached
                FROM batch_member WHERE batch = $1 ORDER BY position
                """, id),
            Omissions = connection.List(omission => new BatchOmission(omission.GetString(0), omission.TextOrNull(1), omission.TextOrNull(2)),
                "SELECT host, problem, hint FROM batch_omission WHERE batch = $1 ORDER BY rowid", id),
        };
    }

    private static BatchMember ToMember(SqliteDataReader row, long batch, string actor, DateTimeOffset begunAt, Dictionary<int, ChangeRecord> last)
    {
        int position = row.GetInt32(0);
        return new BatchMember
        {
            Position = position,
            IsOwnTable = row.GetBoolean(3),
            JobId = row.TextOrNull(9),
            NotReached = row.TextOrNull(11),
            Change = last.GetValueOrDefault(position) ?? new ChangeRecord
            {
                Host = row.GetString(1),
                Table = row.GetString(2),
                Existed = row.GetBoolean(4),
                Removes = row.GetBoolean(5),
                Before = row.Bytes(6),
                After = row.Bytes(7),
                Description = row.GetString(8),
                Actor = actor,
                BegunAt = begunAt,
                Undoes = row.LongOrNull(10),
                Batch = batch,
                Member = position,
            },
        };
    }
}
