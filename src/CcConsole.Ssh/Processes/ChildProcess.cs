using System.ComponentModel;
using System.Diagnostics;

namespace CcConsole.Ssh;

/// <summary>
/// A process of ours with its three streams, in a session of its own where the system has setsid. It is not tied to
/// our life by PR_SET_PDEATHSIG, which follows the thread that started it: it sees the end of its input instead.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly bool _leadsGroup;

    private ChildProcess(Process process, bool leadsGroup)
    {
        _process = process;
        _leadsGroup = leadsGroup;
        Exit = WaitAsync();
    }

    internal Stream Input => _process.StandardInput.BaseStream;

    internal Stream Output => _process.StandardOutput.BaseStream;

    internal Stream Error => _process.StandardError.BaseStream;

    /// <summary>The exit code; 128 and the signal's number for a process that a signal ended.</summary>
    internal Task<int> Exit { get; }

    /// <param name="executable">A path.</param>
    /// <param name="arguments">As they are, no shell reads them.</param>
    /// <param name="environment">Set on top of ours; null removes a variable.</param>
    /// <param name="directory">Working directory; empty for ours.</param>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    internal static ChildProcess Start(
        string executable,
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string?>> environment,
        string directory = "")
    {
        string? setsid = Executables.Setsid;
        ProcessStartInfo start = new(setsid ?? executable)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = directory,
        };
        if (setsid is not null)
            start.ArgumentList.Add(executable);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        foreach ((string name, string? value) in environment)
            start.Environment[name] = value;
        Process process = Process.Start(start) ?? throw new Win32Exception();
        return new ChildProcess(process, setsid is not null);
    }

    /// <summary>Asks the process and those it started to end.</summary>
    internal void Terminate() => End(Signals.Terminate);

    /// <summary>Ends the process and those it started.</summary>
    internal void Kill() => End(Signals.Kill);

    public void Dispose() => _process.Dispose();

    private void End(int signal)
    {
        // The group outlives its leader; before setsid has run there is no group of its own yet.
        if (_leadsGroup && Signals.SendToGroup(_process.Id, signal))
            return;
        try
        {
            if (!Exit.IsCompleted)
                _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in between.
        }
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        return _process.ExitCode;
    }
}
