using System.Diagnostics;

namespace CcConsole.Tui.Terminal;

/// <summary>Runs a program on the terminal, such as an editor; to be called through <see cref="App.Application.Outside"/>.</summary>
public static class ForegroundCommand
{
    /// <summary>Runs <c>sh -c 'COMMAND "$@"'</c>, since EDITOR may hold arguments, and waits.</summary>
    /// <param name="command">A shell command, such as the value of EDITOR.</param>
    /// <param name="arguments">Arguments, passed as they are.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string command, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(command + " \"$@\"");
        start.ArgumentList.Add("sh");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start");
        process.WaitForExit();
        return process.ExitCode;
    }
}
