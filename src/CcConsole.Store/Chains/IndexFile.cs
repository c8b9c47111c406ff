using System.Collections.Concurrent;
using CcConsole.Core;
using CcConsole.Store.Access;
using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Chains;

/// <summary>
/// The index as an SQLite file of its own beside the cache, <c>cache-index.db</c> (0600): writing it keeps no pull waiting, and damage to it is none to the
/// copies. It holds nothing that the copies do not: where it is missing, damaged or of another version it is made anew.
/// </summary>
/// <remarks>
/// Who has it open holds a lock on <c>cache-index.lock</c> beside it, shared, so that nobody removes a damaged file under another console.
/// A power cut may take the last transactions (synchronous=NORMAL), never a part of one: what they held is indexed again.
/// </remarks>
internal sealed class IndexFile : IDisposable
{
    /// <summary>Of the tables and of what <see cref="IndexTerms"/> writes; a file with another one is made anew.</summary>
    private const int Version = 1;

    /// <summary>"CcIx".</summary>
    private const int ApplicationId = 0x43634978;

    private const int BusyTimeoutMilliseconds = 15_000;

    private const string Schema = """
        -- What of each copy is in the index: from first to before next, and the digest of the last line, by which it is seen to be the same copy still.
        CREATE TABLE progress(
            copy    INTEGER PRIMARY KEY,
            first   INTEGER NOT NULL,
            next    INTEGER NOT NULL,
            digest  BLOB    NOT NULL
        ) STRICT;

        -- Of each 256 places in a copy, when their entries were written, in microseconds since 1970.
        CREATE TABLE period(
            block     INTEGER PRIMARY KEY,
            least     INTEGER NOT NULL,
            greatest  INTEGER NOT NULL
        ) STRICT;

        -- The place of an entry is its rowid. No text is kept (content=''), no place of a word in it (detail=none), no length (columnsize=0).
        CREATE VIRTUAL TABLE word USING fts5(terms, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '=._-'");
        INSERT INTO word(word, rank) VALUES('hashsize', 16777216);
        """;

    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly string _lockPath;
    private FileLock? _open;
    private int _busy;
    private bool _disposed;

    /// <param name="cache">The cache's file.</param>
    public IndexFile(string cache)
    {
        _path = Path.Combine(Path.GetDirectoryName(cache)!, Path.GetFileNameWithoutExtension(cache) + "-index.db");
        _lockPath = Path.ChangeExtension(_path, ".lock");
    }

    /// <summary>Reads from the index; a damaged one is removed, or left where another console has it open.</summary>
    /// <exception cref="IndexLostException">It was damaged, and what was asked of it is not known.</exception>
    /// <exception cref="ProblemException">It cannot be read or made.</exception>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SqliteConnection? connection = null;
        Interlocked.Increment(ref _busy);
        try
        {
            if (!_idle.TryTake(out connection))
                connection = Connect();
            T result = read(connection);
            if (!_disposed)
            {
                _idle.Add(connection);
                connection = null;
            }

            return result;
        }
        catch (SqliteException e) when (SqliteProblem.IsDamage(e))
        {
            connection?.Dispose();
            connection = null;
            Remove();
            throw new IndexLostException(_path, e);
        }
        catch (SqliteException e)
        {
            throw SqliteProblem.From(e, _path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"The index {_path} cannot be made: {e.Message}", "Check the free space and the folder's mode.", e);
        }
        finally
        {
            connection?.Dispose();
            Interlocked.Decrement(ref _busy);
        }
    }

    /// <summary>One transaction.</summary>
    public T Write<T>(Func<SqliteConnection, T> write) => Read(connection =>
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        T result = write(connection);
        transaction.Commit();
        return result;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Close();
    }

    private void Close()
    {
        while (_idle.TryTake(out SqliteConnection? connection))
            connection.Dispose();
        _open?.Dispose();
        _open = null;
    }

    private SqliteConnection Connect()
    {
        lock (_gate)
        {
            _open ??= FileLock.TryShare(_lockPath) ?? throw new ProblemException(
                $"Another console is making the index {_path} anew", "Try again in a moment.");
            if (!PrivatePath.CheckFile(_path))
                CreateFile();
        }

        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = BusyTimeoutMilliseconds / 1000 }.ToString());
        try
        {
            connection.Open();
            connection.Run($"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}");
            connection.Run("PRAGMA journal_mode = WAL");
            connection.Run("PRAGMA synchronous = NORMAL");
            if (!IsOurs(connection))
                Make(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CreateFile()
    {
        try
        {
            PrivatePath.CreateFile(_path).Dispose();
        }
        catch (IOException) when (File.Exists(_path))
        {
            // Another console was first; its file is used.
        }
    }

    private static bool IsOurs(SqliteConnection connection) =>
        connection.Scalar<long>("PRAGMA user_version") == Version && connection.Scalar<long>("PRAGMA application_id") == ApplicationId;

    private static void Make(SqliteConnection connection)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        // Another console may have been first.
        if (IsOurs(connection))
            return;
        foreach (string table in connection.List(row => row.GetString(0), "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('progress', 'period', 'word')"))
            connection.Run($"DROP TABLE {table}");
        connection.Run(Schema);
        connection.Run($"PRAGMA application_id = {ApplicationId}");
        connection.Run($"PRAGMA user_version = {Version}");
        transaction.Commit();
    }

    private void Remove()
    {
        lock (_gate)
        {
            // While another thread is at it, it stays: who finds the damage last removes it.
            if (Volatile.Read(ref _busy) > 1)
                return;
            Close();
            using FileLock? alone = FileLock.TryTake(_lockPath);
            if (alone is null)
                return;
            // The log first: without its file it is nothing, and beside a new file it would be read.
            foreach (string file in (ReadOnlySpan<string>)[_path + "-wal", _path + "-shm", _path])
                File.Delete(file);
        }
    }
}
