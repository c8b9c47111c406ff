using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Search;
using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Chains;

/// <summary>
/// An index over the words and facts of all cached entries (SQLite FTS5), derived from the copies. It says which lines to read, and each line
/// decides for itself whether it is meant: an index that was edited can hide an entry or name one in vain, and never show what is
/// not in a copy. Verification does not use it. What it does not hold yet is read through instead.
/// </summary>
public sealed class AuditIndex : IDisposable
{
    /// <summary>Entries of one transaction: some ten milliseconds.</summary>
    private const int AtOnce = 4096;

    private const int BlockBits = 8;

    /// <summary>Entries that are gone from the cache and may stay in the index, beyond as many as are there.</summary>
    private const int MostGone = 100_000;

    /// <summary>After so many entries the pieces of the index are put together, so many pages in a transaction.</summary>
    private const int ManyAdded = 10_000, PagesAtOnce = 1000;

    private const int FewestRows = 64, MostRows = 8192, LinesAtOnce = 128;

    private readonly CacheDatabase _cache;
    private readonly IndexFile _file;

    // One update at a time here; those of other consoles queue at SQLite's lock, a transaction each.
    private readonly SemaphoreSlim _updating = new(1, 1);

    internal AuditIndex(CacheDatabase cache) => (_cache, _file) = (cache, new IndexFile(cache.FilePath));

    /// <summary>
    /// Takes entries that are not yet in the index into it, in short transactions, beginning where the last one ended: whatever ends this,
    /// the next one goes on.
    /// </summary>
    /// <param name="progress">Told how many are done of how many.</param>
    /// <param name="cancellation">Gives up; what was done stays.</param>
    /// <exception cref="ProblemException">The index cannot be written; a search then reads all lines.</exception>
    public void Update(IProgress<IndexProgress>? progress = null, CancellationToken cancellation = default)
    {
        _updating.Wait(cancellation);
        try
        {
            IReadOnlyList<ChainHead> copies = _cache.Chains.All();
            long added = 0;
            _ = Update(copies, Check(copies, all: true), null, new Passed(done => progress?.Report(done with { Done = added = done.Done })), cancellation);
            if (added >= ManyAdded)
                Merge(cancellation);
        }
        finally
        {
            _updating.Release();
        }
    }

    /// <summary>The same for one host, for no longer than about so long: after a pull. Does nothing while another update runs here.</summary>
    /// <returns>How many entries are still missing.</returns>
    /// <exception cref="ProblemException">The index cannot be written.</exception>
    public long Update(string host, TimeSpan budget)
    {
        IReadOnlyList<ChainHead> copies = _cache.Chains.Copies(host);
        if (!_updating.Wait(0))
            return copies.Sum(copy => copy.Seq + 1 - Indexed(copy));
        try
        {
            return Update(copies, Check(copies, all: false), budget, null, default);
        }
        finally
        {
            _updating.Release();
        }
    }

    /// <summary>The lines of a copy that a query means, newest first, read as they are taken.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="query">The query; its hosts and limit are the caller's to heed.</param>
    /// <param name="cancellation">Gives up.</param>
    public IEnumerable<ChainLine> Find(ChainHead copy, AuditQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(copy);
        ArgumentNullException.ThrowIfNull(query);
        AuditMatch match = new(query);
        long first = Math.Max(copy.Start, query.First), last = Math.Min(copy.Seq, query.Last);
        string? asked = IndexTerms.Match(query);
        bool usesTime = query.Since is not null || query.Until is not null;
        long indexed = asked is null && !usesTime ? 0 : Indexed(copy);

        // What the index does not hold yet, newest first; then what it holds.
        foreach (ChainLine line in Scan(copy, Math.Max(first, indexed), last, match, cancellation))
            yield return line;
        last = Math.Min(last, indexed - 1);
        if (usesTime && last >= first)
            (first, last) = Hull(copy, first, last, query);
        if (asked is null)
        {
            foreach (ChainLine line in Scan(copy, first, last, match, cancellation))
                yield return line;
            yield break;
        }

        for (int rows = FewestRows; last >= first; rows = Math.Min(rows * 4, MostRows))
        {
            if (Places(copy, asked, first, last, rows) is not { } places)
            {
                // The index was damaged: the rest is read through.
                foreach (ChainLine line in Scan(copy, first, last, match, cancellation))
                    yield return line;
                yield break;
            }

            foreach (long[] some in places.Chunk(LinesAtOnce))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (ChainLine line in _cache.Chains.LinesAt(copy, some))
                {
                    if (match.Holds(line.Bytes.Span))
                        yield return line;
                }
            }

            last = places.Count < rows ? -1 : places[^1] - 1;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _updating.Dispose();
    }

    /// <summary>
    /// Puts together what many transactions have left in many pieces, which a search would each look into (https://www.sqlite.org/fts5.html#the_merge_command);
    /// in steps, each a transaction.
    /// </summary>
    private void Merge(CancellationToken cancellation)
    {
        for (bool goesOn = true; goesOn; cancellation.ThrowIfCancellationRequested())
        {
            goesOn = _file.Write(connection =>
            {
                long before = connection.Scalar<long>("SELECT total_changes()");
                connection.Run("INSERT INTO word(word, rank) VALUES('merge', $1)", -PagesAtOnce);
                return connection.Scalar<long>("SELECT total_changes()") - before >= 2; // fewer: there was nothing to do
            });
        }
    }

    private long Update(IReadOnlyList<ChainHead> copies, Dictionary<long, long> next, TimeSpan? budget, IProgress<IndexProgress>? progress, CancellationToken cancellation)
    {
        long start = TimeProvider.System.GetTimestamp();
        long of = copies.Sum(copy => Math.Max(0, copy.Seq + 1 - next.GetValueOrDefault(copy.Copy, copy.Start))), missing = of;
        foreach (ChainHead copy in copies)
        {
            for (long from = next.GetValueOrDefault(copy.Copy, copy.Start); from <= copy.Seq;)
            {
                cancellation.ThrowIfCancellationRequested();
                if (missing < of && budget is { } most && TimeProvider.System.GetElapsedTime(start) >= most)
                    return missing;
                long reached = Add(copy, from);
                missing -= Math.Min(reached, copy.Seq + 1) - from;
                from = reached;
                progress?.Report(new IndexProgress(of - missing, of));
            }
        }

        return missing;
    }

    private IEnumerable<ChainLine> Scan(ChainHead copy, long first, long last, AuditMatch match, CancellationToken cancellation)
    {
        if (last < first)
            yield break;
        foreach (ChainLine line in _cache.Chains.LinesBackwards(copy, last))
        {
            cancellation.ThrowIfCancellationRequested();
            if (line.Seq < first)
                yield break;
            if (match.Holds(line.Bytes.Span))
                yield return line;
        }
    }

    // The first sequence that is not in the index.
    private long Indexed(ChainHead copy)
    {
        try
        {
            return Math.Min(copy.Seq + 1, _file.Read(connection => connection.Scalar<long>("SELECT next FROM progress WHERE copy = $1", copy.Copy)));
        }
        catch (ProblemException)
        {
            // An index that cannot be read is none: an update says why.
            return 0;
        }
    }

    private List<long>? Places(ChainHead copy, string asked, long first, long last, int rows)
    {
        try
        {
            return _file.Read(connection => connection.List(row => row.GetInt64(0) & ChainCopies.MaxSeq,
                "SELECT rowid FROM word WHERE word MATCH $1 AND rowid BETWEEN $2 AND $3 ORDER BY rowid DESC LIMIT $4",
                asked, ChainCopies.Position(copy, first), ChainCopies.Position(copy, last), rows));
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    // The sequences between which all entries of a time lie; a clock that was set back widens it.
    private (long First, long Last) Hull(ChainHead copy, long first, long last, AuditQuery query)
    {
        try
        {
            long least = AuditMatch.Micros(query.Since) ?? long.MinValue, most = AuditMatch.Micros(query.Until) ?? long.MaxValue;
            (long? From, long? To) blocks = _file.Read(connection => connection.List(row => (row.LongOrNull(0), row.LongOrNull(1)),
                "SELECT min(block), max(block) FROM period WHERE block BETWEEN $1 AND $2 AND greatest >= $3 AND least < $4",
                ChainCopies.Position(copy, first) >> BlockBits, ChainCopies.Position(copy, last) >> BlockBits, least, most)[0]);
            return blocks is not ({ } from, { } to) ? (0, -1)
                : (Math.Max(first, (from << BlockBits) & ChainCopies.MaxSeq), Math.Min(last, (((to + 1) << BlockBits) - 1) & ChainCopies.MaxSeq));
        }
        catch (ProblemException)
        {
            return (first, last);
        }
    }

    /// <summary>How far each copy is in the index. One whose last indexed line is another one now is of another cache: then all of it is made anew.</summary>
    private Dictionary<long, long> Check(IReadOnlyList<ChainHead> copies, bool all)
    {
        Dictionary<long, Held> held = Progress();
        long gone = 0, there = 0;
        foreach ((long number, (long first, long next, byte[] digest)) in held)
        {
            ChainHead? copy = copies.FirstOrDefault(copy => copy.Copy == number);
            if (copy is null && !all)
                continue;
            if (copy is null || first > copy.Start || next > copy.Seq + 1 || !digest.AsSpan().SequenceEqual(Digest(copy, next - 1)))
                return Clear();
            gone += Math.Max(0, copy.Start - first);
            there += Math.Max(0, next - Math.Max(first, copy.Start));
        }

        // Of lines that were moved to an archive the terms stay, since only their text could take them out.
        if (gone > there + MostGone)
            return Clear();

        return held.ToDictionary(copy => copy.Key, copy => copy.Value.Next);
    }

    private Dictionary<long, long> Clear()
    {
        _file.Write(connection => connection.Run("INSERT INTO word(word) VALUES('delete-all'); DELETE FROM progress; DELETE FROM period"));
        return [];
    }

    private Dictionary<long, Held> Progress()
    {
        Dictionary<long, Held> Read() => _file.Read(connection => connection.List(
            row => (Copy: row.GetInt64(0), Held: new Held(row.GetInt64(1), row.GetInt64(2), row.Bytes(3))), "SELECT copy, first, next, digest FROM progress")
            .ToDictionary(row => row.Copy, row => row.Held));
        try
        {
            return Read();
        }
        catch (IndexLostException)
        {
            return Read(); // it was removed, and is made anew
        }
    }

    private byte[] Digest(ChainHead copy, long seq) => _cache.Chains.Line(copy, seq) is { } line ? Sha256.Hash(line.Bytes.Span).ToArray() : [];

    /// <summary>One transaction; the first sequence that it left. What is in the index is one piece: elsewhere than at its end nothing is added.</summary>
    private long Add(ChainHead copy, long from) => _file.Write(connection =>
    {
        long next = connection.Scalar<object>("SELECT next FROM progress WHERE copy = $1", copy.Copy) is long held ? held : copy.Start;
        if (next != from)
            return next; // another console was first, or has cleared the index
        List<ChainLine> lines = [.. _cache.Chains.Lines(copy, from).Take(AtOnce)];
        long reached = lines.Count < AtOnce ? copy.Seq + 1 : lines[^1].Seq + 1;
        if (lines.Count > 0)
            Insert(connection, copy, lines);
        connection.Run("INSERT INTO progress(copy, first, next, digest) VALUES ($1, $2, $3, $4) ON CONFLICT(copy) DO UPDATE SET next = $3, digest = $4",
            copy.Copy, from, reached, Digest(copy, reached - 1));
        return reached;
    });

    private static void Insert(SqliteConnection connection, ChainHead copy, List<ChainLine> lines)
    {
        using SqliteCommand insert = connection.Command("INSERT INTO word(rowid, terms) VALUES ($1, $2)", 0L, "");
        using SqliteCommand period = connection.Command(
            "INSERT INTO period(block, least, greatest) VALUES ($1, $2, $2) ON CONFLICT(block) DO UPDATE SET least = min(least, $2), greatest = max(greatest, $2)", 0L, 0L);
        EntryWords entry = new();
        char[] terms = [];
        foreach (ChainLine line in lines)
        {
            entry.Read(line.Bytes.Span);
            if (terms.Length < IndexTerms.Room(entry))
                terms = new char[IndexTerms.Room(entry) * 2];
            long position = ChainCopies.Position(copy, line.Seq);
            insert.Parameters[0].Value = position;
            insert.Parameters[1].Value = new string(terms, 0, IndexTerms.Write(entry, terms));
            insert.ExecuteNonQuery();
            if (entry.Micros is { } micros)
            {
                period.Parameters[0].Value = position >> BlockBits;
                period.Parameters[1].Value = micros;
                period.ExecuteNonQuery();
            }
        }
    }

    /// <summary>What of a copy is in the index: from the first to before the next sequence, and the digest of the last line of it.</summary>
    private readonly record struct Held(long First, long Next, byte[] Digest);

    private sealed class Passed(Action<IndexProgress> take) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => take(value);
    }
}
