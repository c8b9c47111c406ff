using System.Diagnostics;
using System.Text;
using CcAgent.Native;
using CcAgent.Runs;
using CcAgent.Tests.Harness;

namespace CcAgent.Tests.Runs;

/// <summary>A wrapped job that is running; what is left of it is ended with it.</summary>
internal sealed class StartedRun : IDisposable
{
    private readonly SecureFolder _folder;
    private readonly Process _process;

    private StartedRun(SecureFolder folder, Process process) => (_folder, _process) = (folder, process);


    internal int Pid => _process.Id;

    /// <param name="folder">Whose socket is reported to.</param>
    /// <param name="job">The job's id, one test's own.</param>
    /// <param name="script">A script of the shell.</param>
    /// <param name="options">Options of exec.</param>
    internal static StartedRun Of(SecureFolder folder, string job, string script, params string[] options)
    {
        var start = new ProcessStartInfo(AgentProgram.Path, ["exec", "--job-id", job, "--socket-path", folder.Socket, .. options, "--", "/bin/sh", "-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new StartedRun(folder, Process.Start(start)!);
    }

    /// <summary>The path of its mark, once it has one.</summary>
    internal async Task<string> MarkAsync()
    {
        string? found = null;
        await Eventually.TrueAsync(() => (found = Marks(_folder).FirstOrDefault(IsMine)) is not null, "the run's mark");
        return found!;
    }

    /// <summary>Its run id, once it has a mark.</summary>
    internal async Task<string> IdAsync() => RunMark.Read(SmallFile.Read(await MarkAsync()), out _)!.RunId;

    internal static IReadOnlyList<string> Marks(SecureFolder folder) => Directory.Exists(folder.Spool) ? Directory.GetFiles(folder.Spool, "*.run") : [];

    internal Task<string?> LineAsync() => _process.StandardOutput.ReadLineAsync();

    internal async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL to the wrapper alone.</summary>
    internal async Task KillWrapperAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    // .NET's own reading asks for a lock.
    private bool IsMine(string path) =>
        SmallFile.Read(path) is { } bytes && Encoding.UTF8.GetString(bytes).Contains($"\"wrapperPid\":{Pid},", StringComparison.Ordinal);
}
