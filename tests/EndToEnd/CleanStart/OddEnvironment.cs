using System.Text;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.CleanStart;

/// <summary>
/// Starts programs with an environment that no shell could give, and has a library for LD_PRELOAD and LD_AUDIT. Both are
/// compiled for the test.
/// </summary>
public sealed class OddEnvironment : IAsyncLifetime
{
    private const string Launcher = """
        #include <stdio.h>
        #include <stdlib.h>
        #include <unistd.h>
        int main(int argc, char **argv) {
            static char bytes[1 << 20]; static char *entries[4096];
            FILE *file = fopen(argv[1], "rb"); size_t size = fread(bytes, 1, sizeof bytes, file), n = 0; fclose(file);
            for (size_t i = 0; i < size; i++) if (i == 0 || bytes[i - 1] == 0) entries[n++] = bytes + i;
            execve(argv[2], argv + 2, entries); return 99;
        }
        """;

    private const string Library = "unsigned la_version(unsigned v) { return v; } int cc_evil(void) { return 1; }";

    internal string Folder { get; } = Directory.CreateTempSubdirectory("cc-clean-").FullName;

    internal string Evil => Folder + "/evil.so";

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Folder + "/launch.c", Launcher);
        await File.WriteAllTextAsync(Folder + "/evil.c", Library);
        var result = await ProgramRun.RunAsync(
            "/bin/sh", ["-c", $"cd {Folder} && gcc -O0 -o launch launch.c && gcc -shared -fPIC -o evil.so evil.c"]);
        Assert.True(result.Code == 0, result.ToString());
    }

    /// <summary>Runs a program with exactly these entries as its environment.</summary>
    internal async Task<ProgramResult> RunAsync(IEnumerable<byte[]> entries, params string[] command)
    {
        var file = $"{Folder}/{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(file, [.. entries.SelectMany(entry => (byte[])[.. entry, 0])]);
        return await ProgramRun.RunAsync(Folder + "/launch", [file, .. command]);
    }

    internal Task<ProgramResult> RunAsync(IEnumerable<string> entries, params string[] command) =>
        RunAsync(entries.Select(Encoding.UTF8.GetBytes), command);

    /// <summary>`exec` of a command, its report left in a spool of this folder.</summary>
    internal string[] Exec(params string[] command) =>
        [Published.Agent, "exec", "--job-id", "x", "--socket-path", Folder + "/cc-agent.sock", "--", .. command];

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
