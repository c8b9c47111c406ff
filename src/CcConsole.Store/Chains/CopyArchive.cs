using CcConsole.Core;
using CcConsole.Store.Access;
using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Chains;

/// <summary>The lines of a copy that lie in its archive file.</summary>
/// <param name="path">The file.</param>
/// <param name="first">The sequence of its first line.</param>
/// <param name="end">The first sequence that is not in it.</param>
/// <param name="bytes">How many bytes of it are the copy's.</param>
internal sealed class CopyArchive(string path, long first, long end, long bytes)
{
    public long End => end;

    /// <summary>Null when nothing of the copy was moved.</summary>
    public static CopyArchive? Of(CacheDatabase database, ChainHead copy) => database.Read(connection => Of(connection, copy));

    /// <inheritdoc cref="Of(CacheDatabase, ChainHead)"/>
    public static CopyArchive? Of(SqliteConnection connection, ChainHead copy) => connection.One(
        row => new CopyArchive(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
        "SELECT archive, first, archived, archived_bytes FROM chain_copy WHERE id = $1 AND archive IS NOT NULL", copy.Copy);

    public ChainLine? Line(long seq)
    {
        foreach (ChainLine line in Lines(seq, seq))
        {
            return line;
        }

        return null;
    }

    public IEnumerable<ChainLine> Lines(long from, long to)
    {
        if (from >= end || to < first)
        {
            yield break;
        }

        Check();
        (long seq, long offset) = from > first ? new ArchivePlaces(path, first, end, bytes).Before(from) : (first, 0);
        foreach ((ReadOnlyMemory<byte> line, _) in LineFile.Read(path, offset, bytes))
        {
            if (seq > to)
            {
                yield break;
            }

            if (seq >= from)
            {
                yield return new ChainLine(seq, line[..^1]);
            }

            seq++;
        }
    }

    public IEnumerable<ChainLine> LinesBackwards(long from)
    {
        long seq = end;
        Check();
        foreach (ReadOnlyMemory<byte> line in LineFile.ReadBackwards(path, bytes))
        {
            if (--seq <= from)
            {
                yield return new ChainLine(seq, line);
            }
        }
    }

    private void Check()
    {
        if (!PrivatePath.CheckFile(path) || new FileInfo(path).Length < bytes)
        {
            throw new ProblemException($"The archive {path}, which holds the entries #{first} to #{end - 1} of a copy, is gone or cut", "Put the file back from a backup; the entries after it are in the cache.");
        }
    }
}
