using System.Globalization;
using CcConsole.Tests.Shared;
using Xunit;

namespace EndToEnd.Harness;

/// <summary>The published console on a real terminal, started by a shell that notes what the terminal was like before and after.</summary>
internal sealed class ConsoleScreen : IDisposable
{
    private readonly string _folder;

    /// <param name="home">Whose console.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="environment">Variables on top; TERM is tmux's own.</param>
    public ConsoleScreen(ConsoleHome home, int width = 120, int height = 36, IReadOnlyDictionary<string, string>? environment = null)
    {
        _folder = home.Folder;
        var all = new Dictionary<string, string> { ["HOME"] = home.Folder };
        foreach ((string name, string? value) in home.Environment)
        {
            if (name != "TERM") all[name] = value ?? "";
        }
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) all[name] = value;
        Terminal = new TmuxSession(width, height, all);
        Terminal.Line($"ulimit -c 0; cd {_folder}; stty -a >before; clear");
    }

    public TmuxSession Terminal { get; }

    /// <summary>Starts the console and waits for a text of its first frames.</summary>
    public void Start(string wait, string variables = "")
    {
        Terminal.Line($"{variables} {Published.Console}; echo \"code=$?\" | tee code; stty -a >after; echo D''ONE");
        Terminal.WaitFor(wait);
    }

    /// <summary>The number of the console's process: the shell's only child.</summary>
    public int Pid => int.Parse(
        File.ReadAllText($"/proc/{Terminal.ShellPid}/task/{Terminal.ShellPid}/children").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>The console has ended so, and the terminal is what it was before: modes, main screen, cursor, mouse.</summary>
    public void Ended(int code) => Left(Terminal.WaitFor("DONE"), code);

    private void Left(string screen, int code)
    {
        Assert.Equal($"code={code}\n", File.ReadAllText(Path.Combine(_folder, "code")));
        Assert.False(Terminal.AlternateScreen, screen);
        Assert.True(Terminal.CursorShown, screen);
        Assert.False(Terminal.MouseOn, screen);
        Assert.Equal(File.ReadAllText(Path.Combine(_folder, "before")), File.ReadAllText(Path.Combine(_folder, "after")));
    }

    /// <summary>The same for an end at which the console could do nothing any more: somebody else gives the terminal back a moment later.</summary>
    public void Crashed(int code)
    {
        Terminal.WaitUntil(_ => !Terminal.AlternateScreen, "the main screen");
        // What the shell did right after the console's end, it did before or after that.
        Terminal.Line("stty -a >after; echo GIVEN''BACK");
        Left(Terminal.WaitFor("GIVENBACK"), code);
    }

    public void Dispose() => Terminal.Dispose();
}
