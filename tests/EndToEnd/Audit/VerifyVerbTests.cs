using System.IO.Compression;
using System.Text;
using System.Text.Json;
using CcConsole.Tests.Shared;
using EndToEnd.Audit.Cases;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Audit;

/// <summary>What <c>cc-console audit verify</c> takes, and how it tells what it found.</summary>
public sealed class VerifyVerbTests : IDisposable
{
    private static readonly List<string> Chain = CaseChain.Write(50);

    private readonly CaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Standard_input_is_a_chain_like_any()
    {
        ProgramResult run = await RunAsync(["audit", "verify", "--json", "-"], Bytes(Chain));

        Assert.Equal(0, run.Code);
        JsonElement found = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(("-", 50, CaseChain.HashOf(Chain[^1])), (found.GetProperty("file").GetString(), found.GetProperty("entries").GetInt64(), found.GetProperty("head").GetString()));
    }

    [Theory]
    [InlineData("log", false)]
    [InlineData("log", true)]
    [InlineData("log/audit", false)]
    public async Task A_folder_of_segments_is_one_chain_as_the_files_of_a_host_are_its_copy_and_compressed_ones(string name, bool compressed)
    {
        Segment(name, 0, Chain[..20], compressed);
        Segment(name, 20, Chain[20..45], compressed);
        Segment(name, 45, Chain[45..], compressed);
        (int code, IReadOnlyList<CaseFinding> found) = await _folder.VerifyAsync(["log"], "--remembered", CaseChain.Head(Chain));
        Assert.Equal((0, "OK", 50L), (code, found[0].Verdict, found[0].Entries));

        File.Delete(Path.Combine(_folder.Folder, name, $"{20:D20}.jsonl{(compressed ? ".gz" : "")}"));
        (code, found) = await _folder.VerifyAsync(["log"]);
        Assert.Equal((1, "GAP", 21L), (code, found[0].Verdict, found[0].FirstBad));
    }

    [Fact]
    public async Task Bytes_between_segments_that_no_entry_attests_are_NONCANONICAL()
    {
        Segment("log", 0, [.. Chain[..20], "planted"], false);
        Segment("log", 20, Chain[20..], false);
        (int code, IReadOnlyList<CaseFinding> found) = await _folder.VerifyAsync(["log"]);

        Assert.Equal((1, "NONCANONICAL"), (code, found[0].Verdict));
        Assert.Contains("no entry attests them", found[0].Json.GetProperty("torn_ends")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_chains_each_is_told_and_the_gravest_gives_the_exit_code()
    {
        string good = _folder.Put("good", Chain), torn = _folder.Put("torn", Bytes(Chain)[..^30]), bad = _folder.Put("bad", Chain[1..]);
        async Task<int> CodeAsync(params string[] files) => (await RunAsync(["audit", "verify", "--brief", .. files])).Code;

        Assert.Equal(0, await CodeAsync(good, good));
        Assert.Equal(2, await CodeAsync(good, torn));
        Assert.Equal(3, await CodeAsync(torn, "absent", good));
        Assert.Equal(1, await CodeAsync("absent", bad, torn));
        ProgramResult all = await RunAsync(["audit", "verify", "--json", good, "absent", bad]);
        Assert.Equal(["UNANCHORED", "UNREADABLE", "GAP"], all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("verdict").GetString()));
        Assert.Contains("absent could not be read", all.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_holds_no_segment_is_not_readable_and_says_what_to_name()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Folder, "empty"));
        ProgramResult run = await RunAsync(["audit", "verify", "empty"]);

        Assert.Equal(3, run.Code);
        Assert.Contains("holds no segment of a chain", run.Error, StringComparison.Ordinal);
        Assert.Contains("next: name the folder audit", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_is_verified_with_its_neighbours_links_and_says_what_was_not()
    {
        string file = _folder.Put("chain", CaseChain.Change(Chain, 30, line => line.Replace("job-", "bob-", StringComparison.Ordinal)));
        ProgramResult run = await RunAsync(["audit", "verify", file, "--from", "3", "--to", "9"]);
        Assert.Equal(0, run.Code);
        Assert.Contains("proven: #3 to #9 are whole, and each follows the one before\n    proven: #3 follows what #2 says of itself\n    proven: #10 names the hash of #9\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("open:   #0 to #2 and what follows #9 was not verified", run.Output, StringComparison.Ordinal);

        (int code, IReadOnlyList<CaseFinding> found) = await _folder.VerifyAsync([file], "--from", "25");
        Assert.Equal((1, "HASH", 31L, 25L, 49L), (code, found[0].Verdict, found[0].FirstBad, found[0].Json.GetProperty("from").GetInt64(), found[0].Json.GetProperty("to").GetInt64()));
        Assert.Equal(3, (await RunAsync(["audit", "verify", file, "--from", "50"])).Code);
        Assert.Equal(2, (await RunAsync(["audit", "verify", file, "--from", "5", "--to", "4"])).Code);
    }

    [Fact]
    public async Task A_range_under_a_signed_checkpoint_says_so()
    {
        using var chain = new SignedChain();
        chain.Runs(10).Seal().Runs(3);
        string file = _folder.Put("chain", chain.Lines);

        ProgramResult run = await RunAsync(["audit", "verify", file, "--from", "3", "--to", "5"]);
        Assert.Contains("proven: the lines #0 to #11 are those whose root the checkpoint #12 signs, by a key that the chain announces", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_older_than_was_asked_for_is_STALE()
    {
        string file = _folder.Put("chain", CaseChain.Write(5));
        (int code, IReadOnlyList<CaseFinding> found) = await _folder.VerifyAsync([file], "--max-age", "1ms");
        Assert.Equal((2, "STALE"), (code, found[0].Verdict));
        Assert.Equal("UNANCHORED", (await _folder.VerifyAsync([file], "--max-age", "36000d")).Findings[0].Verdict);
        Assert.Equal(2, (await RunAsync(["audit", "verify", file, "--max-age", "soon"])).Code);
    }

    [Fact]
    public async Task A_long_file_shows_its_progress_on_a_terminal_and_nowhere_else()
    {
        // A chain that takes its time, on however fast a machine: a line every tenth of a second, on a terminal until progress was seen.
        _folder.Put("chain", CaseChain.Write(600));
        string slow(string until) => $"i=0; while i=$((i+1)); sed -n ${{i}}p chain; [ $i -lt 600 ] && ! {until}; do sleep 0.1; done | {Published.Console} audit verify --brief -";
        ProgramResult plain = await ProgramRun.RunAsync("/bin/sh", ["-c", slow("[ $i -ge 20 ]")], directory: _folder.Folder);
        Assert.Equal((0, ""), (plain.Code, plain.Error));

        // The file begins with the command, which is no progress.
        ProgramResult terminal = await ProgramRun.RunAsync("script", ["-qefc", slow("grep -qs '[0-9] entries/s' typescript"), "typescript"], directory: _folder.Folder, seconds: 120);
        Assert.Matches("(?s)\r-: [0-9]+ entries, [0-9]+ entries/s\u001b\\[K.*\r\u001b\\[K✓ -: UNANCHORED, [0-9]+ entries", terminal.Output);
    }

    [Fact]
    public async Task With_nothing_to_verify_it_says_so()
    {
        using var home = new ConsoleHome();
        ProgramResult run = await home.RunAsync("audit", "verify");
        Assert.Equal(2, run.Code);
        Assert.Contains("There is nothing to verify", run.Error, StringComparison.Ordinal);
    }

    private static byte[] Bytes(IEnumerable<string> lines) => Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    private Task<ProgramResult> RunAsync(string[] arguments, byte[]? input = null) => ProgramRun.RunAsync(Published.Console, arguments, input: input, directory: _folder.Folder);

    private void Segment(string folder, long first, IEnumerable<string> lines, bool compressed)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Folder, folder));
        string path = $"{folder}/{first:D20}.jsonl";
        if (!compressed)
        {
            _folder.Put(path, lines);
            return;
        }
        using var file = new GZipStream(File.Create(Path.Combine(_folder.Folder, path + ".gz")), CompressionLevel.Fastest);
        file.Write(Bytes(lines));
    }
}
