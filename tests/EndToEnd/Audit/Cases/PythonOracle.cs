using System.Globalization;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.Audit.Cases;

/// <summary>What the ten lines of Python in the README say of a chain.</summary>
/// <param name="Good">Whether they print OK.</param>
/// <param name="Entry">The 1-based entry at which they stop; null when they do not.</param>
/// <param name="Head">The hash of the last entry that they took.</param>
internal sealed record PythonAnswer(bool Good, long? Entry, string Head)
{
    /// <summary>The README's lines themselves, run for one file after another in one process: 25,000 starts of Python would take the day.</summary>
    private const string Driver = """
        import io, sys
        code = compile(open(sys.argv[1]).read(), "README", "exec")
        out = sys.stdout
        for path in sys.stdin.read().splitlines():
            names = {"__name__": "__main__"}
            sys.argv, sys.stdout = ["README", path], io.StringIO()
            try:
                exec(code, names)
                said = sys.stdout.getvalue().split()
            except Exception:
                said = ["BAD", str(names["n"]), names["prev"]]
            finally:
                sys.stdout = out
            print(*said)
        """;

    /// <summary>The answer for each file, in their order.</summary>
    public static async Task<IReadOnlyList<PythonAnswer>> OfAsync(string folder, IReadOnlyList<string> files)
    {
        string readme = Path.Combine(folder, "readme.py");
        await File.WriteAllTextAsync(readme, ReadmeFile.Verifier);
        ProgramResult run = await ProgramRun.RunAsync(
            "python3", ["-c", Driver, readme], input: System.Text.Encoding.UTF8.GetBytes(string.Join('\n', files)), directory: folder, seconds: 300);
        Assert.True(run.Code == 0, run.ToString());
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Count, lines.Length);
        return [.. lines.Select(Parse)];
    }

    private static PythonAnswer Parse(string line) => line.Split(' ') is [var word, var entries, var head]
        ? new PythonAnswer(word == "OK", word == "OK" ? null : long.Parse(entries, CultureInfo.InvariantCulture) + 1, head)
        : throw new Xunit.Sdk.XunitException($"Python said {line}");
}
