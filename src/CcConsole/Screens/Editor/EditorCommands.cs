using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done in the job editor, besides typing.</summary>
internal static class EditorCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<EditorScreen>("editor.review", "Ctrl+S", "review", "Show the change as a plan with its diff, and write it when confirmed",
            CommandArea.Editor, screen => screen.Save(), screen => screen.WhyNotSave, hint: true),
        ConsoleCommand.On<EditorScreen>("editor.command", "Ctrl+E", "$EDITOR", "Open the command in $EDITOR",
            CommandArea.Editor, screen => screen.EditCommand(), screen => screen.WhyNoEditor, hint: true),
        ConsoleCommand.On<EditorScreen>("editor.reread", "Ctrl+R", "re-read", "Read the table again: shows what someone else changed meanwhile; the draft stays",
            CommandArea.Editor, screen => screen.ReadAgain(), hint: true),
        ConsoleCommand.On<EditorScreen>("editor.next", "Tab Down", "next field", "To the next field; Shift+Tab and Up go back",
            CommandArea.Editor, screen => screen.Handle(new Tui.Input.KeyEvent(Tui.Input.KeyCode.Tab)), hint: true),
        ConsoleCommand.On<EditorScreen>("editor.leave", "Esc", "leave", "Leave the editor; asks when something is not written",
            CommandArea.Editor, screen => screen.Shell.Back(), hint: true),
    ];
}
