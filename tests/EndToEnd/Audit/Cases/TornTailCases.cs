using Xunit;

namespace EndToEnd.Audit.Cases;

/// <summary>What a crash, or someone else, leaves behind the last line, before the agent has attested it.</summary>
public sealed class TornTailCases : IDisposable
{
    private static readonly List<string> Chain = CaseChain.Write(20);

    private readonly CaseFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a prefix", "TORN")]
    [InlineData("garbage", "TORN")]
    [InlineData("NULs", "TORN")]
    [InlineData("a whole line of garbage", "NONCANONICAL")]
    [InlineData("valid JSON with a wrong hash", "HASH")]
    public async Task Case_14_a_torn_tail_is_TORN_and_a_line_of_anything_else_is_NONCANONICAL_or_HASH(string tail, string verdict)
    {
        string next = CaseChain.Append(Chain, 1)[^1];
        string torn = tail switch
        {
            "a prefix" => next[..100],
            "garbage" => "\u0001\u0002 garbage",
            "NULs" => new string('\0', 5000),
            "a whole line of garbage" => "\u0001\u0002 garbage\n",
            _ => next.Replace("\"exit_code\": 0", "\"exit_code\": 1", StringComparison.Ordinal) + "\n",
        };

        await _folder.ShowAsync(string.Concat(Chain.Select(line => line + "\n")) + torn, verdict, Chain.Count + 1);
    }
}
