using System.Diagnostics;
using CcConsole.Tests.Shared;
using EndToEnd.Harness;
using Xunit;

namespace EndToEnd.BadInput;

/// <summary>The agent's folder must belong to its user and be written by nobody else: else no daemon starts.</summary>
public sealed class AgentFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("cce-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Folder => Path.Combine(_root, "agent");

    [Fact]
    public async Task Every_failed_check_is_named()
    {
        Refusal.Is(await DaemonAsync(), 2, Folder, "No such file", "install -d");

        Directory.CreateDirectory(Folder);
        await ShellAsync("chmod 777 agent");
        Refusal.Is(await DaemonAsync(), 2, "can be written by others (mode 0777)", "chmod go-w");

        await ShellAsync("chmod 755 agent && chown nobody agent");
        Refusal.Is(await DaemonAsync(), 2, "is owned by nobody, not by root", "chown root:");

        await ShellAsync("chown root agent && mv agent real && ln -s real agent");
        Refusal.Is(await DaemonAsync(), 2, "is a symbolic link");

        await ShellAsync("rm agent && touch agent");
        Refusal.Is(await DaemonAsync(), 2, "is not a directory");

        await ShellAsync("rm agent && mv real agent && chmod 777 .");
        Refusal.Is(await DaemonAsync(), 2, $"{_root} can be written by others");
        await ShellAsync("chmod 755 .");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
    }

    [Fact]
    public async Task A_folder_that_passes_is_used()
    {
        Directory.CreateDirectory(Folder, (UnixFileMode)Convert.ToInt32("755", 8));
        using Process daemon = Process.Start(new ProcessStartInfo(Published.Agent, ["daemon", "--dir", Folder]) { RedirectStandardError = true })!;
        try
        {
            string? line = "";
            while (line is not null && !line.StartsWith("cc-agent: ready", StringComparison.Ordinal))
                line = await daemon.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
            Assert.NotNull(line);
            Refusal.Is(await DaemonAsync(), 2, "another daemon keeps");
        }
        finally
        {
            daemon.Kill();
            await daemon.WaitForExitAsync();
        }
        await ShellAsync("chattr -R -a agent 2>/dev/null || true");

        Assert.NotEmpty(Directory.EnumerateFiles(Path.Combine(Folder, "audit"), "*.jsonl"));
    }

    private Task<ProgramResult> DaemonAsync() => ProgramRun.RunAsync(Published.Agent, ["daemon", "--dir", Folder]);

    private async Task ShellAsync(string command)
    {
        ProgramResult run = await ProgramRun.RunAsync("/bin/sh", ["-c", command], directory: _root);
        Assert.True(run.Code == 0, run.ToString());
    }
}
