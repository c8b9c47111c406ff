using System.Globalization;
using System.Text;
using CcConsole.Core;
using CcConsole.Store.Access;
using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Chains;

/// <summary>
/// Evidence of chains that contradict the copy: both byte strings as a row of the cache, and as files in a folder
/// <c>conflict-TIME</c> beside it. Nothing here is ever overwritten or deleted.
/// </summary>
public sealed class ChainConflicts
{
    private const string Columns = "id, host, chain, seq, verdict, message, directory, found_at, resolved_at, resolved_by, witness";

    private readonly CacheDatabase _database;

    internal ChainConflicts(CacheDatabase database) => _database = database;

    /// <summary>The conflicts that no one has resolved yet, oldest first.</summary>
    /// <param name="host">Of this host alone, or of all.</param>
    public IReadOnlyList<ChainConflict> Open(string? host = null) => List(host, "AND resolved_at IS NULL");

    /// <summary>All conflicts, oldest first.</summary>
    /// <param name="host">Of this host alone, or of all.</param>
    public IReadOnlyList<ChainConflict> All(string? host = null) => List(host, "");

    /// <summary>
    /// Keeps both byte strings and notes the verdict on the host's copy, unless it is by the word of a witness alone. The same conflict found again (same host, verdict and bytes,
    /// still open) is not kept twice.
    /// </summary>
    /// <param name="host">The host's name in the fleet.</param>
    /// <param name="chain">The id of the chain held.</param>
    /// <param name="seq">The first sequence at which the two differ.</param>
    /// <param name="verdict">Its name.</param>
    /// <param name="message">What was found, in a sentence.</param>
    /// <param name="ours">The bytes held, from that sequence on.</param>
    /// <param name="theirs">The bytes that the host gave, from the same place on.</param>
    /// <param name="witness">The host in whose chain the word stands that contradicts the copy; null when the host itself does.</param>
    /// <exception cref="ProblemException">It cannot be kept: nothing of it is, so that those who find it again do not fill the disk.</exception>
    public ChainConflict Keep(string host, string chain, long seq, string verdict, string message, ReadOnlyMemory<byte> ours, ReadOnlyMemory<byte> theirs, string? witness = null)
    {
        string? directory = null;
        try
        {
            return _database.Write(Kept);
        }
        catch
        {
            Remove(directory);
            throw;
        }

        ChainConflict Kept(SqliteConnection connection)
        {
            ChainConflict? known = connection.One(ToConflict, $"""
                SELECT {Columns} FROM chain_conflict
                WHERE host = $1 AND verdict = $2 AND seq = $3 AND ours = $4 AND theirs = $5 AND resolved_at IS NULL
                """, host, verdict, seq, ours, theirs);
            if (known is not null)
            {
                return known;
            }

            DateTimeOffset now = _database.Time.GetUtcNow();
            directory = Unused(now);
            WriteFiles(directory, host, chain, seq, verdict, message, ours.Span, theirs.Span);
            connection.Run("""
                INSERT INTO chain_conflict(host, chain, seq, verdict, message, ours, theirs, directory, found_at, witness)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """, host, chain, seq, verdict, message, ours, theirs, directory, now, witness);
            long id = connection.Scalar<long>("SELECT last_insert_rowid()");
            if (witness is null)
            {
                connection.Run("UPDATE chain_copy SET verdict = $2 WHERE host = $1 AND retired_at IS NULL", host, verdict);
            }

            return new ChainConflict(id, host, chain, seq, verdict, message, directory, now, null, null) { Witness = witness };
        }
    }

    /// <summary>The two byte strings of a conflict.</summary>
    /// <exception cref="ProblemException">There is no such conflict.</exception>
    public (ReadOnlyMemory<byte> Ours, ReadOnlyMemory<byte> Theirs) Evidence(long id) => _database.Read(connection =>
        connection.List(row => ((ReadOnlyMemory<byte>)row.Bytes(0), (ReadOnlyMemory<byte>)row.Bytes(1)), "SELECT ours, theirs FROM chain_conflict WHERE id = $1", id)
            is [var evidence] ? evidence : throw new ProblemException($"There is no conflict with the number {id}"));

    /// <summary>Notes that a person has looked at these conflicts and decided. The evidence stays.</summary>
    public void Resolve(IEnumerable<long> ids, string actor) => _database.Write(connection =>
    {
        foreach (long id in ids)
        {
            connection.Run("UPDATE chain_conflict SET resolved_at = $2, resolved_by = $3 WHERE id = $1 AND resolved_at IS NULL", id, _database.Time.GetUtcNow(), actor);
        }
    });

    private List<ChainConflict> List(string? host, string condition) => _database.Read(connection => connection.List(ToConflict,
        $"SELECT {Columns} FROM chain_conflict WHERE ($1 IS NULL OR host = $1) {condition} ORDER BY id", host));

    private string Unused(DateTimeOffset now)
    {
        string beside = Path.GetDirectoryName(_database.FilePath)!;
        string stem = Path.Combine(beside, "conflict-" + now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        string directory = stem;
        for (int i = 2; Path.Exists(directory); i++)
        {
            directory = $"{stem}-{i}";
        }

        return directory;
    }

    /// <summary>Takes back the files of what could not be kept: no row names them.</summary>
    private static void Remove(string? directory)
    {
        try
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What kept the evidence from being written is told, and not that this was left.
        }
    }

    private static void WriteFiles(string directory, string host, string chain, long seq, string verdict, string message, ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        try
        {
            PrivatePath.EnsureDirectory(directory);
            WriteFile(Path.Combine(directory, "ours"), ours);
            WriteFile(Path.Combine(directory, "theirs"), theirs);
            WriteFile(Path.Combine(directory, "conflict.txt"), Encoding.UTF8.GetBytes(
                $"host {Plain(host)}\nchain {Plain(chain)}\nfrom entry {seq}\nverdict {Plain(verdict)}\n{Plain(message)}\nours: what this console had verified; theirs: what the host gave\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"{host}: {verdict}, and its evidence could not be written to {directory}: {e.Message}",
                "Free some space and pull again; the copy is unchanged.", e);
        }
    }

    /// <summary>The file is read with whatever shows text: what hosts name themselves must not steer a terminal, nor look like another line.</summary>
    private static string Plain(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            plain.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? Rune.ReplacementChar : rune);
        }

        return plain.ToString();
    }

    private static void WriteFile(string path, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = PrivatePath.CreateFile(path);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    private static ChainConflict ToConflict(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetString(6),
        row.Time(7), row.TimeOrNull(8), row.TextOrNull(9))
    {
        Witness = row.TextOrNull(10),
    };
}
