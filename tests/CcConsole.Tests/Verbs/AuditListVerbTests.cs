using System.Text.Json;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary><c>audit list</c>: words and facts in, rows in four formats out.</summary>
public sealed class AuditListVerbTests : IDisposable
{
    private readonly VerbHome _home = new();

    public AuditListVerbTests() => _home.Host("web01", "", "web").Host("db01", "")
        .Chain("web01",
            """{"chain": "9f2c", "event": "job.finished", "command": "/usr/local/bin/backup.sh", "exit_code": 3, "job_id": "nightly", "seq": 0, "timestamp": 1795190200.5, "user": "root", "hash": "aa00"}""",
            """{"actor": "kim", "chain": "9f2c", "event": "crontab.edited", "diff": "+30 2 * * * tar\n", "seq": 1, "table": "=cmd|' /C calc'!A0", "timestamp": 1795190400.0, "hash": "aa01"}""",
            """{"chain": "9f2c", "event": "job.finished", "command": "say \"\u001b[31mhi, \u202eyou\"", "exit_code": -1, "job_id": "@reboot", "seq": 2, "timestamp": 1795276600.0, "user": "kim", "hash": "aa02"}""")
        .Chain("db01",
            """{"chain": "77", "event": "job.finished", "command": "pg_dump | backup", "exit_code": 0, "job_id": "web01", "seq": 0, "timestamp": 1795190300.0, "user": "postgres", "hash": "bb00"}""");

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("", "web01#2 web01#1 db01#0 web01#0")]
    [InlineData("web01", "web01#2 web01#1 web01#0")]
    [InlineData("tag:web", "web01#2 web01#1 web01#0")]
    [InlineData("web01,db01 backup", "db01#0 web01#0")]
    [InlineData("backup", "db01#0 web01#0")]
    [InlineData("web01 backup", "web01#0")]
    [InlineData("all \"web01\"", "db01#0")]
    [InlineData("/usr/local/bin/backup.sh", "web01#0")]
    [InlineData("backup !dump", "web01#0")]
    [InlineData("--exit 3", "web01#0")]
    [InlineData("--exit -1", "web01#2")]
    [InlineData("--failures", "web01#2 web01#0")]
    [InlineData("--job nightly", "web01#0")]
    [InlineData("--event crontab.*", "web01#1")]
    [InlineData("--actor kim", "web01#2 web01#1")]
    [InlineData("--since 2026-11-20T15:00Z --until 2026-11-21T15:00Z", "web01#1 db01#0 web01#0")]
    [InlineData("--until 2026-11-20T15:58:21Z --event job.finished", "db01#0 web01#0")]
    [InlineData("web01 --first 1 --last 1", "web01#1")]
    [InlineData("-n 2", "web01#2 web01#1")]
    [InlineData("nothing", "")]
    [InlineData("\"web99,db01\"", "")]
    [InlineData("backup web99,db01", "")]
    public async Task Words_and_facts_find_entries_newest_first(string arguments, string rows)
    {
        (int code, JsonElement found) = await _home.JsonAsync(["audit", "list", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(0, code);
        Assert.Equal(rows, string.Join(' ', found.EnumerateArray().Select(row => $"{row.GetProperty("host")}#{row.GetProperty("seq")}")));
    }

    [Fact]
    public async Task A_table_names_the_host_where_there_are_several_and_what_was_searched()
    {
        ProgramResult several = await _home.RunAsync("audit", "list", "backup"), one = await _home.RunAsync("audit", "list", "web01"), none = await _home.RunAsync("audit", "list", "nosuch");
        Assert.StartsWith("HOST", several.Output, StringComparison.Ordinal);
        Assert.Contains("2 found for backup in 2 copies; the oldest, ", several.Error, StringComparison.Ordinal);
        Assert.StartsWith("#", one.Output, StringComparison.Ordinal);
        Assert.Equal("web01: as of 2026-11-21 12:00:00 +00:00\n", one.Error);
        Assert.Equal("", none.Output);
        Assert.Contains("0 found for nosuch in 2 copies", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_cut_says_so()
    {
        _home.Host("big", "").Chain("big", [.. Enumerable.Range(0, 60).Select(i => $$"""{"event": "job.started", "seq": {{i}}, "timestamp": 1.5}""")]);
        ProgramResult cut = await _home.RunAsync("audit", "list", "big"), whole = await _home.RunAsync("audit", "list", "big", "--format", "csv");
        Assert.Contains("the newest 50: --limit N lists more", cut.Error, StringComparison.Ordinal);
        Assert.Equal(51, cut.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.DoesNotContain("--limit", whole.Error, StringComparison.Ordinal);
        Assert.Equal(61, whole.Output.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Csv_is_rfc_4180_and_no_spreadsheet_runs_a_cell_of_a_host()
    {
        ProgramResult csv = await _home.RunAsync("audit", "list", "web01", "--format", "csv");
        string[] lines = csv.Output.Split("\r\n");
        Assert.Equal("host,chain,seq,time,event,actor,target,exit_code,words,prev_hash,hash,entry", lines[0]);
        Assert.Equal(5, lines.Length);
        Assert.Equal("", lines[^1]);
        Assert.StartsWith("web01,9f2c,2,2026-11-21T15:56:40.000000Z,job.finished,kim,'@reboot,-1,,,aa02,\"{\"\"chain\"\": \"\"9f2c\"\"", lines[1], StringComparison.Ordinal);
        Assert.Contains(",kim,\"'=cmd|' /C calc'!A0\",,,,aa01,", lines[2], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', csv.Output);
        Assert.DoesNotContain('\u202e', csv.Output);
    }

    [Fact]
    public async Task Ocsf_is_one_event_a_line_each_with_its_entry()
    {
        ProgramResult ocsf = await _home.RunAsync("audit", "list", "--format", "ocsf");
        string[] lines = ocsf.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([100702, 100602, 100702, 100702], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type_uid").GetInt32()));
        Assert.Equal(["web01", "web01", "db01", "web01"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("device").GetProperty("hostname").GetString()));
        Assert.Equal("aa02", JsonDocument.Parse(lines[0]).RootElement.GetProperty("metadata").GetProperty("uid").GetString());
    }

    [Theory]
    [InlineData("\"disk full", "character 1")]
    [InlineData("a*b", "character 2")]
    [InlineData("--format xml", "no format \"xml\"")]
    [InlineData("--format csv --json", "two formats")]
    [InlineData("--limit 0", "not 1 or more")]
    [InlineData("--first -1", "--first -1: an entry's number is 0 or more")]
    [InlineData("web01 --last -2", "--last -2: an entry's number is 0 or more")]
    [InlineData("web99,db01 backup", "There is no host \"web99\" in the fleet")]
    [InlineData("web01 db01,wbe01", "There is no host \"wbe01\" in the fleet")]
    [InlineData("--since yesterday", "is not a time")]
    [InlineData("tag:nosuch", "No host has the tag")]
    [InlineData("--job ", "--job has no text behind it")]
    [InlineData("--event ", "--event has no text behind it")]
    [InlineData("--actor ", "--actor has no text behind it")]
    public async Task A_mistake_is_told(string arguments, string what)
    {
        ProgramResult result = await _home.RunAsync(["audit", "list", .. arguments.StartsWith('"') ? [arguments] : arguments.Split(' ')]);
        Assert.Equal(2, result.Code);
        Assert.Equal("", result.Output);
        Assert.Contains(what, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_without_a_copy_is_told()
    {
        _home.Host("new", "");
        ProgramResult result = await _home.RunAsync("audit", "list", "new");
        Assert.Equal(2, result.Code);
        Assert.Contains("Nothing was pulled from the chain of new yet", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_hosts_with_a_copy_one_without_is_named_and_the_others_are_listed()
    {
        _home.Host("new", "", "web");
        ProgramResult result = await _home.RunAsync("audit", "list", "tag:web", "nightly", "--json");
        Assert.Equal(1, result.Code);
        Assert.Equal(["web01"], JsonDocument.Parse(result.Output).RootElement.EnumerateArray().Select(row => row.GetProperty("host").GetString()));
        Assert.Contains("cc-console: new: no copy: nothing was pulled yet: cc-console audit pull new\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_character_that_turns_text_around_leaves_raw_with_json()
    {
        ProgramResult result = await _home.RunAsync("audit", "list", "web01", "--json"), named = await _home.RunAsync("audit", "verify", "no\u202esuch", "--json");
        foreach (string output in (string[])[result.Output, named.Output])
            Assert.DoesNotContain(output.EnumerateRunes(), rune => System.Text.Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.Format);
        Assert.Equal("no\u202esuch", JsonDocument.Parse(named.Output).RootElement.GetProperty("file").GetString());
    }

    [Fact]
    public async Task Ocsf_of_the_console_s_own_chain_names_the_host_of_an_entry_and_how_it_ended()
    {
        _home.Chain(".console",
            """{"actor": "kim", "chain": "c0", "event": "crontab.edited", "host": "db01", "origin": "desk", "outcome": "failed", "seq": 0, "timestamp": 1795190200.5, "hash": "cc00"}""");
        JsonElement told = JsonDocument.Parse((await _home.RunAsync("audit", "list", ".console", "--format", "ocsf")).Output).RootElement;
        Assert.Equal("db01", told.GetProperty("device").GetProperty("hostname").GetString());
        Assert.Equal("Failure", told.GetProperty("status").GetString());
        Assert.Equal("cc-console", told.GetProperty("metadata").GetProperty("log_provider").GetString());
    }

    [Fact]
    public async Task An_index_that_cannot_be_made_is_told_and_the_entries_are_found()
    {
        Directory.CreateDirectory(Path.Combine(_home.State, "cache-index.db"));
        ProgramResult result = await _home.RunAsync("audit", "list", "backup", "--json");
        Assert.Equal(0, result.Code);
        Assert.Equal(2, JsonDocument.Parse(result.Output).RootElement.GetArrayLength());
        Assert.Contains("cache-index.db is not a regular file; what it lacks is read through", result.Error, StringComparison.Ordinal);
    }
}
