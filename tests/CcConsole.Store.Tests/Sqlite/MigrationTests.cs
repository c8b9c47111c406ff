using System.Text;
using CcConsole.Core.Audit.Search;
using CcConsole.Store.Chains;
using CcConsole.Store.Changes;
using CcConsole.Store.Reports;
using CcConsole.Store.Sqlite;
using Xunit;

namespace CcConsole.Store.Tests.Sqlite;

/// <summary>On a cache that the console of version 1 of the tables has written: three changes, the third an undo, and one that was cut off.</summary>
public sealed class MigrationTests : IDisposable
{
    private const string Before = "# mine\n0 3 * * *  tar c /srv\n", After = Before + "#cc: name=first\n5 4 * * * echo old\n";
    private readonly TemporaryCache _cache = new();

    public MigrationTests()
    {
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Directory.CreateDirectory(Path.GetDirectoryName(_cache.FilePath)!, mine | UnixFileMode.UserExecute);
        TemporaryCache.Run("sqlite3", _cache.FilePath, $".read {Path.Combine(AppContext.BaseDirectory, "Sqlite", "version1.sql")}");
        File.SetUnixFileMode(_cache.FilePath, mine);
    }

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void The_journal_of_the_first_version_is_whole_and_can_be_undone_and_settled()
    {
        Assert.Equal("1", TemporaryCache.Run("sqlite3", _cache.FilePath, "PRAGMA user_version").Trim());
        CacheDatabase cache = _cache.Open();

        IReadOnlyList<ChangeRecord> changes = cache.Changes.List();
        Assert.Equal([null, ChangeOutcome.Applied, ChangeOutcome.Applied, ChangeOutcome.Applied], changes.Select(change => change.Outcome));
        Assert.Equal((3L, 2L), (changes[2].UndoneBy!.Value, changes[1].Undoes!.Value));
        ChangeRecord last = cache.Changes.LastUndoable()!;
        Assert.Equal((1L, Before, After), (last.Id, Encoding.UTF8.GetString(last.Before.Span), Encoding.UTF8.GetString(last.After.Span)));
        Assert.True(last is { Existed: true, Removes: false, Batch: null });

        ChangeRecord cut = Assert.Single(cache.Changes.Unfinished());
        Assert.False(cut.IsRunning);
        Assert.Equal(ChangeOutcome.Failed, cache.Changes.End(cut.Id, ChangeOutcome.Failed).Outcome);
        Assert.Equal(5, cache.Changes.Begin(cut).Id);
        Assert.Empty(cache.Batches.List());
        Assert.Empty(cache.Check());
    }

    [Fact]
    public void Tables_that_the_first_version_had_read_count_as_seen()
    {
        CacheDatabase cache = _cache.Open();
        Assert.Equal(After, Encoding.UTF8.GetString(Assert.Single(cache.Hosts.Tables("web01")).Bytes.Span));
        Assert.Equal(After, Encoding.UTF8.GetString(Assert.Single(cache.Hosts.Seen("web01")).Bytes.Span));
    }

    [Fact]
    public void Of_reports_that_an_older_console_kept_it_is_known_which_were_refused_or_lost()
    {
        string[] bodies =
        [
            """0, '{"seq": 0, "report": {"jobId": "j", "refused": "overlap"}}'""", """-1, '{"seq": 1, "report": {"lost":true}}'""",
            """0, '{"seq": 2, "report": {"stdout": "\"refused\": \"overlap\" \"lost\": true"}}'""", """-1, '{"seq": 3, "report": {"lost": false}}'""",
            """0, '{"seq": 4, "refused": "elsewhere", "report": {"refused": null}}'""", """0, 'no JSON: "refused"'""",
        ];
        foreach ((int seq, string body) in bodies.Index())
        {
            string[] parts = body.Split(", ", 2);
            TemporaryCache.Run("sqlite3", _cache.FilePath,
                $"INSERT INTO report(host, seq, digest, job_id, started_at, duration_ms, exit_code, json) VALUES('old', {seq}, x'0{seq}', 'j', {seq}, 0, {parts[0]}, CAST({parts[1]} AS BLOB))");
        }

        Assert.Equal([("overlap", false), (null, true), (null, false), (null, false), (null, false), (null, false)],
            _cache.Open().Reports.List(new ReportFilter { Host = "old" }).Reverse().Select(report => (report.Refused, report.IsLost)));
    }

    [Fact]
    public void Entries_that_an_older_console_pulled_are_found_by_a_search()
    {
        TemporaryCache.Run("sqlite3", _cache.FilePath, $$"""
            INSERT INTO chain_copy(id, host, chain, seq, offset, hash, genesis_hash, pulled_at, verdict) VALUES(3, 'old', '9f2c', 1, 90, 'h', 'g', 0, 'OK');
            INSERT INTO chain_line VALUES({{3L << 40}}, CAST('{"event": "job.finished", "command": "/srv/b\u00fcro.sh", "exit_code": 4}' AS BLOB)), ({{(3L << 40) + 1}}, CAST('{"event": "job.started"}' AS BLOB));
            """);
        CacheDatabase cache = _cache.Open();
        ChainHead head = cache.Chains.Head("old")!;
        cache.Index.Update(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([0], cache.Index.Find(head, new AuditQuery { Text = SearchText.Parse("buro"), ExitCode = 4 }).Select(line => line.Seq));
        Assert.Equal([1], cache.Index.Find(head, new AuditQuery { Event = "job.started" }).Select(line => line.Seq));
    }

    [Fact]
    public void What_an_older_console_had_heard_is_kept()
    {
        CacheDatabase.Open(_cache.FilePath, _cache.Time).Dispose();
        string old = Migration.All.Single(step => step.Version == 6).Sql;
        int begin = old.IndexOf("CREATE TABLE chain_claim(", StringComparison.Ordinal);
        TemporaryCache.Run("sqlite3", _cache.FilePath, $"""
            DROP TABLE chain_claim;
            {old[begin..(old.IndexOf("STRICT;", begin, StringComparison.Ordinal) + 7)]}
            INSERT INTO chain_claim VALUES(4, '9f2c', 7, 'h', 'alice@laptop', 'web01', 'web02', 11, NULL, x'01'), (9, '9f2c', 8, 'i', 'bob@desk', 'web01', 'web03', 12, 5, x'0203');
            PRAGMA user_version = 8;
            """);
        CacheDatabase cache = _cache.Open();
        IReadOnlyList<ChainClaim> claims = cache.Claims.Of("9f2c");
        Assert.Equal([(4L, 7L, "h", "web02"), (9L, 8L, "i", "web03")], claims.Select(claim => (claim.Id, claim.Seq, claim.Hash, claim.AtHost)));
        Assert.Equal([2, 3], claims[1].Line.ToArray());
        // The same word in another host's chain counts on its own.
        cache.Claims.Add(claims[0] with { AtHost = "web03" });
        Assert.Equal([4L, 9L, 10L], cache.Claims.Of("9f2c").Select(claim => claim.Id));
    }

    [Fact]
    public void Several_consoles_that_meet_it_at_once_bring_it_up_to_date_once()
    {
        Parallel.For(0, 4, _ =>
        {
            using CacheDatabase cache = CacheDatabase.Open(_cache.FilePath, TimeProvider.System);
            Assert.Equal(4, cache.Changes.List().Count);
        });
    }
}
