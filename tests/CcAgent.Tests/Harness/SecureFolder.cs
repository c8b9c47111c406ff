using CcConsole.Tests.Shared;

namespace CcAgent.Tests.Harness;

/// <summary>A folder of one test's own, 0700, removed with all that is in it.</summary>
internal sealed class SecureFolder : IDisposable
{
    internal SecureFolder() => Path = Directory.CreateTempSubdirectory("cc-agent-test-").FullName;

    internal string Path { get; }

    internal string Socket => Path + "/cc-agent.sock";

    internal string Audit => Path + "/audit";

    internal string Reports => Path + "/reports";

    internal string Spool => Path + "/spool";

    internal string LastSegment(string folder) => Directory.GetFiles($"{Path}/{folder}", "*.jsonl").Order(StringComparer.Ordinal).Last();

    /// <summary>The chain as the public ten lines of Python see it: their last line, "OK …" or what they complain of.</summary>
    internal Task<string> PythonAsync() => PythonAsync(Path);

    /// <inheritdoc cref="PythonAsync()"/>
    internal static async Task<string> PythonAsync(string directory)
    {
        var shown = await AgentProgram.RunAsync("audit", "show", "--json", "--dir", directory);
        var file = directory + "/shown.ndjson";
        await File.WriteAllBytesAsync(file, shown.OutputBytes);
        var said = await PythonOfAsync(file);
        File.Delete(file);
        return said;
    }

    /// <summary>What they say of a file.</summary>
    internal static async Task<string> PythonOfAsync(string file)
    {
        const string script = """
            import hashlib, json, sys
            prev, n = "0" * 64, 0
            for line in open(sys.argv[1], "rb"):
                e = json.loads(line); h = e.pop("hash")
                assert e["prev_hash"] == prev and e.get("seq", n) == n, f"link broken at entry {n}"
                assert hashlib.sha256(json.dumps(e, sort_keys=True).encode()).hexdigest() == h, f"hash mismatch at entry {n}"
                prev, n = h, n + 1
            print("OK", n, prev)
            """;
        var result = await ProgramRun.RunAsync("/usr/bin/env", ["python3", "-c", script, file]);
        return (result.Output + result.Error).Trim().Split('\n')[^1];
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
