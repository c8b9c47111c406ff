using System.Globalization;
using System.Text.RegularExpressions;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Audit.Cases;

/// <summary>
/// The one list of the audit chain's cases: each has its tests, and a test's name carries the case's number and its verdict
/// (<c>Case_05_…_FORK</c>). 24 is of the shipping to collectors.
/// </summary>
public sealed partial class CaseListTests
{
    private static readonly string[] Verdicts =
    [
        "OK", "UNANCHORED", "TORN", "HASH", "LINK", "GAP", "DUPLICATE", "NONCANONICAL", "ROLLBACK", "FORK", "REPLACED", "BADSIG", "ROOT", "RATCHET", "OVERDUE", "CLOCK", "STALE",
    ];

    [Fact]
    public void Every_case_has_a_test_that_names_its_verdict()
    {
        List<(int Case, string Name)> tests = [];
        foreach (string file in Sources(Path.Combine(Published.Tree, "tests")))
        {
            foreach (Match test in Test().Matches(File.ReadAllText(file)))
                tests.Add((int.Parse(test.Groups[2].Value, CultureInfo.InvariantCulture), test.Groups[1].Value));
        }
        Assert.All(tests, test => Assert.True(test.Name.Split('_').Intersect(Verdicts).Any(), $"{test.Name} names no verdict"));
        int[] cases = [.. Enumerable.Range(1, 23), 25];
        Assert.Equal(cases, tests.Select(test => test.Case).Distinct().Order());
    }

    // Not what is built, and written meanwhile.
    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*.cs").Concat(
        Directory.EnumerateDirectories(folder).Where(inner => Path.GetFileName(inner) is not ("bin" or "obj")).SelectMany(Sources));

    [GeneratedRegex(@"\[(?:Fact|Theory)[^\n]*\n(?:\s*\[[^\n]*\n)*\s*public (?:async )?(?:Task|void) (Case_([0-9]{2})_\w+)\(")]
    private static partial Regex Test();
}
