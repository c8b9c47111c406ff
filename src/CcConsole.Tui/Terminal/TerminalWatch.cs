using System.Diagnostics;
using System.Text;

namespace CcConsole.Tui.Terminal;

/// <summary>
/// A shell that waits beside the program and gives the terminal back when the program can no longer do it: after
/// SIGKILL, an abort, a crash of the runtime. It is told when the terminal is taken and given back, and learns of the
/// program's end by the end of its standard input. Where it cannot be started, the program goes on without it.
/// </summary>
internal sealed class TerminalWatch : IDisposable
{
    /// <summary>Where there is no terminal or no stty it ends at once; a busy machine needs a while to start the two.</summary>
    private const int ReadyMilliseconds = 10_000;

    // Stopping or ending the program's group must not end what waits for that; TTOU: it is no longer in the foreground.
    private const string Script = """
        exec 2>/dev/null
        trap '' HUP INT QUIT TERM TSTP TTIN TTOU
        found=$(stty -g </dev/tty) || exit
        echo ready
        held=
        while read -r told; do held=$told; done
        if test "$held" = taken; then
            stty "$found" </dev/tty
            printf "$1" >/dev/tty
        fi
        """;

    private readonly Process _process;

    private TerminalWatch(Process process) => _process = process;

    /// <summary>Starts it and waits until it knows the terminal's mode; null where it cannot be had.</summary>
    public static TerminalWatch? Start()
    {
        var octal = new StringBuilder();
        foreach (var value in TerminalModes.Leave)
            octal.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
        try
        {
            var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, "cc-console-watch", octal.ToString()])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            if (process is null)
                return null;
            var watch = new TerminalWatch(process);
            if (process.StandardOutput.ReadLineAsync() is var ready && ready.Wait(ReadyMilliseconds) && ready.Result == "ready")
                return watch;
            watch.Dispose();
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Tells it whether the terminal is the program's now.</summary>
    public void Tell(bool taken)
    {
        try
        {
            _process.StandardInput.WriteLine(taken ? "taken" : "given");
            _process.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Somebody ended it: the program gives the terminal back itself, as long as it lives.
        }
    }

    /// <summary>Ends its input, at which it ends.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }
        _process.Dispose();
    }
}
