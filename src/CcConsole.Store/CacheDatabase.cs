using System.Collections.Concurrent;
using CcConsole.Core;
using CcConsole.Store.Access;
using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store;

/// <summary>
/// The console's cache: one SQLite file (WAL, synchronous=FULL) with verified chain copies, reports, the hosts' last state,
/// the journal of changes and preferences. Safe for several threads, and for several consoles on the same file.
/// Every operation that fails throws <see cref="ProblemException"/>; a damaged file is reported and left as it is.
/// </summary>
public sealed class CacheDatabase : IDisposable
{
    private const int BusyTimeoutMilliseconds = 15_000;
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private readonly Lock _write = new();
    private readonly string _connectionString;
    private bool _disposed;

    private CacheDatabase(string path, TimeProvider time)
    {
        FilePath = path;
        Time = time;
        _connectionString = ConnectionString(path);
        Chains = new Chains.ChainCopies(this);
        Index = new Chains.AuditIndex(this);
        Conflicts = new Chains.ChainConflicts(this);
        Claims = new Chains.ChainClaims(this);
        Archives = new Chains.ChainArchives(this);
        Reports = new Reports.ReportCache(this);
        Hosts = new Hosts.HostStates(this);
        Changes = new Changes.ChangeJournal(this);
        Batches = new Changes.BatchJournal(this);
        Preferences = new Preferences(this);
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Verified copies of the hosts' audit chains, byte for byte.</summary>
    public Chains.ChainCopies Chains { get; }

    /// <summary>What finds entries of those copies by their words and facts; a file of its own, made when it is first asked.</summary>
    public Chains.AuditIndex Index { get; }

    /// <summary>Evidence of chains that contradict what was seen before.</summary>
    public Chains.ChainConflicts Conflicts { get; }

    /// <summary>Where the oldest lines of copies are moved to.</summary>
    public Chains.ChainArchives Archives { get; }

    /// <summary>What consoles say of each other's hosts.</summary>
    public Chains.ChainClaims Claims { get; }

    /// <summary>Execution reports.</summary>
    public Reports.ReportCache Reports { get; }

    /// <summary>What each host was when it was last looked at.</summary>
    public Hosts.HostStates Hosts { get; }

    /// <summary>Every change of a table that this console tried, for undo.</summary>
    public Changes.ChangeJournal Changes { get; }

    /// <summary>Changes of several hosts that were planned as one.</summary>
    public Changes.BatchJournal Batches { get; }

    /// <summary>Remembered choices of the person.</summary>
    public Preferences Preferences { get; }

    internal TimeProvider Time { get; }

    /// <summary>
    /// Opens the cache, making it (0600, in a folder of 0700) where there is none, and brings its tables up to date.
    /// </summary>
    /// <param name="path">The file; its folder is made where missing.</param>
    /// <param name="time">The clock for times that the cache notes by itself.</param>
    /// <exception cref="ProblemException">
    /// Wrong owner or mode, a damaged file, a file of a newer console or of another program, no SQLite library.
    /// </exception>
    public static CacheDatabase Open(string path, TimeProvider time)
    {
        path = Path.GetFullPath(path);
        PrivatePath.EnsureDirectory(Path.GetDirectoryName(path)!);
        SqliteLibrary.Load();
        try
        {
            if (!PrivatePath.CheckFile(path))
            {
                Create(path);
            }
            else if (new FileInfo(path).Length == 0)
            {
                // The file appears complete or not at all (see Create), so an empty one has lost its content.
                throw SqliteProblem.Damaged(path, "the file is empty");
            }

            CacheDatabase database = new(path, time);
            try
            {
                database.Read(connection =>
                {
                    Migration.Apply(connection, path, Migration.All);
                    return 0;
                });
                return database;
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            throw SqliteProblem.From(e, path);
        }
    }

    /// <summary>Reads the whole file and checks it for damage (<c>PRAGMA integrity_check</c>); takes seconds for a large one.</summary>
    /// <returns>What is damaged; empty when nothing is.</returns>
    public IReadOnlyList<string> Check() => Read(connection =>
    {
        List<string> found = connection.List(row => row.GetString(0), "PRAGMA integrity_check(100)");
        return found is ["ok"] ? [] : (IReadOnlyList<string>)found;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Changes.Dispose();
        Index.Dispose();
        while (_idle.TryTake(out SqliteConnection? connection))
        {
            connection.Dispose();
        }
    }

    internal T Read<T>(Func<SqliteConnection, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SqliteConnection? connection = null;
        try
        {
            if (!_idle.TryTake(out connection))
            {
                connection = Connect(_connectionString);
            }

            T result = read(connection);
            if (!_disposed)
            {
                _idle.Add(connection);
                connection = null;
            }

            return result;
        }
        catch (SqliteException e)
        {
            throw SqliteProblem.From(e, FilePath);
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>One transaction, on disk when this returns. Writers of this process queue here, those of others in SQLite's busy handler.</summary>
    internal T Write<T>(Func<SqliteConnection, T> write)
    {
        lock (_write)
        {
            return Read(connection =>
            {
                using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
                T result = write(connection);
                transaction.Commit();
                return result;
            });
        }
    }

    internal void Write(Action<SqliteConnection> write) => Write(connection =>
    {
        write(connection);
        return 0;
    });

    /// <summary>Makes the file under a temporary name and moves it into place, so that no one ever sees it half made.</summary>
    private static void Create(string path)
    {
        string temporary = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            PrivatePath.CreateFile(temporary).Dispose();
            using (SqliteConnection connection = Connect(ConnectionString(temporary)))
            {
                Migration.Apply(connection, temporary, Migration.All);
            }

            try
            {
                File.Move(temporary, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another console was first; its file is used.
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"The cache {path} cannot be made: {e.Message}", "Check the free space and the folder's mode.", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string ConnectionString(string path) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = SqliteOpenMode.ReadWrite,
        Pooling = false,
        ForeignKeys = true,
        DefaultTimeout = BusyTimeoutMilliseconds / 1000,
    }.ToString();

    private static SqliteConnection Connect(string connectionString)
    {
        SqliteConnection connection = new(connectionString);
        try
        {
            connection.Open();
            connection.Run($"PRAGMA busy_timeout = {BusyTimeoutMilliseconds}");
            connection.Run("PRAGMA journal_mode = WAL");
            connection.Run("PRAGMA synchronous = FULL");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
