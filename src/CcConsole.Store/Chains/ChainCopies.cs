using CcConsole.Core;
using CcConsole.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace CcConsole.Store.Chains;

/// <summary>
/// Verified copies of the hosts' chains. Lines are kept byte for byte and are only ever added; they and the head that
/// they lead to are stored in one transaction, so a head never speaks of a line that is not there.
/// </summary>
public sealed class ChainCopies
{
    /// <summary>Bits of a line's key that hold its sequence: 2^40 entries a chain.</summary>
    private const int SeqBits = 40;

    internal const long MaxSeq = (1L << SeqBits) - 1;

    private const int RowsAtOnce = 1024;

    private const string Columns = """
        id, host, chain, seq, offset, hash, genesis_hash, host_key, pulled_at, verdict, retired_at,
        first, signed_since, checkpoint_seq, checkpoint_at, compared_at, continuation, notable, archived, archived_bytes, archive, seen_at
        """;

    private readonly CacheDatabase _database;

    internal ChainCopies(CacheDatabase database) => _database = database;

    /// <summary>The head of a host's copy in use; null when nothing was pulled yet.</summary>
    public ChainHead? Head(string host) => _database.Read(connection => Head(connection, host));

    /// <summary>The heads of all copies in use, by host.</summary>
    public IReadOnlyList<ChainHead> Heads() => _database.Read(connection =>
        connection.List(ToHead, $"SELECT {Columns} FROM chain_copy WHERE retired_at IS NULL ORDER BY host"));

    /// <summary>The other hosts whose copy in use has the same chain: cloned machines, or one that shows another's chain.</summary>
    public IReadOnlyList<string> Clones(ChainHead head) => _database.Read(connection =>
        connection.List(row => row.GetString(0), "SELECT host FROM chain_copy WHERE chain = $1 AND host <> $2 AND retired_at IS NULL ORDER BY host", head.Chain, head.Host));

    /// <summary>Every copy of every host, those put aside too, oldest first.</summary>
    public IReadOnlyList<ChainHead> All() => _database.Read(connection => connection.List(ToHead, $"SELECT {Columns} FROM chain_copy ORDER BY id"));

    /// <summary>Every copy of a host, those put aside too, oldest first.</summary>
    public IReadOnlyList<ChainHead> Copies(string host) => _database.Read(connection =>
        connection.List(ToHead, $"SELECT {Columns} FROM chain_copy WHERE host = $1 ORDER BY id", host));

    /// <summary>
    /// Adds verified lines and moves the head to the last of them, on disk when this returns. The caller has verified
    /// them; here it is checked that they continue exactly where the copy ends.
    /// </summary>
    /// <param name="head">The new head, with what the lines add up to.</param>
    /// <param name="lines">The lines after the old head, in order; none when only the head's time and verdict change.</param>
    /// <param name="previous">The head that the caller built on; null for the first lines of a chain.</param>
    /// <returns>The new head with its copy's number.</returns>
    /// <exception cref="ProblemException">Another console has moved the head meanwhile, or the lines do not continue it.</exception>
    public ChainHead Append(ChainHead head, IReadOnlyList<ChainLine> lines, ChainHead? previous) => _database.Write(connection =>
    {
        ChainHead? current = Head(connection, head.Host);
        if (current?.Copy != previous?.Copy || current?.Seq != previous?.Seq || current?.Hash != previous?.Hash)
        {
            throw new ProblemException($"{head.Host}: another console has pulled this chain meanwhile; nothing was stored twice",
                "Pull again: it starts at the new head.");
        }

        CheckContinuation(head, lines, previous);
        long copy = current?.Copy ?? Insert(connection, head);
        using SqliteCommand insert = connection.Command("INSERT INTO chain_line(position, line) VALUES ($1, $2)", 0L, Array.Empty<byte>());
        foreach (ChainLine line in lines)
        {
            insert.Parameters[0].Value = (copy << SeqBits) | line.Seq;
            insert.Parameters[1].Value = line.Bytes.ToArray();
            insert.ExecuteNonQuery();
        }

        connection.Run("""
            UPDATE chain_copy SET seq = $2, offset = $3, hash = $4, host_key = $5, pulled_at = $6, verdict = $7, signed_since = $8,
                checkpoint_seq = $9, checkpoint_at = $10, compared_at = $11, continuation = $12, notable = $13, seen_at = $14
            WHERE id = $1
            """, copy, head.Seq, head.Offset, head.Hash, head.HostKey, head.PulledAt, head.Verdict, head.SignedSince,
            head.CheckpointSeq, head.CheckpointAt, head.ComparedAt, head.Continuation, head.Notable, head.SeenAt);
        return head with { Copy = copy };
    });

    /// <summary>
    /// Puts a host's copy aside, after a person has decided so: it stays readable, and the next pull begins a new copy at
    /// the genesis entry.
    /// </summary>
    public void Retire(string host) => _database.Write(connection =>
        connection.Run("UPDATE chain_copy SET retired_at = $2 WHERE host = $1 AND retired_at IS NULL", host, _database.Time.GetUtcNow()));

    /// <summary>Pins another SSH key of the host to its copy, after a person has decided so: the copy goes on.</summary>
    public void Pin(string host, string hostKey) => _database.Write(connection =>
        connection.Run("UPDATE chain_copy SET host_key = $2, verdict = 'OK' WHERE host = $1 AND retired_at IS NULL", host, hostKey));

    /// <summary>One line; null when it is not held.</summary>
    public ChainLine? Line(ChainHead copy, long seq)
    {
        byte[]? line = _database.Read(connection => connection.Scalar<byte[]>("SELECT line FROM chain_line WHERE position = $1", Position(copy, seq)));
        return line is not null ? new ChainLine(seq, line) : CopyArchive.Of(_database, copy)?.Line(seq);
    }

    /// <summary>
    /// The lines of a range in order, read a thousand at a time: memory does not grow with the chain, and writers are
    /// not held up.
    /// </summary>
    /// <param name="copy">The copy; lines after its <see cref="ChainHead.Seq"/> are not given.</param>
    /// <param name="first">First sequence.</param>
    /// <param name="last">Last sequence, included.</param>
    public IEnumerable<ChainLine> Lines(ChainHead copy, long first = 0, long last = long.MaxValue)
    {
        last = Math.Min(last, copy.Seq);
        if (CopyArchive.Of(_database, copy) is { } archive)
        {
            foreach (ChainLine line in archive.Lines(first, last))
            {
                yield return line;
            }

            first = Math.Max(first, archive.End);
        }

        while (first <= last)
        {
            List<ChainLine> rows = Rows("SELECT position, line FROM chain_line WHERE position BETWEEN $1 AND $2 ORDER BY position LIMIT $3", copy, first, last);
            // Lines may have been moved into the archive since the last ones were read.
            if ((rows.Count == 0 || rows[0].Seq > first) && CopyArchive.Of(_database, copy) is { } moved && moved.End > first)
            {
                foreach (ChainLine line in moved.Lines(first, last))
                {
                    yield return line;
                }

                first = moved.End;
                continue;
            }

            foreach (ChainLine row in rows)
            {
                yield return row;
            }

            if (rows.Count < RowsAtOnce)
            {
                yield break;
            }

            first = rows[^1].Seq + 1;
        }
    }

    /// <summary>The same, newest first: what a screen shows.</summary>
    public IEnumerable<ChainLine> LinesBackwards(ChainHead copy, long last = long.MaxValue)
    {
        last = Math.Min(last, copy.Seq);
        while (last >= 0)
        {
            List<ChainLine> rows = Rows("SELECT position, line FROM chain_line WHERE position BETWEEN $1 AND $2 ORDER BY position DESC LIMIT $3", copy, 0, last);
            foreach (ChainLine row in rows)
            {
                yield return row;
            }

            if (rows.Count > 0)
            {
                last = rows[^1].Seq - 1;
            }

            if (rows.Count < RowsAtOnce)
            {
                break;
            }
        }

        foreach (ChainLine line in CopyArchive.Of(_database, copy)?.LinesBackwards(last) ?? [])
        {
            yield return line;
        }
    }

    /// <summary>The lines with these sequences, in the order given; one that is not held is left out.</summary>
    internal List<ChainLine> LinesAt(ChainHead copy, IEnumerable<long> seqs) => _database.Read(connection =>
    {
        using SqliteCommand command = connection.Command("SELECT line FROM chain_line WHERE position = $1", 0L);
        List<ChainLine> lines = [];
        foreach (long seq in seqs)
        {
            command.Parameters[0].Value = Position(copy, seq);
            ChainLine? line = command.ExecuteScalar() is byte[] bytes ? new ChainLine(seq, bytes) : CopyArchive.Of(connection, copy)?.Line(seq);
            if (line is { } held)
            {
                lines.Add(held);
            }
        }

        return lines;
    });

    /// <summary>The copy as the file that the host holds: every line with its line feed, read as it is consumed.</summary>
    public Stream OpenRead(ChainHead copy) => new ChainCopyStream(Lines(copy), copy.Offset);

    private List<ChainLine> Rows(string sql, ChainHead copy, long first, long last) => _database.Read(connection => connection.List(
        row => new ChainLine(row.GetInt64(0) & MaxSeq, row.Bytes(1)),
        sql, Position(copy, first), Position(copy, last), RowsAtOnce));

    private static void CheckContinuation(ChainHead head, IReadOnlyList<ChainLine> lines, ChainHead? previous)
    {
        long seq = previous?.Seq ?? (head.First - 1), offset = previous?.Offset ?? 0;
        foreach (ChainLine line in lines)
        {
            if (line.Seq != ++seq || seq >= 1L << SeqBits)
            {
                throw new ProblemException($"{head.Host}: entry {line.Seq} does not continue the copy, which ends before {seq}");
            }

            offset += line.Bytes.Length + 1;
        }

        if (seq != head.Seq || offset != head.Offset || (previous is not null && (previous.Chain != head.Chain || previous.GenesisHash != head.GenesisHash)))
        {
            throw new ProblemException($"{head.Host}: the head #{head.Seq} at byte {head.Offset} is not where the lines lead (#{seq} at byte {offset})");
        }
    }

    private static long Insert(SqliteConnection connection, ChainHead head)
    {
        connection.Run("""
            INSERT INTO chain_copy(host, chain, seq, offset, hash, genesis_hash, host_key, pulled_at, verdict, first)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, head.Host, head.Chain, head.Seq, head.Offset, head.Hash, head.GenesisHash, head.HostKey, head.PulledAt, head.Verdict, head.First);
        return connection.Scalar<long>("SELECT last_insert_rowid()");
    }

    private static ChainHead? Head(SqliteConnection connection, string host) =>
        connection.One(ToHead, $"SELECT {Columns} FROM chain_copy WHERE host = $1 AND retired_at IS NULL", host);

    internal static long Position(ChainHead copy, long seq) => (copy.Copy << SeqBits) | Math.Clamp(seq, 0, MaxSeq);

    private static ChainHead ToHead(SqliteDataReader row) => new()
    {
        Copy = row.GetInt64(0),
        Host = row.GetString(1),
        Chain = row.GetString(2),
        Seq = row.GetInt64(3),
        Offset = row.GetInt64(4),
        Hash = row.GetString(5),
        GenesisHash = row.GetString(6),
        HostKey = row.TextOrNull(7),
        PulledAt = row.Time(8),
        Verdict = row.GetString(9),
        RetiredAt = row.TimeOrNull(10),
        First = row.GetInt64(11),
        SignedSince = row.LongOrNull(12),
        CheckpointSeq = row.LongOrNull(13),
        CheckpointAt = row.TimeOrNull(14),
        ComparedAt = row.TimeOrNull(15),
        Continuation = row.TextOrNull(16),
        Notable = row.GetInt64(17),
        Archived = row.GetInt64(18),
        ArchivedBytes = row.GetInt64(19),
        Archive = row.TextOrNull(20),
        SeenAt = row.TimeOrNull(21),
    };
}
