using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store.Access;
using CcConsole.Store.Sqlite;

namespace CcConsole.Store.Chains;

/// <summary>
/// Moves the oldest lines of a copy from the cache into its archive file: one file a copy, which grows at its end alone, so that it can be
/// verified from its first line with nothing of ours. The copy is read as one still, archive and cache together.
/// </summary>
public sealed class ChainArchives
{
    private const string Folder = "archive";
    private const int ReadAtOnce = 64 * 1024;
    private readonly CacheDatabase _database;

    internal ChainArchives(CacheDatabase database) => _database = database;

    /// <summary>Moves the lines before an entry. They are on disk in the archive, and verified there, before the cache lets go of them.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="before">The first entry that stays; at most the last one held.</param>
    /// <returns>The head with the archive's place; the same when there was nothing to move.</returns>
    /// <exception cref="ProblemException">The lines are not whole, or could not be written: the cache has them all still.</exception>
    public ChainHead Move(ChainHead copy, long before)
    {
        string folder = Path.Combine(Path.GetDirectoryName(_database.FilePath)!, Folder);
        PrivatePath.EnsureDirectory(folder);
        using FileLock held = FileLock.Take(Path.Combine(folder, "lock"));
        ChainHead head = _database.Chains.Copies(copy.Host).FirstOrDefault(known => known.Copy == copy.Copy) ?? copy;
        long first = Math.Max(head.First, head.Archived);
        before = Math.Min(before, head.Seq);
        if (before <= first)
        {
            return head;
        }

        string path = head.Archive ?? Unused(Path.Combine(folder, $"{Safe(head.Host)}-{Safe(head.Chain)}-{head.Copy}"));
        try
        {
            long end = Append(path, head, first, before);
            Check(path, head, first, before, end);
            return _database.Write(connection =>
            {
                connection.Run("DELETE FROM chain_line WHERE position BETWEEN $1 AND $2", ChainCopies.Position(head, first), ChainCopies.Position(head, before - 1));
                connection.Run("UPDATE chain_copy SET archived = $2, archived_bytes = $3, archive = $4 WHERE id = $1", head.Copy, before, end, path);
                return head with { Archived = before, ArchivedBytes = end, Archive = path };
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"The archive {path} could not be written: {e.Message}; the cache has all entries still", "Check the free space and who owns the folder.", e);
        }
    }

    /// <summary>What a move that was cut off had written behind the archive's end is in the cache still, and is written anew; anything else there is left alone.</summary>
    private long Append(string path, ChainHead head, long first, long before)
    {
        bool begins = !PrivatePath.CheckFile(path);
        using (FileStream file = begins ? PrivatePath.CreateFile(path) : new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
        {
            if (file.Length < head.ArchivedBytes)
            {
                throw new ProblemException($"The archive {path} is shorter than it was: {file.Length} bytes of {head.ArchivedBytes}", "Keep it as evidence; nothing more is moved there.");
            }

            file.Position = head.ArchivedBytes;
            if (!IsHeld(file, head, first))
            {
                throw new ProblemException($"The archive {path} goes on behind byte {head.ArchivedBytes} with what is not in this cache: nothing was moved there",
                    $"Was the cache put back from a backup? What is there may be nowhere else. Keep a copy of the file elsewhere, then cut it: truncate -s {head.ArchivedBytes} {path}");
            }

            file.SetLength(head.ArchivedBytes);
            file.Position = head.ArchivedBytes;
            foreach (ChainLine line in _database.Chains.Lines(head, first, before - 1))
            {
                file.Write(line.Bytes.Span);
                file.WriteByte((byte)'\n');
            }

            file.Flush(flushToDisk: true);
            if (!begins)
            {
                return file.Length;
            }
        }

        Descriptor.SyncDirectory(Path.GetDirectoryName(path)!);
        return new FileInfo(path).Length;
    }

    /// <summary>Whether the rest of a file is what the cache holds from an entry on, as far as it goes.</summary>
    private bool IsHeld(FileStream file, ChainHead head, long first)
    {
        using ChainCopyStream cache = new(_database.Chains.Lines(head, first));
        byte[] there = new byte[ReadAtOnce], here = new byte[ReadAtOnce];
        for (int read; (read = file.Read(there)) > 0;)
        {
            if (cache.ReadAtLeast(here.AsSpan(0, read), read, throwOnEndOfStream: false) < read || !there.AsSpan(0, read).SequenceEqual(here.AsSpan(0, read)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What was written leads from the entry before it to the one that stays.</summary>
    private void Check(string path, ChainHead head, long first, long before, long end)
    {
        Hash32 previous = HashBefore(head, first), leadsTo = HashBefore(head, before);
        ChainVerifier verifier = first == 0 ? ChainVerifier.Start() : ChainVerifier.Start(previous, first);
        foreach ((ReadOnlyMemory<byte> line, _) in LineFile.Read(path, head.ArchivedBytes, end))
        {
            verifier.Append(line.Span);
        }

        if (!verifier.IsGood || verifier.NextSeq != before || verifier.Head != leadsTo)
        {
            throw NotWhole(head, first, before - 1);
        }
    }

    /// <summary>Why entries of a copy are not moved: one of them, or the next, is not as it was pulled.</summary>
    public static ProblemException NotWhole(ChainHead head, long first, long last) => new(
        $"{head.Host}: the entries #{first} to #{last} of the copy are not whole, so they stay in the cache", $"cc-console audit verify --host {head.Host} tells what is the matter.");

    private Hash32 HashBefore(ChainHead head, long seq)
    {
        if (seq == 0)
        {
            return default;
        }

        try
        {
            if (_database.Chains.Line(head, seq) is { } line)
            {
                using JsonDocument entry = JsonDocument.Parse(line.Bytes);
                if (entry.RootElement.TryGetProperty("prev_hash", out JsonElement named) && Hash32.TryParse(named.GetString(), out Hash32 hash))
                {
                    return hash;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not an entry: somebody has edited the cache.
        }

        throw NotWhole(head, seq, seq);
    }

    /// <summary>A file of an earlier cache, whose copies had the same numbers, may hold entries that are nowhere else: it is left alone.</summary>
    private static string Unused(string stem)
    {
        string path = stem + ".jsonl";
        for (int i = 2; Path.Exists(path); i++)
        {
            path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{stem}-{i}.jsonl");
        }

        return path;
    }

    /// <summary>Names come from hosts and from files: only what is plain in a file's name stays.</summary>
    private static string Safe(string name) => new([.. name.Take(64).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')]);
}
