using System.Text.Json;
using CcConsole.Tests.Shared;

namespace CcAgent.Tests.Harness;

/// <summary>The agent as a program: the published one where CC_DIST names it, else the build beside the tests.</summary>
internal static class AgentProgram
{
    /// <summary>A copy that every user may run, wherever the tree lies.</summary>
    internal static string Path { get; } = Copy();

    internal static bool Published { get; } = Environment.GetEnvironmentVariable("CC_DIST") is { Length: > 0 };

    internal static Task<ProgramResult> RunAsync(params string[] arguments) => ProgramRun.RunAsync(Path, arguments);

    internal static Task<ProgramResult> ExecAsync(string directory, string job, params string[] command) =>
        RunAsync(["exec", "--job-id", job, "--socket-path", directory + "/cc-agent.sock", "--", .. command]);

    internal static Task<ProgramResult> ShellAsync(string script, byte[]? input = null) =>
        ProgramRun.RunAsync("/bin/sh", ["-c", script], new Dictionary<string, string?> { ["AGENT"] = Path }, input);

    /// <summary>Runs the agent as another user, in an environment like cron's.</summary>
    internal static Task<ProgramResult> RunAsAsync(TestUser user, params string[] arguments) => ProgramRun.RunAsync(
        "/usr/bin/setpriv", [.. user.SetPrivileges, Path, .. arguments], user.Environment, directory: "/");

    internal static async Task<List<JsonElement>> ReportsAsync(string directory) =>
        Lines((await RunAsync("report", "list", "--json", "--dir", directory)).Output);

    internal static async Task<List<JsonElement>> EntriesAsync(string directory) =>
        Lines((await RunAsync("audit", "show", "--json", "--dir", directory)).Output);

    internal static List<JsonElement> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string Copy()
    {
        var source = Environment.GetEnvironmentVariable("CC_DIST") is { Length: > 0 } named ? named : AppContext.BaseDirectory;
        var target = Directory.CreateTempSubdirectory("cc-agent-bin-").FullName;
        File.SetUnixFileMode(target, (UnixFileMode)0x1ED);
        foreach (var name in (string[])["cc-agent", "cc-agent.dll", "cc-agent.runtimeconfig.json", "cc-agent.deps.json", "CcConsole.Core.dll", "Humanizer.dll"])
        {
            var file = System.IO.Path.Combine(source, name);
            // Written by another process: one that this one starts meanwhile for another test could hold a file that is written here open, and then it cannot be run.
            if (File.Exists(file))
                TestUser.Run("/bin/cp", "--preserve=mode", file, System.IO.Path.Combine(target, name));
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(target, recursive: true);
        return System.IO.Path.Combine(target, "cc-agent");
    }
}
