using CcConsole.Core.Audit;
using Xunit;

namespace EndToEnd.Audit.Cases;

/// <summary>Entries that say the same, or nearly, in other bytes; each with a hash that is right for its text.</summary>
public sealed class SpellingCases : IDisposable
{
    private static readonly List<string> Chain = CaseChain.Write(5);
    private static readonly PythonDiffers Respelled = new("Python hashes what it has read, in its own spelling: what was written, and how, is not what it looks at");

    private readonly CaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Case_10_a_key_twice_is_NONCANONICAL()
    {
        List<string> twice = CaseChain.Change(Chain, 2, line => line.Replace("\"exit_code\": 0", "\"exit_code\": 1, \"exit_code\": 0", StringComparison.Ordinal));
        await _folder.ShowAsync(twice, "NONCANONICAL", 3, new PythonDiffers("of a name that occurs twice Python keeps the last value, which is the true one here; another reader keeps the first"));
        await _folder.ShowAsync(CaseChain.Forge(twice, 2), "NONCANONICAL", 3);
        await _folder.ShowAsync([CaseChain.One("\"a\": {\"b\": 1, \"b\": 2}")], "NONCANONICAL", 1);
    }

    [Fact]
    public async Task Case_11_white_space_is_NONCANONICAL()
    {
        await _folder.ShowAsync(CaseChain.Change(Chain, 2, line => line.Replace("\"exit_code\": 0", "\"exit_code\":  0", StringComparison.Ordinal)), "NONCANONICAL", 3, Respelled);
        await _folder.ShowAsync(CaseChain.Change(Chain, 2, line => line.Replace(", ", ",", StringComparison.Ordinal)), "NONCANONICAL", 3, Respelled);
        await _folder.ShowAsync(CaseChain.Change(Chain, 2, line => line + "\r"), "NONCANONICAL", 3, Respelled);
        await _folder.ShowAsync(CaseChain.Change(Chain, 2, line => line + "\n"), "NONCANONICAL", 4);
    }

    [Fact]
    public async Task Case_11_another_writers_key_order_is_as_good_and_UNANCHORED()
    {
        List<string> reordered = [.. Chain.Select(line =>
        {
            int hash = line.LastIndexOf(", \"hash\": ", StringComparison.Ordinal);
            return $"{{{line[(hash + 2)..^1]}, {line[1..hash]}}}";
        })];
        Assert.All(reordered, line => Assert.StartsWith("{\"hash\": ", line, StringComparison.Ordinal));
        await _folder.ShowAsync(reordered, "UNANCHORED", null);
    }

    [Theory]
    [InlineData("1.50", "1.5")]
    [InlineData("1e2", "100.0")]
    [InlineData("1E5", "100000.0")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("-0", "0")]
    public async Task Case_11_another_spelling_of_a_number_is_NONCANONICAL(string spelled, string python)
    {
        // Hashed as Python spells it, so that Python takes it.
        string line = CaseChain.One($"\"a\": {python}").Replace($"\"a\": {python},", $"\"a\": {spelled},", StringComparison.Ordinal);
        await _folder.ShowAsync([line], "NONCANONICAL", 1, Respelled);
        await _folder.ShowAsync([CaseChain.One($"\"a\": {python}")], "UNANCHORED", null);
        // Hashed as it stands.
        await _folder.ShowAsync([CaseChain.One($"\"a\": {spelled}")], "NONCANONICAL", 1);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    public async Task Case_12_NaN_and_Infinity_are_NONCANONICAL(string constant) =>
        await _folder.ShowAsync([CaseChain.One($"\"a\": {constant}")], "NONCANONICAL", 1, new PythonDiffers("Python reads and writes them; JSON does not know them, so other readers stop"));

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("18446744073709551616")]
    [InlineData("-123456789012345678901234567890123456789012345678901234567890")]
    public async Task Case_12_big_integers_keep_every_digit_and_are_UNANCHORED(string number)
    {
        string line = CaseChain.One($"\"a\": {number}");
        await _folder.ShowAsync([line], "UNANCHORED", null);
        // The last digit changed, which a double would not tell.
        char last = number[^1] == '9' ? '8' : (char)(number[^1] + 1);
        await _folder.ShowAsync([line.Replace(number, number[..^1] + last, StringComparison.Ordinal)], "HASH", 1);
    }

    [Theory]
    [InlineData(@"\ud83d")]
    [InlineData(@"\ude80 alone")]
    [InlineData(@"\ude80\ud83d")]
    public async Task Case_12_lone_surrogates_are_text_like_other_and_UNANCHORED(string text) => await _folder.ShowAsync([CaseChain.One($"\"a\": \"{text}\"")], "UNANCHORED", null);

    [Theory]
    [InlineData(64, "UNANCHORED")]
    [InlineData(65, "NONCANONICAL")]
    public async Task Case_12_depth_65_is_NONCANONICAL_and_64_is_not(int depth, string verdict) => await _folder.ShowAsync(
        [CaseChain.One($"\"a\": {new string('[', depth - 1)}{new string(']', depth - 1)}")], verdict, verdict == "UNANCHORED" ? null : 1,
        verdict == "UNANCHORED" ? null : new PythonDiffers("Python reads some thousand levels; other readers give up far earlier"));

    [Theory]
    [InlineData(0, "UNANCHORED")]
    [InlineData(1, "NONCANONICAL")]
    public async Task Case_12_64_KiB_and_a_byte_is_NONCANONICAL_and_64_KiB_is_not(int more, string verdict)
    {
        string line = CaseChain.One($"\"a\": \"{new string('x', EntryLimits.MaxLineBytes - CaseChain.One("\"a\": \"\"").Length + more)}\"");
        Assert.Equal(EntryLimits.MaxLineBytes + more, line.Length);
        await _folder.ShowAsync([line], verdict, verdict == "UNANCHORED" ? null : 1, verdict == "UNANCHORED" ? null : new PythonDiffers("Python has no bound; the agent writes none that long"));
    }
}
