using System.Text.Json;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;
using CcConsole.Fleet.Tests.Audit;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

public sealed class AuditEvidenceVerbTests : IDisposable
{
    private readonly VerbHome _home = new VerbHome().Host("web01", "");
    private readonly SignedChain _chain = new SignedChain().Runs(6).Sign().Runs(3);

    public AuditEvidenceVerbTests() => _home.Cache(cache => _chain.Store(cache));

    public void Dispose()
    {
        _home.Dispose();
        _chain.Dispose();
    }

    [Fact]
    public async Task A_selection_is_exported_and_its_manifest_is_told()
    {
        string folder = Path.Combine(_home.State, "case");
        (int code, JsonElement json) = await _home.JsonAsync("audit", "export", "web01", folder, "alice", "--evidence", "--exit", "1", "--last", "6");
        ProgramResult run = await ProgramRun.RunAsync("python3", [Path.Combine(folder, "verify.py")]);

        Assert.Equal((0, 2, 2, 1), (code, json.GetProperty("entries").GetInt32(), json.GetProperty("proven").GetInt32(), json.GetProperty("checkpoints").GetInt32()));
        Assert.True(run.Code == 0, run.ToString());
        Assert.Contains(json.GetProperty("manifest").GetString()!, run.Output, StringComparison.Ordinal);
        Assert.Contains("Selected were: the entries whose text matches alice, with the exit code 1, up to #6.", await File.ReadAllTextAsync(Path.Combine(folder, "README.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_README_of_an_export_says_of_the_copy_what_audit_verify_says()
    {
        string folder = Path.Combine(_home.State, "case");
        Assert.Equal(0, (await _home.RunAsync("audit", "export", "web01", folder, "--evidence")).Code);
        string readme = string.Join(' ', (await File.ReadAllTextAsync(Path.Combine(folder, "README.txt"))).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        JsonElement said = (await _home.JsonAsync("audit", "verify", "--host", "web01")).Json;

        Assert.True(said.GetProperty("proven").GetArrayLength() >= 3);
        Assert.All(said.GetProperty("proven").EnumerateArray(), sentence => Assert.Contains($"- Proven: {sentence.GetString()}.", readme, StringComparison.Ordinal));
        Assert.All(said.GetProperty("open").EnumerateArray(), sentence => Assert.Contains($"- Not proven: {sentence.GetString()}.", readme, StringComparison.Ordinal));
        Assert.Contains("- That the agent destroyed each key when the next took its place, as it is built to, no signature shows:", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("was destroyed right after", readme, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_that_no_checkpoint_covers_are_told_with_what_to_do()
    {
        ProgramResult run = await _home.RunAsync("audit", "export", "web01", Path.Combine(_home.State, "case.tar.gz"), "--evidence");

        Assert.True(run.Code == 0, run.ToString());
        Assert.Contains("12 entries of web01, 8 proven by 1 signed checkpoint", run.Output, StringComparison.Ordinal);
        Assert.Contains("    3 after the last checkpoint, not signed yet: pull in some minutes and export again", run.Output, StringComparison.Ordinal);
        Assert.Contains("    #8 is the last checkpoint itself: its signature was verified", run.Output, StringComparison.Ordinal);
        Assert.Contains("linked to the head #11", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_whole_copy_only_the_last_checkpoint_itself_stays_open_and_what_is_advised_leaves_nothing_open()
    {
        using SignedChain idle = new SignedChain("beef").Runs(4).Sign();
        _home.Cache(cache => idle.Store(cache, "db01"));
        string all = Path.Combine(_home.State, "all"), rest = Path.Combine(_home.State, "rest");

        ProgramResult run = await _home.RunAsync("audit", "export", "db01", all, "--evidence");
        ProgramResult verified = await ProgramRun.RunAsync("python3", [Path.Combine(all, "verify.py")]);

        Assert.DoesNotContain("in some minutes", run.Output, StringComparison.Ordinal);
        Assert.Contains("#6 is the last checkpoint itself: its signature was verified; the rest of its line, such as its time, only the next one signs (--last 5 leaves it out)", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, verified.Code);
        Assert.Contains("NOT PROVEN: #6 is itself the last checkpoint: its own signature over #0 to #5 is verified; the rest of its line, such as its time, only the checkpoint after it signs; linked to the head #6\n", verified.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("a chain without one", verified.Output, StringComparison.Ordinal);
        string readme = string.Join(' ', (await File.ReadAllTextAsync(Path.Combine(all, "README.txt"))).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("- Of entry #6, which is itself the last checkpoint: all of its line. Its signature over the entries #0 to #5 is as good", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("in some minutes", readme, StringComparison.Ordinal);

        Assert.Equal(0, (await _home.RunAsync("audit", "export", "db01", rest, "--evidence", "--last", "5")).Code);
        Assert.Equal(0, (await ProgramRun.RunAsync("python3", [Path.Combine(rest, "verify.py")])).Code);
        Assert.Contains("○ it is the last checkpoint: its signature over #0 to #5 was verified now", (await _home.RunAsync("audit", "show", "db01")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selection_without_evidence_is_a_question_and_nothing_is_written()
    {
        string file = Path.Combine(_home.State, "case.jsonl");
        foreach (string[] options in (string[][])[["--job", "j"], ["alice"], ["--every-step"], ["--first", "3"]])
        {
            ProgramResult run = await _home.RunAsync(["audit", "export", "web01", file, .. options]);
            Assert.Equal(2, run.Code);
            Assert.Contains("add --evidence", run.Error, StringComparison.Ordinal);
            Assert.False(Path.Exists(file));
        }

        Assert.Equal(0, (await _home.RunAsync("audit", "export", "web01", file)).Code);
        Assert.Equal(12, (await File.ReadAllLinesAsync(file)).Length);
    }

    [Fact]
    public async Task What_could_not_be_exported_whole_leaves_no_file_behind()
    {
        string file = Path.Combine(_home.State, "case.jsonl"), archive = "";
        _home.Cache(cache => archive = cache.Archives.Move(cache.Chains.Head("web01")!, 4).Archive!);
        File.Delete(archive);

        ProgramResult run = await _home.RunAsync("audit", "export", "web01", file);

        Assert.Equal(2, run.Code);
        Assert.Contains("is gone or cut", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_home.State, "*case.jsonl*"));
    }

    [Fact]
    public async Task An_entry_is_shown_with_what_proves_it()
    {
        ProgramResult proven = await _home.RunAsync("audit", "show", "web01", "3");
        ProgramResult linked = await _home.RunAsync("audit", "show", "web01", "10");

        Assert.Equal((0, 0), (proven.Code, linked.Code));
        Assert.Contains("✓ its hash is that of the line, and it follows #2", proven.Output, StringComparison.Ordinal);
        Assert.Contains("✓ checkpoint #8 of ", proven.Output, StringComparison.Ordinal);
        Assert.Contains("covers it: 3 hashes lead to the signed root of 8 entries", proven.Output, StringComparison.Ordinal);
        Assert.Contains(", announced in #0; every step from the chain's first key was verified with it", proven.Output, StringComparison.Ordinal);
        Assert.Contains("○ no checkpoint covers it yet: it is linked to the head #11, and no key signs it", linked.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_an_entry_comes_with_the_whole_proof()
    {
        (int code, JsonElement json) = await _home.JsonAsync("audit", "show", "web01", "3");
        JsonElement proof = json.GetProperty("proof"), checkpoint = proof.GetProperty("checkpoint");

        Assert.Equal(0, code);
        Assert.Equal(3, json.GetProperty("entry").GetProperty("seq").GetInt32());
        Assert.Equal("OK", proof.GetProperty("line").GetString());
        Assert.True(InclusionProof.Verify(MerkleHash.Leaf(_chain.Lines[3]), 3, checkpoint.GetProperty("size").GetInt64(),
            [.. proof.GetProperty("path").EnumerateArray().Select(hash => Hash32.Parse(hash.GetString()))], Hash32.Parse(checkpoint.GetProperty("root").GetString())));
        Assert.Equal(JsonValueKind.Null, (await _home.JsonAsync("audit", "show", "web01")).Json.GetProperty("proof").GetProperty("checkpoint").ValueKind);
    }

    [Fact]
    public async Task An_entry_that_was_edited_in_the_cache_is_shown_to_be_wrong()
    {
        string line = System.Text.Encoding.UTF8.GetString(_chain.Lines[3]).Replace("alice", "mallo", StringComparison.Ordinal);
        ProgramResult sql = await ProgramRun.RunAsync("sqlite3", [Path.Combine(_home.State, "cache.db"), $"UPDATE chain_line SET line = CAST('{line}' AS BLOB) WHERE position % (1 << 40) = 3"]);
        Assert.True(sql.Code == 0, sql.ToString());

        ProgramResult run = await _home.RunAsync("audit", "show", "web01", "3");

        Assert.Equal(1, run.Code);
        Assert.Contains("✗ HASH: the line is not whole", run.Output, StringComparison.Ordinal);
        Assert.Contains("✗ checkpoint #8 signs another root than the entries have", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("covers it", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"event\": \"x\u001b[31m\u009b2J\u202e\", oops", "no JSON object as an agent writes it; the line: ")]
    [InlineData("[1, 2]", "no JSON object as an agent writes it; the line: [1, 2]")]
    [InlineData("", "no JSON object as an agent writes it; the line: ")]
    [InlineData("{\"event\": \"audit.prune\", \"last\": 3, \"tree\": [", "the line: {\"event\": \"audit.prune\"")]
    [InlineData("{\"a\\ud800\": \"b\"}", "the line: {\"a\\ud800\": \"b\"}")]
    public async Task A_line_of_the_cache_that_is_no_entry_is_said_to_be_none_and_nothing_of_it_reaches_the_terminal_raw(string line, string said)
    {
        _home.Cache(cache => Replace(cache, 3, line));
        ProgramResult run = await _home.RunAsync("audit", "show", "web01", "3"), json = await _home.RunAsync("audit", "show", "web01", "3", "--json");

        Assert.Equal((1, 1), (run.Code, json.Code));
        Assert.Contains(said, run.Output, StringComparison.Ordinal);
        Assert.Contains("✗ ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal(line, JsonDocument.Parse(json.Output).RootElement.GetProperty("entry").GetString());
        Assert.DoesNotContain((run.Output + run.Error + json.Output).EnumerateRunes(), rune => rune.Value is not '\n' && (System.Text.Rune.IsControl(rune) || rune.Value == 0x202e));
    }

    [Fact]
    public async Task Of_the_first_entry_that_a_pruned_copy_has_it_is_not_said_that_it_follows_one()
    {
        using SignedChain chain = new SignedChain("beef").Runs(6).Sign();
        _home.Cache(cache => chain.Prune(4).Runs(2).Store(cache, "db01", first: 4));

        ProgramResult first = await _home.RunAsync("audit", "show", "db01", "4"), second = await _home.RunAsync("audit", "show", "db01", "5");

        Assert.Contains("✓ its hash is that of the line; the copy begins with it, so that what it follows is not held here", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("follows #3", first.Output, StringComparison.Ordinal);
        Assert.Contains("and it follows #4", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5, 6, "✗ GAP: the copy does not hold the line before it", "✗ the copy lacks the entry #5: from there on no signature counts")]
    [InlineData(5, 3, "and it follows #2", "✗ the copy lacks the entry #5: from there on no signature counts")]
    [InlineData(0, 3, "and it follows #2", "✗ the copy lacks the entry #0: from there on no signature counts")]
    [InlineData(0, 1, "✗ GAP: the copy does not hold the line before it", "✗ the copy lacks the entry #0: from there on no signature counts")]
    [InlineData(8, 3, "and it follows #2", "✗ the copy lacks the entry #8: from there on no signature counts")]
    public async Task An_entry_of_a_copy_that_lacks_one_is_shown_and_what_is_lacking_is_said(long gone, long shown, string line, string lacking)
    {
        _home.Cache(cache => Edit(cache, $"DELETE FROM chain_line WHERE position % (1 << 40) = {gone}"));

        ProgramResult run = await _home.RunAsync("audit", "show", "web01", $"{shown}");

        Assert.True(run.Code == 1, run.ToString());
        Assert.Contains(line, run.Output, StringComparison.Ordinal);
        Assert.Contains("○ no usable checkpoint proves it", run.Output, StringComparison.Ordinal);
        Assert.Contains(lacking, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("linked to the head", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_behind_one_that_has_no_hash_any_more_is_not_said_to_follow_it()
    {
        _home.Cache(cache => Replace(cache, 3, "[]"));

        ProgramResult run = await _home.RunAsync("audit", "show", "web01", "4");

        Assert.Equal(1, run.Code);
        Assert.Contains("✗ LINK: the line does not follow the one before it", run.Output, StringComparison.Ordinal);
    }

    // As somebody does who edits the file of the cache.
    private static void Replace(CcConsole.Store.CacheDatabase cache, long seq, string line) =>
        Edit(cache, $"UPDATE chain_line SET line = x'{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(line))}' WHERE position % (1 << 40) = {seq}");

    private static void Edit(CcConsole.Store.CacheDatabase cache, string edit)
    {
        ProgramResult sql = ProgramRun.RunAsync("sqlite3", [cache.FilePath, edit]).GetAwaiter().GetResult();
        Assert.True(sql.Code == 0, sql.ToString());
    }
}
