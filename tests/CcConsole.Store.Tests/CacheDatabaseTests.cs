using System.Diagnostics;
using CcConsole.Core;
using CcConsole.Store.Reports;
using Xunit;

namespace CcConsole.Store.Tests;

public sealed class CacheDatabaseTests : IDisposable
{
    private readonly TemporaryCache _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_new_cache_is_closed_to_others_and_so_are_the_files_beside_it()
    {
        using CacheDatabase database = _cache.Open();
        database.Preferences.Set("theme", "nord");

        Assert.Equal(Convert.ToInt32("700", 8), (int)File.GetUnixFileMode(Path.GetDirectoryName(_cache.FilePath)!));
        string[] files = Directory.GetFiles(Path.GetDirectoryName(_cache.FilePath)!);
        Assert.Equal(3, files.Length);
        Assert.All(files, file => Assert.Equal(Convert.ToInt32("600", 8), (int)File.GetUnixFileMode(file)));
    }

    [Fact]
    public void What_was_stored_is_there_after_opening_again()
    {
        _cache.Open().Preferences.Set("theme", "nord");
        _cache.CloseAll();
        Assert.Equal("nord", _cache.Open().Preferences.Get("theme"));
    }

    [Fact]
    public void Another_program_reads_the_file_and_finds_it_whole()
    {
        _cache.Open().Preferences.Set("theme", "nord");
        Assert.Equal("ok", TemporaryCache.Run("sqlite3", _cache.FilePath, "PRAGMA integrity_check").Trim());
        Assert.Equal("wal", TemporaryCache.Run("sqlite3", _cache.FilePath, "PRAGMA journal_mode").Trim());
        Assert.Equal("nord", TemporaryCache.Run("sqlite3", _cache.FilePath, "SELECT value FROM preference").Trim());
    }

    [Fact]
    public void Two_consoles_write_to_the_same_file_at_once_and_nothing_is_lost()
    {
        CacheDatabase[] consoles = [_cache.Open(), _cache.Open()];
        Parallel.For(0, 200, i => consoles[i % 2].Reports.Add([Sample.Report($"host{i % 3}", i)]));
        Assert.Equal(200, consoles[0].Reports.List(new ReportFilter()).Count);
        Assert.Empty(consoles[1].Check());
    }

    [Fact]
    public void Several_consoles_that_make_the_cache_at_the_same_moment_all_get_the_same_one()
    {
        CacheDatabase[] consoles = new CacheDatabase[8];
        Parallel.For(0, 8, i => consoles[i] = CacheDatabase.Open(_cache.FilePath, _cache.Time));
        for (int i = 0; i < 8; i++)
        {
            consoles[i].Preferences.Set($"k{i}", "v");
        }

        Assert.Equal(8, consoles[0].Preferences.List("k").Count);
        Array.ForEach(consoles, console => console.Dispose());
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(_cache.FilePath)!));
    }

    [Fact]
    public async Task A_write_waits_for_another_process_that_holds_the_file()
    {
        CacheDatabase database = _cache.Open();
        ProcessStartInfo start = new("sqlite3", [_cache.FilePath]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process other = Process.Start(start)!;
        other.StandardInput.Write("BEGIN IMMEDIATE;\nINSERT INTO preference VALUES('other', '1');\nSELECT 'held';\n");
        other.StandardInput.Flush();
        Assert.Equal("held", other.StandardOutput.ReadLine());

        Task write = Task.Run(() => database.Preferences.Set("ours", "1"));
        Assert.NotSame(write, await Task.WhenAny(write, Task.Delay(200)));
        other.StandardInput.Write("COMMIT;\n");
        other.StandardInput.Close();
        await write.WaitAsync(TimeSpan.FromSeconds(60));
        await other.WaitForExitAsync();
        Assert.Equal(["other", "ours"], database.Preferences.List().Select(pair => pair.Key));
    }

    [Fact]
    public void A_cache_of_a_newer_console_is_refused_and_left_as_it_is()
    {
        _cache.Open().Preferences.Set("theme", "nord");
        _cache.CloseAll();
        TemporaryCache.Run("sqlite3", _cache.FilePath, "PRAGMA user_version = 999");
        byte[] before = File.ReadAllBytes(_cache.FilePath);

        ProblemException problem = Assert.Throws<ProblemException>(_cache.Open);
        Assert.Contains("newer console", problem.Message);
        Assert.NotEmpty(problem.Hint);
        Assert.Equal(before, File.ReadAllBytes(_cache.FilePath));
    }

    [Fact]
    public void A_database_of_another_program_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_cache.FilePath)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        TemporaryCache.Run("sqlite3", _cache.FilePath, "CREATE TABLE theirs(x); INSERT INTO theirs VALUES(1)");
        File.SetUnixFileMode(_cache.FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Assert.Contains("not a cache", Assert.Throws<ProblemException>(_cache.Open).Message);
        Assert.Equal("1", TemporaryCache.Run("sqlite3", _cache.FilePath, "SELECT x FROM theirs").Trim());
    }

    [Theory]
    [InlineData("header")]
    [InlineData("empty")]
    [InlineData("cut")]
    public void A_damaged_cache_is_reported_and_never_made_anew(string damage)
    {
        _cache.Open().Reports.Add([Sample.Report("web01", 1)]);
        _cache.CloseAll();
        using (FileStream file = File.OpenWrite(_cache.FilePath))
        {
            switch (damage)
            {
                case "header": file.Write(new byte[100]); break;
                case "empty": file.SetLength(0); break;
                default: file.SetLength(4096); break;
            }
        }

        byte[] before = File.ReadAllBytes(_cache.FilePath);
        ProblemException problem = Assert.Throws<ProblemException>(() => _cache.Open().Reports.List(new ReportFilter()));
        Assert.Contains("damaged", problem.Message);
        Assert.Contains("mv ", problem.Hint);
        _cache.CloseAll();
        Assert.Equal(before, File.ReadAllBytes(_cache.FilePath));
    }

    [Fact]
    public void A_check_names_damage_in_the_middle_of_the_file()
    {
        CacheDatabase database = _cache.Open();
        database.Reports.Add([.. Enumerable.Range(0, 500).Select(i => Sample.Report("web01", i))]);
        Assert.Empty(database.Check());
        _cache.CloseAll();
        using (FileStream file = File.OpenWrite(_cache.FilePath))
        {
            file.Position = file.Length - 2 * 4096;
            file.Write(new byte[4096]);
        }

        try
        {
            Assert.NotEmpty(_cache.Open().Check());
        }
        catch (ProblemException problem)
        {
            Assert.Contains("damaged", problem.Message);
        }
    }

    [Fact]
    public void Preferences_are_set_replaced_listed_by_prefix_and_removed()
    {
        Preferences preferences = _cache.Open().Preferences;
        preferences.Set("columns.jobs", "name,last");
        preferences.Set("columns.jobs", "name,next");
        preferences.Set("columns.fleet", "host");
        preferences.Set("theme", "nord");
        Assert.Equal(["columns.fleet", "columns.jobs"], preferences.List("columns.").Select(pair => pair.Key));
        Assert.Equal("name,next", preferences.Get("columns.jobs"));
        preferences.Set("theme", null);
        Assert.Null(preferences.Get("theme"));
    }
}
