using System.Text.RegularExpressions;

namespace EndToEnd.Harness;

/// <summary>The blocks of code in README.md: what it tells people to type is what the tests run.</summary>
internal static partial class ReadmeFile
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(Published.Tree, "README.md"));

    /// <summary>The content of each fenced block of a language, in order.</summary>
    public static IReadOnlyList<string> Blocks(string language) =>
        [.. Fence().Matches(Text).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value)];

    /// <summary>The ten lines of Python that verify a chain.</summary>
    public static string Verifier => Blocks("python").Single();

    [GeneratedRegex("^```([a-z]*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
