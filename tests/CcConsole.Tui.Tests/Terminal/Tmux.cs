using System.Diagnostics;
using System.Text.RegularExpressions;

namespace CcConsole.Tui.Tests.Terminal;

/// <summary>A real terminal: a shell in a tmux server of its own, in a folder of its own, both gone at the end.</summary>
internal sealed partial class Tmux : IDisposable
{
    private static readonly string[] Settings = ["set -g default-terminal tmux-256color\n", "set -g escape-time 0\n", "set -g focus-events on\n"];

    private readonly string _socket;

    public Tmux(int width = 80, int height = 24)
    {
        Folder = Directory.CreateTempSubdirectory("cc-tui-").FullName;
        _socket = Path.Combine(Folder, "socket");
        var settings = Path.Combine(Folder, "tmux.conf");
        File.WriteAllText(settings, string.Concat(Settings));
        Run("-f", settings, "new-session", "-d", "-x", $"{width}", "-y", $"{height}", "-c", Folder, "env PS1='READY$ ' LC_ALL=C.UTF-8 ENV= sh -i");
        WaitFor("READY$");
        Line("ulimit -c 0");
    }

    public string Folder { get; }

    public static string Sample => Path.Combine(AppContext.BaseDirectory, "CcConsole.Tui.Sample");

    public string Screen => Run("capture-pane", "-p");

    public string Format(string format) => Run("display-message", "-p", format).TrimEnd('\n');

    public void Line(string text) => Run("send-keys", text, "Enter");

    public void Keys(params string[] keys) => Run(["send-keys", .. keys]);

    public void Paste(string text)
    {
        Run("set-buffer", text);
        Run("paste-buffer", "-p");
    }

    public void Resize(int width, int height) => Run("resize-window", "-x", $"{width}", "-y", $"{height}");

    public string WaitFor(string text) => WaitUntil(() => Screen.Contains(text, StringComparison.Ordinal), text);

    public string WaitUntil(Func<bool> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        do
        {
            if (holds())
                return Screen;
            Thread.Sleep(50);
        }
        while (clock.Elapsed < TimeSpan.FromSeconds(60));
        throw new TimeoutException($"did not come: {what}\n{Screen}");
    }

    public string ReadFile(string name)
    {
        var path = Path.Combine(Folder, name);
        WaitUntil(() => File.Exists(path) && new FileInfo(path).Length > 0, path);
        return File.ReadAllText(path);
    }

    /// <summary>
    /// Starts the sample in the shell; what the terminal was like before is in the file "before". All that the terminal was asked it has
    /// answered then: an answer that comes after the end of the sample would stand between the words of the shell.
    /// </summary>
    public int StartSample()
    {
        Line($"stty -a > before; {Sample}; echo \"code=$?\"; stty -a > after; echo D''ONE");
        WaitFor("answers all");
        var shell = Format("#{pane_pid}");
        var children = File.ReadAllText($"/proc/{shell}/task/{shell}/children");
        return int.Parse(FirstNumber().Match(children).Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        Run("kill-server");
        Directory.Delete(Folder, recursive: true);
    }

    private string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("tmux") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-u", "-S", _socket, .. arguments])
            start.ArgumentList.Add(argument);
        start.Environment.Remove("TMUX");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"tmux {string.Join(' ', arguments)}: {error.Result}");
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex FirstNumber();
}
