using Xunit;

namespace EndToEnd.Audit.Cases;

public sealed class RewrittenChainCases : IDisposable
{
    private static readonly PythonDiffers Whole = new("every hash and link is right, and Python remembers nothing");
    private static readonly List<string> Chain = CaseChain.Write(50);

    private readonly CaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Case_06_a_suffix_rewritten_at_equal_length_and_recomputed_is_a_FORK()
    {
        List<string> forged = CaseChain.Forge(CaseChain.Change(Chain, 30, line => line.Replace("\"exit_code\": 0", "\"exit_code\": 1", StringComparison.Ordinal)), 30);
        Assert.Equal(string.Concat(Chain).Length, string.Concat(forged).Length);
        Assert.NotEqual(Chain[30], forged[30]);

        await _folder.ShowAsync(forged, "FORK", 50, Whole, "--remembered", CaseChain.Head(Chain));
        // Without the head it is as good as any.
        await _folder.ShowAsync(forged, "UNANCHORED", null);
        // One that changed bytes and did not compute is found by itself.
        await _folder.ShowAsync([.. Chain[..30], forged[30], .. Chain[31..]], "LINK", 32);
    }

    [Fact]
    public async Task Case_07_the_whole_file_regenerated_is_REPLACED_for_who_remembers_its_first_entry()
    {
        List<string> anew = CaseChain.Write(50, exitCode: 1, chain: "0000");

        await _folder.ShowAsync(anew, "REPLACED", 1, Whole, "--remembered", CaseChain.Head(Chain, 1));
        await _folder.ShowAsync(anew, "FORK", 50, Whole, "--remembered", CaseChain.Head(Chain));
        await _folder.ShowAsync(anew, "UNANCHORED", null);
    }

    [Fact]
    public async Task Case_08_entries_swapped_are_a_GAP() => await _folder.ShowAsync([.. Chain[..8], Chain[9], Chain[8], .. Chain[10..]], "GAP", 9);

    [Theory]
    [InlineData(9)]
    [InlineData(20)]
    [InlineData(49)]
    public async Task Case_08_an_entry_replayed_is_a_DUPLICATE(int behind) =>
        await _folder.ShowAsync([.. Chain[..(behind + 1)], Chain[9], .. Chain[(behind + 1)..]], "DUPLICATE", behind + 2);

    [Fact]
    public async Task Case_08_a_whole_old_copy_replayed_is_a_ROLLBACK() =>
        await _folder.ShowAsync(Chain[..30], "ROLLBACK", 31, Whole, "--remembered", CaseChain.Head(Chain, 45));

    [Fact]
    public async Task Case_09_an_entry_from_another_hosts_chain_is_a_LINK()
    {
        List<string> other = CaseChain.Write(50, chain: "77aa");
        await _folder.ShowAsync([.. Chain[..20], other[20], .. Chain[21..]], "LINK", 21);
        await _folder.ShowAsync([.. Chain[..20], .. other[20..]], "LINK", 21);
        // Linked in and recomputed.
        List<string> grafted = CaseChain.Append(Chain[..20], 30, chain: "77aa");
        await _folder.ShowAsync(grafted, "LINK", 21, new PythonDiffers("hashes and links are right; Python does not look at whose chain an entry says it is of"));
    }
}
