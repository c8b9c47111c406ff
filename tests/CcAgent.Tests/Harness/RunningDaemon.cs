using System.Diagnostics;
using System.Text;

namespace CcAgent.Tests.Harness;

/// <summary>A daemon that has said that it is ready.</summary>
internal sealed class RunningDaemon : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource _ready = new();

    private RunningDaemon(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_said)
                _said.AppendLine(line.Data);
            if (line.Data?.StartsWith("cc-agent: ready", StringComparison.Ordinal) == true)
                _ready.TrySetResult();
        };
        _process.Start();
        _process.BeginErrorReadLine();
    }

    internal int Pid => _process.Id;

    internal string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>One that has only just been started, and has said nothing yet.</summary>
    internal static RunningDaemon Begin(SecureFolder folder) =>
        new(new ProcessStartInfo(AgentProgram.Path, ["daemon", "--dir", folder.Path]) { RedirectStandardError = true });

    internal static Task<RunningDaemon> StartAsync(SecureFolder folder, params string[] options) => StartInAsync(folder.Path, options);

    internal static Task<RunningDaemon> StartInAsync(string directory, params string[] options)
    {
        // What other tests do to this machine's tables is no business of a test's daemon, unless it says so.
        if (Directory.Exists(directory) && !File.Exists(directory + "/settings.json"))
            File.WriteAllText(directory + "/settings.json", "{\"watch\": false}");
        return StartAsync(new ProcessStartInfo(AgentProgram.Path, ["daemon", "--dir", directory, .. options]));
    }

    /// <summary>Within the mount namespace of another process, as root or as a user there.</summary>
    internal static Task<RunningDaemon> StartWithinAsync(int pid, params string[] command) => StartAsync(
        new ProcessStartInfo("/usr/bin/nsenter", ["-t", pid.ToString(System.Globalization.CultureInfo.InvariantCulture), "-m", "--", .. command]));

    /// <summary>With variables in its environment.</summary>
    internal static Task<RunningDaemon> StartInAsync(string directory, (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(AgentProgram.Path, ["daemon", "--dir", directory]);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return StartAsync(start);
    }

    /// <summary>Through a program that confines it and becomes it.</summary>
    internal static Task<RunningDaemon> StartInAsync(string directory, string through, string[] options) =>
        StartAsync(new ProcessStartInfo(through, [.. options, AgentProgram.Path, "daemon", "--dir", directory]));

    /// <summary>As another user; without a folder in the user's own places.</summary>
    internal static Task<RunningDaemon> StartAsAsync(TestUser user, params string[] options)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv", [.. user.SetPrivileges, AgentProgram.Path, "daemon", .. options]) { WorkingDirectory = "/" };
        foreach (var (name, value) in user.Environment)
            start.Environment[name] = value;
        return StartAsync(start);
    }

    private static async Task<RunningDaemon> StartAsync(ProcessStartInfo start)
    {
        start.RedirectStandardError = true;
        var daemon = new RunningDaemon(start);
        await Task.WhenAny(daemon._ready.Task, daemon._process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(60)));
        if (daemon._ready.Task.IsCompletedSuccessfully)
            return daemon;
        await daemon.DisposeAsync();
        throw new InvalidOperationException("the daemon did not start: " + daemon.Said);
    }

    /// <summary>SIGKILL.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    internal async Task<int> StopAsync()
    {
        using var kill = Process.Start("/bin/kill", ["-TERM", Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }
}
