using System.Diagnostics;

namespace CcConsole.Tests.Shared;

/// <summary>
/// A real terminal for the tests: a tmux server of its own (own socket, no configuration), ended when disposed.
/// </summary>
internal sealed class TmuxSession : IDisposable
{
    private readonly string _socket = $"cc-test-{Environment.ProcessId}-{Guid.NewGuid():N}"[..28];

    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="environment">Set for the shell, on top of what the tests have.</param>
    public TmuxSession(int width, int height, IReadOnlyDictionary<string, string>? environment = null)
    {
        var arguments = new List<string> { "-f", "/dev/null", "new-session", "-d", "-x", $"{width}", "-y", $"{height}" };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            arguments.AddRange(["-e", $"{name}={value}"]);
        arguments.AddRange(["env", "-u", "ENV", "PS1=shell$ ", "/bin/sh"]);
        Run([.. arguments]);
        Run("set-option", "-g", "escape-time", "0");
        WaitFor("shell$");
    }

    /// <summary>Types text as it is.</summary>
    public void Type(string text) => Run("send-keys", "-l", text);

    /// <summary>Presses keys by tmux's names: Enter, Escape, Up, F1, C-c ….</summary>
    public void Press(params string[] keys) => Run(["send-keys", .. keys]);

    /// <summary>Types a line to the shell.</summary>
    public void Line(string text)
    {
        Type(text);
        Press("Enter");
    }

    /// <summary>The screen as text, a line a row.</summary>
    public string Screen() => Run("capture-pane", "-p");

    /// <summary>The screen with the escapes of its colours and attributes.</summary>
    public string ScreenWithStyles() => Run("capture-pane", "-p", "-e");

    /// <summary>1 while the alternate screen is shown, else 0.</summary>
    public bool AlternateScreen => Ask("#{alternate_on}") == "1";

    /// <summary>True while the program asks for mouse reports.</summary>
    public bool MouseOn => Ask("#{mouse_any_flag}") == "1";

    /// <summary>True while the cursor is shown.</summary>
    public bool CursorShown => Ask("#{cursor_flag}") == "1";

    /// <summary>The process id of the shell in the pane.</summary>
    public int ShellPid => int.Parse(Ask("#{pane_pid}"));

    public void Resize(int width, int height) => Run("resize-window", "-x", $"{width}", "-y", $"{height}");

    /// <summary>Waits until the screen holds the text; gives the screen. Fails with the last screen after the time.</summary>
    public string WaitFor(string text, double seconds = 60) => WaitUntil(screen => screen.Contains(text, StringComparison.Ordinal), $"\"{text}\"", seconds);

    public string WaitUntil(Func<string, bool> holds, string what, double seconds = 60)
    {
        var clock = Stopwatch.StartNew();
        string screen;
        do
        {
            screen = Screen();
            if (holds(screen)) return screen;
            Thread.Sleep(25);
        }
        while (clock.Elapsed.TotalSeconds < seconds);
        throw new TimeoutException($"{what} did not appear within {seconds} s; the screen is:\n{screen}");
    }

    public void Dispose() => TryRun("kill-server");

    private string Ask(string format) => Run("display-message", "-p", format).Trim();

    private string Run(params string[] arguments)
    {
        (int code, string output, string error) = Execute(arguments);
        return code == 0 ? output : throw new InvalidOperationException($"tmux {string.Join(' ', arguments)}: {error}");
    }

    private void TryRun(params string[] arguments) => Execute(arguments);

    private (int Code, string Output, string Error) Execute(string[] arguments)
    {
        var start = new ProcessStartInfo("tmux") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("TMUX");
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (string argument in (string[])["-u", "-L", _socket, .. arguments]) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
