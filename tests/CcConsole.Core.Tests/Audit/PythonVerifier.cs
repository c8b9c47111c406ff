using System.Diagnostics;
using Xunit;

namespace CcConsole.Core.Tests.Audit;

/// <summary>The ten lines of Python with which anyone can check a chain: the oracle. One process for a batch of files.</summary>
internal static class PythonVerifier
{
    /// <summary>The published script, made to say for each file "OK entries head" or the 0-based entry that it stops at.</summary>
    private const string Script = """
        import hashlib, json, sys
        def verify(path):
            prev, n = "0" * 64, 0
            try:
                for line in open(path, "rb"):
                    e = json.loads(line); h = e.pop("hash")
                    assert e["prev_hash"] == prev and e.get("seq", n) == n, f"link broken at entry {n}"
                    assert hashlib.sha256(json.dumps(e, sort_keys=True).encode()).hexdigest() == h, f"hash mismatch at entry {n}"
                    prev, n = h, n + 1
            except Exception as x:
                return f"BAD {n} {type(x).__name__}"
            return f"OK {n} {prev}"
        for path in sys.stdin.read().splitlines():
            print(verify(path))
        """;

    /// <summary>The answer for each file, in the same order.</summary>
    public static async Task<string[]> VerifyAsync(IEnumerable<string> paths) =>
        (await RunAsync(Script, string.Join('\n', paths))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a script over standard input; the exit code must be 0.</summary>
    public static async Task<string> RunAsync(string script, string input)
    {
        var start = new ProcessStartInfo("python3", ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var text = await output;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return text;
    }
}
