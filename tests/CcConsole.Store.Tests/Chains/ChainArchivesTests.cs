using System.Buffers;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store.Chains;
using Xunit;

namespace CcConsole.Store.Tests.Chains;

public sealed class ChainArchivesTests : IDisposable
{
    private readonly TemporaryCache _cache = new();
    private readonly EntryEncoder _encoder = new("9f/../2c", 0, default);
    private readonly CacheDatabase _database;
    private ChainHead? _head;

    public ChainArchivesTests()
    {
        _database = _cache.Open();
        Add(3000);
    }

    public void Dispose() => _cache.Dispose();

    private void Add(int count)
    {
        List<ChainLine> lines = [];
        for (int i = 0; i < count; i++)
        {
            ArrayBufferWriter<byte> line = new();
            long seq = _encoder.NextSeq;
            _encoder.Append(line, seq == 0 ? AuditEvents.Genesis : AuditEvents.JobFinished, 1_795_190_000_000_000 + seq, 1, new AuditMember("text", new string('x', i % 900)));
            lines.Add(new ChainLine(seq, line.WrittenMemory[..^1].ToArray()));
        }

        _head = _database.Chains.Append(Sample.Head("web/01", lines, _head, _encoder.ChainId) with { Hash = _encoder.Head.ToString() }, lines, _head);
    }

    private byte[] All()
    {
        using Stream stream = _database.Chains.OpenRead(_database.Chains.Head("web/01")!);
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private ChainHead Move(long before) => _head = _database.Archives.Move(_head!, before);

    [Fact]
    public void Moved_lines_are_read_as_before_and_their_file_is_verified_on_its_own()
    {
        byte[] before = All();
        long[] backwards = [.. _database.Chains.LinesBackwards(_head!).Select(line => line.Seq)];
        string hash = System.Text.Json.JsonDocument.Parse(_database.Chains.Line(_head!, 1999)!.Value.Bytes).RootElement.GetProperty("hash").GetString()!;
        ChainHead moved = Move(1000);
        moved = Move(2000);
        Assert.Equal((2000L, new FileInfo(moved.Archive!).Length), (moved.Archived, moved.ArchivedBytes));
        Assert.StartsWith(Path.Combine(_cache.Root, "state", "archive") + "/", Path.GetFullPath(moved.Archive!));

        Assert.Equal(before, All());
        Assert.Equal(backwards, _database.Chains.LinesBackwards(moved).Select(line => line.Seq));
        Assert.Equal(Enumerable.Range(1500, 1000).Select(seq => (long)seq), _database.Chains.Lines(moved, 1500, 2499).Select(line => line.Seq));
        Assert.Equal([1700L, 1699L], _database.Chains.LinesBackwards(moved, 1700).Take(2).Select(line => line.Seq));
        Assert.Equal(1234, _database.Chains.Line(moved, 1234)!.Value.Seq);
        Assert.Equal("1000", TemporaryCache.Run("sqlite3", _cache.FilePath, "SELECT count(*) FROM chain_line").Trim());

        using FileStream archive = File.OpenRead(moved.Archive!);
        VerifyResult found = ChainVerifier.Verify(archive, RememberedHead.Parse($"2000:{hash}"));
        Assert.Equal((Verdict.Ok, 2000L), (found.Verdict, found.Entries));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(moved.Archive!));
    }

    [Fact]
    public void A_copy_goes_on_behind_its_archive()
    {
        Move(2999);
        Add(10);
        Assert.Equal(3010, _database.Chains.Lines(_head!).Count());
        Assert.Equal(3009, Move(5000).Archived);
        Assert.Equal(3009, _database.Chains.Line(_head!, 3009)!.Value.Seq);
        ChainHead moved = _head!;
        Assert.Equal(moved, Move(10));
    }

    [Fact]
    public void A_file_that_an_earlier_cache_left_is_not_written_to()
    {
        string folder = Path.Combine(_cache.Root, "state", "archive");
        CcConsole.Store.Access.PrivatePath.EnsureDirectory(folder);
        string left = Path.Combine(folder, $"web_01-{_head!.Chain}-{_head.Copy}.jsonl");
        File.WriteAllText(left, "entries that are nowhere else\n");
        byte[] before = All();
        Assert.NotEqual(left, Move(1000).Archive);
        Assert.Equal("entries that are nowhere else\n", File.ReadAllText(left));
        Assert.Equal(before, All());
    }

    [Fact]
    public void A_reader_that_began_before_lines_were_moved_reads_on_in_the_archive()
    {
        ChainHead head = _head!;
        List<long> seen = [];
        foreach (ChainLine line in _database.Chains.Lines(head))
        {
            if (seen.Count == 0)
            {
                Move(2500);
            }

            seen.Add(line.Seq);
        }

        Assert.Equal(Enumerable.Range(0, (int)head.Seq + 1).Select(seq => (long)seq), seen);
    }

    [Fact]
    public void What_a_move_that_was_cut_off_left_is_written_anew()
    {
        byte[] before = All();
        ChainHead moved = Move(1000);
        File.AppendAllBytes(moved.Archive!, before[(int)moved.ArchivedBytes..(before.Length - 100_000)]);
        Move(1500);
        Assert.Equal(before, All());
    }

    [Theory]
    [InlineData("at its start")]
    [InlineData("further on")]
    [InlineData("behind all that is held")]
    public void What_an_archive_holds_that_the_cache_does_not_is_never_cut_off(string where)
    {
        // As when the cache was put back from a backup: what was pulled and moved since lies in the archive alone.
        byte[] before = All();
        ChainHead moved = Move(1000);
        byte[] rest = before[(int)moved.ArchivedBytes..];
        rest[where == "at its start" ? 0 : 200_000] ^= (byte)(where == "behind all that is held" ? 0 : 1);
        rest = where == "behind all that is held" ? [.. rest, .. "{}\n"u8] : rest;
        File.AppendAllBytes(moved.Archive!, rest);
        byte[] archive = File.ReadAllBytes(moved.Archive!);
        ProblemException problem = Assert.Throws<ProblemException>(() => Move(1500));
        Assert.Contains("not in this cache", problem.Message);
        Assert.Contains($"truncate -s {moved.ArchivedBytes} ", problem.Hint);
        Assert.Equal(archive, File.ReadAllBytes(moved.Archive!));
        Assert.Equal(before, All());
        using (FileStream file = File.OpenWrite(moved.Archive!))
        {
            file.SetLength(moved.ArchivedBytes);
        }

        Move(1500);
        Assert.Equal(before, All());
    }

    [Fact]
    public void An_archived_entry_is_found_by_its_number_without_reading_all_before_it()
    {
        ChainHead moved = Move(2990);
        byte[][] lines = [.. _database.Chains.Lines(moved).Select(line => line.Bytes.ToArray())];
        // Read from the start, everything behind a line feed that is gone would be taken for the entry after it.
        using (FileStream file = new(moved.Archive!, FileMode.Open))
        {
            file.Position = lines[0].Length;
            file.WriteByte((byte)' ');
        }

        foreach (long seq in (long[])[1200, 2000, 2500, 2988, 2989])
        {
            Assert.Equal(lines[seq], _database.Chains.Line(moved, seq)!.Value.Bytes.ToArray());
            Assert.Equal(lines.Skip((int)seq).Take(2), _database.Chains.Lines(moved, seq, seq + 1).Select(line => line.Bytes.ToArray()));
        }
    }

    [Fact]
    public void Each_entry_of_an_archive_is_found_whatever_its_lines_say()
    {
        byte[][] lines = [.. _database.Chains.Lines(_head!).Select(line => line.Bytes.ToArray())];
        ChainHead moved = Move(2990);
        foreach (int seq in Enumerable.Range(0, 2990).Where(seq => seq % 7 == 0))
        {
            Assert.Equal(lines[seq], _database.Chains.Line(moved, seq)!.Value.Bytes.ToArray());
        }

        // No number can be read in any line: all lines before are counted.
        File.WriteAllBytes(moved.Archive!, [.. File.ReadAllBytes(moved.Archive!).Select(letter => letter == (byte)'"' ? (byte)'\'' : letter)]);
        Assert.Equal(lines[2000].Length, _database.Chains.Line(moved, 2000)!.Value.Bytes.Length);
    }

    [Fact]
    public void Lines_that_are_not_whole_stay_in_the_cache()
    {
        TemporaryCache.Run("sqlite3", _cache.FilePath, "UPDATE chain_line SET line = CAST(replace(CAST(line AS TEXT), 'xxx', 'xyx') AS BLOB) WHERE position & 1099511627775 = 500");
        ProblemException problem = Assert.Throws<ProblemException>(() => Move(1000));
        Assert.Contains("not whole", problem.Message);
        Assert.Equal("3000", TemporaryCache.Run("sqlite3", _cache.FilePath, "SELECT count(*) FROM chain_line").Trim());
        Assert.Equal(0, _database.Chains.Head("web/01")!.Archived);
    }

    [Fact]
    public void An_archive_that_was_cut_is_said_and_nothing_more_is_moved_there()
    {
        ChainHead moved = Move(1000);
        using (FileStream file = File.OpenWrite(moved.Archive!))
        {
            file.SetLength(100);
        }

        Assert.Contains("is gone or cut", Assert.Throws<ProblemException>(() => _database.Chains.Lines(moved).Count()).Message);
        Assert.Contains("shorter than it was", Assert.Throws<ProblemException>(() => Move(2000)).Message);
        Assert.Equal(2000, _database.Chains.Lines(moved, 1000).Count());
    }
}
