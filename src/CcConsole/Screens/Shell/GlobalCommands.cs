using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done on every screen.</summary>
internal static class GlobalCommands
{
    /// <summary>The commands, in the order of the help.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        On("pane.fleet", "1", "Fleet", "The hosts", shell => shell.Jump(() => null)),
        OnHost("pane.jobs", "2", "Jobs", "The jobs of the host", (shell, host) => new JobsScreen(shell, host)),
        On("pane.all-jobs", "J", "all jobs", "The jobs of all hosts in one list", shell => shell.Jump(() => new JobsScreen(shell, null))),
        OnHost("pane.reports", "3", "Reports", "The runs of the host as they are reported, live", (shell, host) => new ReportsScreen(shell, host)),
        OnHost("pane.audit", "5", "Audit", "The verified copy of the host's audit chain", (shell, host) => new AuditScreen(shell, host)),
        On("pane.agents", "7", "Agents", "The agents of the hosts: their versions, daemons and chains", shell => shell.Jump(() => new AgentsScreen(shell))),
        On("pane.running", "L", "running", "The runs that go on now on all hosts, and stopping them", shell => shell.Jump(() => new RunningScreen(shell))),
        On("pane.plans", "P", "plans", "The plans for many hosts, and how far each has come", shell => shell.Jump(() => new PlansScreen(shell))),
        On("help", "? F1", "help", "All commands and keys of this screen; Enter runs the one chosen", shell => shell.Show(new HelpPopup(shell)), hint: true),
        On("palette", ": Ctrl+P", "command", "Find and run a command, a host, a job or a theme by its name", shell => shell.Show(new PalettePopup(shell)), hint: true),
        On("theme", "F9", "theme", "Choose a theme; it is shown as one moves", shell => shell.Show(new ThemePopup(shell))),
        On("undo", "u", "undo", "Take back the last change, as a plan to look at first", shell => UndoChange.Start(shell), shell => shell.WhyReadOnly),
        On("copy", "y", "copy", "Copy the selected name, line, id or hash to the terminal's clipboard (OSC 52)", Copy,
            shell => shell.Top.CopyText is null ? "nothing is selected" : null),
        On("refresh", "r F5", "refresh", "Read everything anew", shell => shell.Top.Refresh()),
        On("redraw", "Ctrl+L", "redraw", "Paint the screen anew", shell => shell.Application.Repaint()),
        On("suspend", "Ctrl+Z", "suspend", "Stop the console until fg continues it", shell => shell.Application.Suspend()),
        On("mouse", "F6", "mouse", "Leave the mouse to the terminal for selecting text, or take it back", ToggleMouse),
        On("back", "Esc", "back", "One level back: popup, filter, screen", shell => shell.Back()),
        On("quit", "q", "quit", "Back; asks before it leaves the console", Quit, hint: true),
        On("cancel", "Ctrl+C", "cancel", "Cancel what runs; twice within two seconds quits", _ => { }),
    ];

    private static ConsoleCommand On(string id, string keys, string name, string description, Action<Shell> run, Func<Shell, string?>? whyNot = null, bool hint = false) =>
        ConsoleCommand.On<Screen>(id, keys, name, description, CommandArea.Everywhere,
            screen => run(screen.Shell), whyNot is null ? null : screen => whyNot(screen.Shell), hint);

    private static ConsoleCommand OnHost(string id, string keys, string name, string description, Func<Shell, string, Screen> make) =>
        ConsoleCommand.On<Screen>(id, keys, name, description, CommandArea.Everywhere,
            screen =>
            {
                if (screen.Host is { } host)
                    screen.Shell.Jump(() => make(screen.Shell, host));
            },
            screen => screen.Host is not null ? null : screen.Shell.Snapshot.Hosts.Count == 0 ? "there is no host yet" : "no host is selected: 1 shows them");

    private static void Quit(Shell shell)
    {
        if (!shell.Back())
            shell.AskToQuit();
    }

    private static void Copy(Shell shell)
    {
        if (shell.Top.CopyText is not { } text)
            return;
        shell.Application.Copy(text);
        // Whether the terminal obeys cannot be known: the text is shown, to be selected by hand.
        shell.Toasts.Show($"copied: {text}", "Not in the clipboard? F6 releases the mouse for selecting.");
    }

    private static void ToggleMouse(Shell shell)
    {
        shell.Application.Mouse = !shell.Application.Mouse;
        shell.Toasts.Show(shell.Application.Mouse ? "the mouse is the console's again" : "the mouse is the terminal's: select text; F6 takes it back");
    }
}
