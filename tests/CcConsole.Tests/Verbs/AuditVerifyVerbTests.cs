using System.Text.Json;
using CcConsole.Fleet.Tests.Audit;
using CcConsole.Store.Chains;
using CcConsole.Tests.Shared;
using Xunit;

namespace CcConsole.Tests.Verbs;

/// <summary><c>audit verify --host</c>: a copy is held against what the cache remembers of it.</summary>
public sealed class AuditVerifyVerbTests : IDisposable
{
    private readonly VerbHome _home = new VerbHome().Host("web01", "");

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Oldest_entries_that_are_gone_from_the_cache_are_a_GAP_whatever_the_chain_says_of_them()
    {
        using SignedChain chain = new SignedChain().Runs(20).Sign().Prune(10).Sign();
        _home.Cache(cache => chain.Store(cache));
        Assert.Equal(0, (await _home.RunAsync("audit", "verify", "--host", "web01")).Code);
        ProgramResult edit = await ProgramRun.RunAsync("sqlite3", [Path.Combine(_home.State, "cache.db"), "DELETE FROM chain_line WHERE position & 1099511627775 < 10"]);
        Assert.Equal(0, edit.Code);

        (int code, JsonElement json) = await _home.JsonAsync("audit", "verify", "--host", "web01");
        Assert.Equal((1, "GAP", 1L), (code, json.GetProperty("verdict").GetString(), json.GetProperty("first_bad").GetInt64()));
        // A range of what is left is no way around it.
        Assert.Equal(1, (await _home.RunAsync("audit", "verify", "--host", "web01", "--from", "12", "--to", "15")).Code);
    }

    [Fact]
    public async Task Evidence_and_other_files_that_were_never_a_chain_are_not_called_tampered_with()
    {
        using SignedChain chain = new SignedChain().Runs(3).Sign();
        _home.Cache(cache => chain.Store(cache));
        string at = Path.Combine(_home.State, "case"), archive = at + ".tar.gz", copied = Path.Combine(_home.State, "case-7");
        Assert.Equal(0, (await _home.RunAsync("audit", "export", "web01", at, "--evidence")).Code);
        Assert.Equal(0, (await _home.RunAsync("audit", "export", "web01", archive, "--evidence")).Code);
        File.Copy(archive, copied);
        string program = Path.Combine(AppContext.BaseDirectory, "cc-console");

        ProgramResult folder = await _home.RunAsync("audit", "verify", at), packed = await _home.RunAsync("audit", "verify", archive);
        ProgramResult renamed = await _home.RunAsync("audit", "verify", copied), elf = await _home.RunAsync("audit", "verify", program);

        Assert.Equal((3, 3, 3, 3), (folder.Code, packed.Code, renamed.Code, elf.Code));
        Assert.Contains($"is an export of evidence, and no chain\n  next: python3 {at}/verify.py", folder.Error, StringComparison.Ordinal);
        Assert.Contains($"is an archive, and no chain\n  next: unpack it: tar -xf {archive}; where it is an export of evidence", packed.Error, StringComparison.Ordinal);
        Assert.Contains("is a file that gzip has compressed, and no chain", renamed.Error, StringComparison.Ordinal);
        Assert.Contains("is a program, and no chain", elf.Error, StringComparison.Ordinal);
        Assert.All([folder, packed, renamed, elf], run => Assert.Equal("", run.Output));
    }

    [Fact]
    public async Task A_chain_that_was_made_another_kind_of_file_is_tampered_with_all_the_same()
    {
        using SignedChain chain = new SignedChain().Runs(3).Sign();
        byte[] lines = [.. chain.Lines.SelectMany(line => (byte[])[.. line, (byte)'\n'])];
        foreach (byte[] magic in (byte[][])[[0x1f, 0x8b, 8], [.. "PK"u8, 3, 4], [0x7f, .. "ELF"u8]])
        {
            byte[] changed = [.. magic, .. lines[magic.Length..]], flipped = [magic[0], .. lines[1..]];
            string named = Path.Combine(_home.State, "web01.jsonl"), other = Path.Combine(_home.State, "chain"), segments = Path.Combine(_home.State, "audit");
            Directory.CreateDirectory(segments);
            await File.WriteAllBytesAsync(named, changed);
            await File.WriteAllBytesAsync(Path.Combine(segments, $"{0:D20}.jsonl"), changed);
            await File.WriteAllBytesAsync(other, flipped);
            Assert.Equal(1, (await _home.RunAsync("audit", "verify", named)).Code);
            Assert.Equal(1, (await _home.RunAsync("audit", "verify", segments)).Code);
            Assert.Equal(1, (await _home.RunAsync("audit", "verify", other)).Code);
            // What is held against a remembered head is known to be a chain.
            await File.WriteAllBytesAsync(other, changed);
            Assert.Equal(1, (await _home.RunAsync("audit", "verify", other, "--remembered", $"3:{new string('a', 64)}")).Code);
        }
    }

    [Fact]
    public async Task A_copy_that_this_console_fails_on_is_not_readable_and_the_others_are_verified()
    {
        using SignedChain chain = new SignedChain().Runs(3).Sign();
        _home.Host("web02", "").Cache(cache =>
        {
            chain.Store(cache);
            chain.Store(cache, "web02");
        });
        ProgramResult edit = await ProgramRun.RunAsync("sqlite3", [Path.Combine(_home.State, "cache.db"), "UPDATE chain_copy SET hash = 'none' WHERE host = 'web01'"]);
        Assert.Equal(0, edit.Code);
        (int code, JsonElement[] lines) = await _home.LinesAsync("audit", "verify", "--host", "web01", "web02");
        Assert.Equal(3, code);
        Assert.Equal(["web01 UNREADABLE", "web02 OK"], lines.Select(line => $"{line.GetProperty("host").GetString()} {line.GetProperty("verdict").GetString()}"));
    }

    [Fact]
    public async Task A_file_that_is_not_what_its_name_says_and_one_without_a_name_cannot_be_read_and_the_others_are_verified()
    {
        using SignedChain chain = new SignedChain(signed: false).Runs(2);
        string broken = Path.Combine(_home.State, "broken.gz"), good = Path.Combine(_home.State, "good.jsonl");
        Directory.CreateDirectory(_home.State);
        await File.WriteAllTextAsync(broken, "this was never compressed");
        await File.WriteAllBytesAsync(good, [.. chain.Lines.SelectMany(line => (byte[])[.. line, (byte)'\n'])]);

        (int code, JsonElement[] lines) = await _home.LinesAsync("audit", "verify", broken, "", good);

        Assert.Equal(3, code);
        Assert.Equal(["UNREADABLE", "UNREADABLE", "UNANCHORED"], lines.Select(line => line.GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task A_copy_whose_first_pull_has_not_ended_is_older_than_any_age_that_is_asked_for()
    {
        using SignedChain chain = new SignedChain().Runs(3);
        _home.Cache(cache =>
        {
            ChainHead head = chain.Store(cache);
            cache.Chains.Append(head with { PulledAt = ChainHead.NotEnded, SeenAt = DateTimeOffset.UtcNow }, [], head);
        });
        (int code, JsonElement json) = await _home.JsonAsync("audit", "verify", "--host", "web01", "--max-age", "9999d");
        Assert.Equal((2, "STALE", JsonValueKind.Null), (code, json.GetProperty("verdict").GetString(), json.GetProperty("pulled_at").ValueKind));
    }
}
