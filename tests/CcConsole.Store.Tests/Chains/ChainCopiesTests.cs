using System.Text;
using CcConsole.Core;
using CcConsole.Store.Chains;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CcConsole.Store.Tests.Chains;

public sealed class ChainCopiesTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void Lines_and_head_come_back_as_they_were_stored()
    {
        ChainCopies chains = _cache.Open().Chains;
        Assert.Null(chains.Head("web01"));
        List<ChainLine> first = Sample.Lines(0, 3), second = Sample.Lines(3, 2);
        ChainHead head = chains.Append(Sample.Head("web01", first), first, null);
        ChainHead next = chains.Append(Sample.Head("web01", second, head) with { PulledAt = Sample.Start.AddHours(1) }, second, head);

        Assert.Equal(next, chains.Head("web01"));
        Assert.Equal(next, Assert.Single(chains.Heads()));
        Assert.Equal([.. first, .. second], chains.Lines(next), SameLine);
        Assert.Equal(second, chains.Lines(next, 3), SameLine);
        Assert.Equal([first[2], first[1], first[0]], chains.LinesBackwards(next, 2), SameLine);
        Assert.Equal(second[1].Bytes.ToArray(), chains.Line(next, 4)!.Value.Bytes.ToArray());
        Assert.Null(chains.Line(next, 5));
    }

    [Fact]
    public void Any_bytes_come_back_byte_for_byte_as_one_stream()
    {
        CacheDatabase database = _cache.Open();
        int n = 0;
        Prop.ForAll(ArbMap.Default.ArbFor<byte[][]>(), ArbMap.Default.ArbFor<PositiveInt>(), (raw, size) =>
        {
            List<ChainLine> lines = [.. raw.Prepend([]).Select((bytes, i) => new ChainLine(i, bytes ?? []))];
            string host = $"h{n++}";
            ChainHead head = database.Chains.Append(Sample.Head(host, lines), lines, null);
            using MemoryStream expected = new(), actual = new();
            lines.ForEach(line => { expected.Write(line.Bytes.Span); expected.WriteByte((byte)'\n'); });
            using Stream stream = database.Chains.OpenRead(head);
            byte[] buffer = new byte[size.Get];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                actual.Write(buffer, 0, read);
            }

            return expected.ToArray().AsSpan().SequenceEqual(actual.ToArray()) && head.Offset == expected.Length;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void A_long_copy_is_read_in_pieces_forwards_and_backwards()
    {
        ChainCopies chains = _cache.Open().Chains;
        List<ChainLine> lines = Sample.Lines(0, 2500);
        ChainHead head = chains.Append(Sample.Head("web01", lines), lines, null);
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => (long)i), chains.Lines(head).Select(line => line.Seq));
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => 2499L - i), chains.LinesBackwards(head).Select(line => line.Seq));
        Assert.Equal(2048, chains.Lines(head, 10, 2057).Count());
    }

    [Fact]
    public void Copies_of_hosts_do_not_mix()
    {
        ChainCopies chains = _cache.Open().Chains;
        List<ChainLine> a = Sample.Lines(0, 3, "a"), b = Sample.Lines(0, 4, "b");
        ChainHead ofA = chains.Append(Sample.Head("a", a), a, null);
        ChainHead ofB = chains.Append(Sample.Head("b", b), b, null);
        Assert.Equal(a, chains.Lines(ofA), SameLine);
        Assert.Equal(b, chains.Lines(ofB), SameLine);
        Assert.Equal(b.AsEnumerable().Reverse(), chains.LinesBackwards(ofB), SameLine);
    }

    [Fact]
    public void Lines_that_do_not_continue_the_copy_are_refused_and_nothing_is_stored()
    {
        ChainCopies chains = _cache.Open().Chains;
        List<ChainLine> lines = Sample.Lines(0, 3);
        ChainHead head = chains.Append(Sample.Head("web01", lines), lines, null);
        List<ChainLine> gap = Sample.Lines(4, 2), next = Sample.Lines(3, 2);
        Assert.Throws<ProblemException>(() => chains.Append(Sample.Head("web01", gap, head), gap, head));
        Assert.Throws<ProblemException>(() => chains.Append(Sample.Head("web01", next, head) with { Offset = 1 }, next, head));
        Assert.Throws<ProblemException>(() => chains.Append(Sample.Head("web01", next, head) with { Chain = "other" }, next, head));
        Assert.Equal(head, chains.Head("web01"));
        Assert.Equal(3, chains.Lines(head with { Seq = 100 }).Count());
    }

    [Fact]
    public void A_pull_that_another_console_overtook_is_refused()
    {
        ChainCopies one = _cache.Open().Chains, two = _cache.Open().Chains;
        List<ChainLine> lines = Sample.Lines(0, 3), next = Sample.Lines(3, 2);
        ChainHead head = one.Append(Sample.Head("web01", lines), lines, null);
        ChainHead moved = two.Append(Sample.Head("web01", next, head), next, head);
        Assert.Contains("another console", Assert.Throws<ProblemException>(() => one.Append(Sample.Head("web01", next, head), next, head)).Message);
        Assert.Contains("another console", Assert.Throws<ProblemException>(() => one.Append(Sample.Head("web01", lines), lines, null)).Message);
        Assert.Equal(moved, one.Head("web01"));
    }

    [Fact]
    public void A_pull_without_new_lines_moves_only_time_and_verdict()
    {
        ChainCopies chains = _cache.Open().Chains;
        List<ChainLine> lines = Sample.Lines(0, 3);
        ChainHead head = chains.Append(Sample.Head("web01", lines), lines, null);
        ChainHead again = chains.Append(Sample.Head("web01", [], head) with { PulledAt = Sample.Start.AddDays(1) }, [], head);
        Assert.Equal(head with { PulledAt = Sample.Start.AddDays(1) }, again);
    }

    [Fact]
    public void A_copy_put_aside_stays_readable_and_the_next_pull_begins_a_new_one()
    {
        ChainCopies chains = _cache.Open().Chains;
        List<ChainLine> old = Sample.Lines(0, 3, "old"), fresh = Sample.Lines(0, 1, "new");
        ChainHead head = chains.Append(Sample.Head("web01", old), old, null);
        chains.Retire("web01");
        Assert.Null(chains.Head("web01"));
        ChainHead second = chains.Append(Sample.Head("web01", fresh, null, "aaaa"), fresh, null);
        IReadOnlyList<ChainHead> copies = chains.Copies("web01");
        Assert.Equal([head.Copy, second.Copy], copies.Select(copy => copy.Copy));
        Assert.Equal(_cache.Time.Now, copies[0].RetiredAt);
        Assert.Equal(old, chains.Lines(copies[0]), SameLine);
        Assert.Equal(fresh, chains.Lines(second), SameLine);
    }

    [Fact]
    public void A_conflict_keeps_both_byte_strings_as_rows_and_files_and_turns_the_verdict()
    {
        CacheDatabase database = _cache.Open();
        List<ChainLine> lines = Sample.Lines(0, 3);
        ChainHead head = database.Chains.Append(Sample.Head("web01", lines), lines, null);
        byte[] ours = [1, 0, 255], theirs = Encoding.UTF8.GetBytes("other\n");
        ChainConflict conflict = database.Conflicts.Keep("web01", "9f2c", 2, "FORK", "entry 2 differs", ours, theirs);
        ChainConflict again = database.Conflicts.Keep("web01", "9f2c", 2, "FORK", "entry 2 differs", ours, theirs);
        ChainConflict third = database.Conflicts.Keep("web01", "9f2c", 2, "FORK", "entry 2 differs", ours, ours);

        Assert.Equal(conflict, again);
        Assert.Equal("FORK", database.Chains.Head("web01")!.Verdict);
        Assert.Equal(head.Hash, database.Chains.Head("web01")!.Hash);
        Assert.Equal(Path.Combine(Path.GetDirectoryName(_cache.FilePath)!, "conflict-20261121T120000Z"), conflict.Directory);
        Assert.Equal(conflict.Directory + "-2", third.Directory);
        Assert.Equal(ours, File.ReadAllBytes(Path.Combine(conflict.Directory, "ours")));
        Assert.Equal(theirs, File.ReadAllBytes(Path.Combine(conflict.Directory, "theirs")));
        Assert.Equal(theirs, database.Conflicts.Evidence(conflict.Id).Theirs.ToArray());
        Assert.Equal(2, database.Conflicts.Open("web01").Count);
        Assert.Empty(database.Conflicts.Open("web02"));

        ChainConflict since = database.Conflicts.Keep("web01", "9f2c", 2, "HASH", "found since", ours, theirs);
        database.Conflicts.Resolve([conflict.Id, third.Id], "alice");
        Assert.Equal([since], database.Conflicts.Open());
        database.Conflicts.Resolve([conflict.Id, since.Id], "alice");
        Assert.Empty(database.Conflicts.Open());
        Assert.Equal(["alice", "alice", "alice"], database.Conflicts.All("web01").Select(each => each.ResolvedBy));
        Assert.True(File.Exists(Path.Combine(conflict.Directory, "ours")));
    }

    [Fact]
    public void A_conflict_that_cannot_be_kept_leaves_no_folder_at_each_look()
    {
        CacheDatabase database = _cache.Open();
        TemporaryCache.Run("sqlite3", _cache.FilePath, "CREATE TRIGGER full BEFORE INSERT ON chain_conflict BEGIN SELECT RAISE(ABORT, 'full'); END");
        for (int i = 0; i < 3; i++)
        {
            Assert.Throws<ProblemException>(() => database.Conflicts.Keep("web01", "9f2c", 2, "FORK", "entry 2 differs", new byte[] { 1 }, new byte[] { 2 }));
        }

        Assert.Empty(Directory.GetDirectories(Path.GetDirectoryName(_cache.FilePath)!, "conflict-*"));
    }

    [Fact]
    public void What_a_conflict_s_text_names_cannot_steer_a_terminal_and_its_bytes_are_as_they_were()
    {
        byte[] theirs = "\u001b[2J"u8.ToArray();
        ChainConflict conflict = _cache.Open().Conflicts.Keep("web\u202e01", "9f\nverdict OK\u001b[2J", 2, "FORK", "entry 2\u0007 differs", default, theirs);
        string[] lines = File.ReadAllLines(Path.Combine(conflict.Directory, "conflict.txt"));
        Assert.Equal(["host web\ufffd01", "chain 9f\ufffdverdict OK\ufffd[2J", "from entry 2", "verdict FORK", "entry 2\ufffd differs"], lines[..5]);
        Assert.Equal(theirs, File.ReadAllBytes(Path.Combine(conflict.Directory, "theirs")));
        Assert.Equal("9f\nverdict OK\u001b[2J", conflict.Chain);
    }

    private static bool SameLine(ChainLine a, ChainLine b) => a.Seq == b.Seq && a.Bytes.Span.SequenceEqual(b.Bytes.Span);
}
