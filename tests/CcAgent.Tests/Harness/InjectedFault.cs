using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace CcAgent.Tests.Harness;

/// <summary>
/// A daemon of which one system call fails, or that is killed as it makes it: strace(1) does it from outside, so that the agent is
/// the one that is shipped, its protection against LD_PRELOAD included.
/// </summary>
internal sealed class InjectedFault : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private InjectedFault(Process process) => _process = process;

    internal string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    internal bool Ended => _process.HasExited;

    internal int Pid => _process.Id;

    /// <summary>Starts the daemon in a folder.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="path">Calls on this file alone count, relative to the folder.</param>
    /// <param name="fault">As strace's --inject takes it: calls, what becomes of them, and of which (`when=N`).</param>
    internal static InjectedFault Start(SecureFolder folder, string path, string fault)
    {
        if (!File.Exists(folder.Path + "/settings.json"))
            File.WriteAllText(folder.Path + "/settings.json", "{\"watch\": false}");
        var calls = fault[..fault.IndexOf(':', StringComparison.Ordinal)];
        var start = new ProcessStartInfo(
            "/usr/bin/strace",
            ["-D", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=" + calls, "-P", $"{folder.Path}/{path}", "-e", "inject=" + fault,
            AgentProgram.Path, "daemon", "--dir", folder.Path])
        { RedirectStandardError = true };
        var fault_ = new InjectedFault(new Process { StartInfo = start });
        fault_._process.ErrorDataReceived += (_, line) =>
        {
            lock (fault_._said)
                fault_._said.AppendLine(line.Data);
        };
        fault_._process.Start();
        fault_._process.BeginErrorReadLine();
        return fault_;
    }

    /// <summary>Runs the daemon in a folder twice: to its orderly end, and until it is killed as it makes a call when it is to end.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="path">Calls on this file alone count, relative to the folder.</param>
    /// <param name="call">The call.</param>
    /// <param name="number">Which of them, from 1.</param>
    internal static async Task KillSecondRunAsync(SecureFolder folder, string path, string call, int number)
    {
        await using (var first = await RunningDaemon.StartAsync(folder))
            Assert.Equal(0, await first.StopAsync());
        await using var killed = Start(folder, path, $"{call}:signal=KILL:when={number}");
        Assert.True(await killed.ReadyAsync(), killed.Said);
        Assert.Equal(137, await killed.StopAsync());
    }

    /// <summary>Returns when it takes reports; false when it has ended before.</summary>
    internal async Task<bool> ReadyAsync()
    {
        await Eventually.TrueAsync(() => Ended || Said.Contains("cc-agent: ready", StringComparison.Ordinal), "the daemon is ready or ends: " + Said, 60);
        return !Ended;
    }

    /// <summary>SIGTERM; the exit code, 137 for one that was killed.</summary>
    internal async Task<int> StopAsync()
    {
        if (!Ended)
        {
            using var kill = Process.Start("/bin/kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        return await ExitAsync();
    }

    /// <summary>The exit code when it ends, 137 for one that was killed.</summary>
    internal async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
