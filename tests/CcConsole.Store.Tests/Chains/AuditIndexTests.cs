using System.Text;
using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Search;
using CcConsole.Store.Chains;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CcConsole.Store.Tests.Chains;

public sealed class AuditIndexTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    private string IndexPath => Path.Combine(_cache.Root, "state", "cache-index.db");

    [Fact]
    public void A_search_finds_what_reading_every_line_finds()
    {
        CacheDatabase cache = _cache.Open();
        Random random = new(20261121);
        List<(ChainHead Head, List<JsonElement> Entries)> copies = [];
        EntryEncoder encoder = null!;
        foreach (string host in (string[])["web01", "web01", "db01"])
        {
            encoder = new("9f2c", 0, default);
            List<ChainLine> lines = SearchSample.Lines(random, encoder, 2000);
            if (copies.Count == 1)
                cache.Chains.Retire(host);
            copies.Add((cache.Chains.Append(Sample.Head(host, lines), lines, null), [.. lines.Select(line => JsonDocument.Parse(line.Bytes).RootElement)]));
        }

        int found = 0;
        void Compare(int seed)
        {
            (ChainHead head, List<JsonElement> entries) = copies[seed % copies.Count];
            (AuditQuery query, Func<JsonElement, bool> means) = SearchSample.Query(new Random(seed), head.Host);
            long[] expected = [.. entries.Where(means).Select(entry => entry.GetProperty("seq").GetInt64()).Reverse()];
            Assert.Equal(expected, cache.Index.Find(head, query).Select(line => line.Seq));
            found += expected.Length;
        }

        // None of it is indexed, the first part of one copy, all.
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Compare).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
        cache.Index.Update("db01", TimeSpan.FromMilliseconds(1));
        List<ChainLine> more = SearchSample.Lines(random, encoder, 500);
        copies[2] = (cache.Chains.Append(Sample.Head("db01", more, copies[2].Head), more, copies[2].Head), [.. copies[2].Entries, .. more.Select(line => JsonDocument.Parse(line.Bytes).RootElement)]);
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Compare).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
        cache.Index.Update();
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), Compare).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
        Assert.True(found > 1000, $"only {found} entries were meant by all queries together");
    }

    [Theory]
    [InlineData("backup", 1)]
    [InlineData("/usr/local/bin/backup.sh", 1)]
    [InlineData("usr/local", 1)]
    [InlineData("back", 0)]
    [InlineData("MULLER", 1)]
    [InlineData("\u30d0\u30c3\u30af\u30a2\u30c3\u30d7", 1)]
    [InlineData("\u30a2\u30c3\u30d7\u5b8c\u4e86", 1)]
    [InlineData("\u5b8c\u30a2", 0)]
    [InlineData("поидём", 1)]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 1)]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b856", 0)]
    [InlineData("e3b0c4*", 1)]
    [InlineData("0192-aBcD", 1)]
    [InlineData("u00fc", 0)]
    [InlineData("n", 0)]
    [InlineData("OR", 0)]
    [InlineData("backup OR nothing", 0)]
    [InlineData("\"backup\" !sh", 0)]
    [InlineData("terms:backup", 0)]
    [InlineData("^backup", 1)]
    [InlineData("-backup", 1)]
    [InlineData("backup+sh", 1)]
    [InlineData("{backup}", 1)]
    [InlineData("NEAR(backup)", 0)]
    [InlineData("\"'; DROP TABLE word; --\"", 0)]
    [InlineData("=ejob.finished", 0)]
    [InlineData("b*", 1)]
    [InlineData("!b*", 0)]
    [InlineData("!c*", 1)]
    public void Texts_are_found_by_what_they_say_and_nothing_is_taken_for_syntax(string text, int count)
    {
        CacheDatabase cache = _cache.Open();
        List<ChainLine> lines =
        [
            new(0, Encoding.ASCII.GetBytes("""
                {"event": "job.finished", "exit_code": 1, "command": "/usr/local/bin/backup.sh \"M\u00fcller\"\n\t\u30d0\u30c3\u30af\u30a2\u30c3\u30d7\u5b8c\u4e86 \u043f\u043e\u0439\u0434\u0451\u043c", "run_id": "0192-abcd", "sum": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "half": "\ud83d"}
                """.Trim())),
        ];
        ChainHead head = cache.Chains.Append(Sample.Head("web01", lines), lines, null);
        AuditQuery query = new() { Text = SearchText.Parse(text) };
        Assert.Equal(count, cache.Index.Find(head, query).Count());
        cache.Index.Update();
        Assert.Equal(count, cache.Index.Find(head, query).Count());
    }

    [Fact]
    public void Who_dies_while_indexing_leaves_a_place_from_which_it_goes_on()
    {
        ChainHead head = Fill(20_000);
        using CacheDatabase dying = CacheDatabase.Open(_cache.FilePath, _cache.Time);
        string torn = Path.Combine(_cache.Root, "torn");
        dying.Index.Update(new Each(progress =>
        {
            // What a power cut leaves: the index as it is on disk after two transactions, its log cut somewhere.
            if (progress.Done is > 8000 and < 13_000 && !Directory.Exists(torn))
            {
                Directory.CreateDirectory(torn);
                foreach (string file in Directory.GetFiles(Path.Combine(_cache.Root, "state"), "cache-index.db*"))
                    File.Copy(file, Path.Combine(torn, Path.GetFileName(file)));
            }
        }), TestContext.Current.CancellationToken);
        dying.Dispose();
        _cache.CloseAll();
        foreach (double part in (double[])[1, 0.9, 0.5, 0.1, 0])
        {
            foreach (string file in Directory.GetFiles(Path.Combine(_cache.Root, "state"), "cache-index.db*"))
                File.Delete(file);
            foreach (string file in Directory.GetFiles(torn))
                File.Copy(file, Path.Combine(_cache.Root, "state", Path.GetFileName(file)));
            File.Delete(IndexPath + "-shm"); // memory, which is gone after a crash
            using (FileStream log = File.OpenWrite(IndexPath + "-wal"))
                log.SetLength((long)(log.Length * part));

            using CacheDatabase cache = CacheDatabase.Open(_cache.FilePath, _cache.Time);
            long first = 0;
            cache.Index.Update(new Each(progress => first = first == 0 ? progress.Of : first), TestContext.Current.CancellationToken);
            Assert.InRange(first, part == 1 ? 1 : 7000, part == 1 ? 13_000 : 20_000);
            Assert.Equal(20_000, cache.Index.Find(head, new AuditQuery { Text = SearchText.Parse("word") }).Count());
            Assert.Equal([7], cache.Index.Find(head, new AuditQuery { Text = SearchText.Parse("n7") }).Select(line => line.Seq));
        }
    }

    [Fact]
    public void A_damaged_index_is_made_anew_and_keeps_nobody_from_searching()
    {
        ChainHead head = Fill(5000);
        AuditQuery query = new() { Text = SearchText.Parse("n4999") };
        CacheDatabase cache = _cache.Open();
        cache.Index.Update(cancellation: TestContext.Current.CancellationToken);
        _cache.CloseAll();
        byte[] bytes = File.ReadAllBytes(IndexPath);
        bytes.AsSpan(4096).Fill(0x5a);
        File.WriteAllBytes(IndexPath, bytes);

        cache = _cache.Open();
        Assert.Equal([4999], cache.Index.Find(head, query).Select(line => line.Seq));
        cache.Index.Update(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([4999], cache.Index.Find(head, query).Select(line => line.Seq));
        _cache.CloseAll();
        Assert.Equal("5000\n", TemporaryCache.Run("sqlite3", IndexPath, "SELECT next FROM progress"));
    }

    [Fact]
    public void A_damaged_index_that_another_console_has_open_is_left_and_read_past()
    {
        ChainHead head = Fill(5000);
        CacheDatabase other = _cache.Open();
        other.Index.Update(cancellation: TestContext.Current.CancellationToken);
        File.Delete(IndexPath + "-wal");
        byte[] bytes = File.ReadAllBytes(IndexPath);
        bytes.AsSpan(4096).Fill(0x5a);
        File.WriteAllBytes(IndexPath, bytes);

        CacheDatabase cache = _cache.Open();
        Assert.Equal([4999], cache.Index.Find(head, new AuditQuery { Text = SearchText.Parse("n4999") }).Select(line => line.Seq));
        Assert.True(File.Exists(IndexPath));
    }

    [Theory]
    [InlineData("PRAGMA user_version = 99")]
    [InlineData("UPDATE progress SET next = 9999999")]
    [InlineData("UPDATE progress SET digest = x'00'")]
    [InlineData("UPDATE progress SET first = 50")]
    [InlineData("INSERT INTO progress VALUES(77, 0, 5, x'00')")]
    public void An_index_of_another_version_or_of_other_copies_is_made_anew(string change)
    {
        ChainHead head = Fill(100);
        _cache.Open().Index.Update(cancellation: TestContext.Current.CancellationToken);
        _cache.CloseAll();
        TemporaryCache.Run("sqlite3", IndexPath, $"INSERT INTO word(word) VALUES('delete-all'); {change}");
        CacheDatabase cache = _cache.Open();
        cache.Index.Update(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([99], cache.Index.Find(head, new AuditQuery { Text = SearchText.Parse("n99") }).Select(line => line.Seq));
        _cache.CloseAll();
        Assert.Equal("1|100\n", TemporaryCache.Run("sqlite3", IndexPath, "SELECT count(*), max(next) FROM progress"));
    }

    [Fact]
    public void An_index_that_was_edited_hides_an_entry_or_names_one_in_vain_and_shows_no_false_one()
    {
        ChainHead head = Fill(100);
        _cache.Open().Index.Update(cancellation: TestContext.Current.CancellationToken);
        _cache.CloseAll();
        // Entry 5 is said to be what 6 is, and entry 4000 to be there.
        long place = ChainCopies.Position(head, 0);
        TemporaryCache.Run("sqlite3", IndexPath, $"INSERT INTO word(rowid, terms) VALUES({place + 5}, 'n6 =ecrontab.edited'), ({place + 4000}, 'n6'), ({place + (9L << 40)}, 'n6')");
        CacheDatabase cache = _cache.Open();
        Assert.Equal([6], cache.Index.Find(head, new AuditQuery { Text = SearchText.Parse("n6") }).Select(line => line.Seq));
        Assert.Empty(cache.Index.Find(head, new AuditQuery { Event = "crontab.edited" }));
    }

    [Fact]
    public void Two_consoles_that_index_at_once_index_each_entry_once()
    {
        ChainHead head = Fill(20_000);
        CacheDatabase one = _cache.Open(), two = _cache.Open();
        Parallel.Invoke(() => one.Index.Update(), () => two.Index.Update(), () => one.Index.Update("web01", TimeSpan.FromSeconds(1)));
        Assert.Equal(20_000, two.Index.Find(head, new AuditQuery { Text = SearchText.Parse("word") }).Count());
        _cache.CloseAll();
        Assert.Equal("20000\n", TemporaryCache.Run("sqlite3", IndexPath, "SELECT count(*) FROM word WHERE word MATCH 'word'"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_index_that_another_console_clears_meanwhile_is_made_from_its_start(bool begun)
    {
        ChainHead head = Fill(20_000);
        CacheDatabase one = _cache.Open(), two = _cache.Open();
        bool cleared = false;
        one.Index.Update(new Each(progress =>
        {
            if (cleared || progress.Done < 10_000)
                return;
            cleared = true;
            TemporaryCache.Run("sqlite3", IndexPath, "INSERT INTO word(word) VALUES('delete-all'); DELETE FROM progress; DELETE FROM period");
            if (begun)
                two.Index.Update("web01", TimeSpan.FromTicks(1));
        }), TestContext.Current.CancellationToken);
        Assert.True(cleared);
        Assert.Equal([7], one.Index.Find(head, new AuditQuery { Text = SearchText.Parse("n7") }).Select(line => line.Seq));
        Assert.Equal(20_000, two.Index.Find(head, new AuditQuery { Text = SearchText.Parse("word") }).Count());
        _cache.CloseAll();
        Assert.Equal("0|20000\n", TemporaryCache.Run("sqlite3", IndexPath, "SELECT first, next FROM progress"));
    }

    [Fact]
    public void A_pull_waits_for_no_more_than_its_budget_and_the_next_one_goes_on()
    {
        ChainHead head = Fill(30_000);
        CacheDatabase cache = _cache.Open();
        long left = cache.Index.Update("web01", TimeSpan.FromTicks(1));
        Assert.InRange(left, 1, 29_999);
        for (int i = 0; i < 100 && left > 0; i++)
        {
            long before = left;
            left = cache.Index.Update("web01", TimeSpan.FromTicks(1));
            Assert.True(left < before);
        }

        Assert.Equal(0, left);
        Assert.Equal([29_999], cache.Index.Find(head, new AuditQuery { Text = SearchText.Parse("n29999") }).Select(line => line.Seq));
    }

    [Fact]
    public void The_index_is_closed_to_others()
    {
        Fill(1);
        _cache.Open().Index.Update(cancellation: TestContext.Current.CancellationToken);
        foreach (string file in Directory.GetFiles(Path.Combine(_cache.Root, "state"), "cache-index*"))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private ChainHead Fill(int count)
    {
        List<ChainLine> lines = [.. Enumerable.Range(0, count).Select(i => new ChainLine(i, Encoding.ASCII.GetBytes($"{{\"event\": \"job.started\", \"note\": \"word n{i}\", \"timestamp\": {i}.0}}")))];
        using CacheDatabase cache = CacheDatabase.Open(_cache.FilePath, _cache.Time);
        return cache.Chains.Append(Sample.Head("web01", lines), lines, null);
    }

    private sealed class Each(Action<IndexProgress> take) : IProgress<IndexProgress>
    {
        public void Report(IndexProgress value) => take(value);
    }
}
