using Xunit;

namespace EndToEnd.Audit.Cases;

public sealed class MissingEntryCases : IDisposable
{
    private static readonly List<string> Chain = CaseChain.Write(50);

    private readonly CaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Case_02_a_middle_entry_deleted_is_a_GAP() =>
        await _folder.ShowAsync([.. Chain[..25], .. Chain[26..]], "GAP", 26);

    [Fact]
    public async Task Case_02_a_middle_entry_deleted_and_its_neighbours_linked_is_still_a_GAP() =>
        await _folder.ShowAsync(CaseChain.Forge([.. Chain[..25], .. Chain[26..]], 25), "GAP", 26);

    [Fact]
    public async Task Case_03_the_first_entry_deleted_is_a_GAP() => await _folder.ShowAsync(Chain[1..], "GAP", 1);

    [Fact]
    public async Task Case_04_the_last_entries_deleted_are_UNANCHORED_by_themselves()
    {
        CaseFinding found = await _folder.ShowAsync(Chain[..40], "UNANCHORED", null);

        Assert.Contains("cut off at the end", found.Json.GetProperty("open").ToString(), StringComparison.Ordinal);
        // Where an anchor is asked for, none is not enough.
        Assert.Equal(2, (await _folder.VerifyAsync([found.File], "--require-anchor")).Code);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(49)]
    public async Task Case_04_the_last_entries_deleted_are_a_ROLLBACK_for_who_remembers_the_head(int left) => await _folder.ShowAsync(
        Chain[..left], "ROLLBACK", left + 1, new PythonDiffers("what is left is whole, and Python remembers nothing"), "--remembered", CaseChain.Head(Chain));

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    public async Task Case_05_deleted_then_appended_to_honestly_is_a_FORK(int appended) => await _folder.ShowAsync(
        CaseChain.Append(Chain[..40], appended, exitCode: 1), "FORK", 50, new PythonDiffers("the chain is whole, and Python remembers nothing"), "--remembered", CaseChain.Head(Chain));
}
