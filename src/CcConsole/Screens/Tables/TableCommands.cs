using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done with the environment lines and comments of a table.</summary>
internal static class TableCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<TableScreen>("table.change", "Enter e", "change", "Change the variable's value, or the comment's text", CommandArea.Table,
            screen => screen.Change(), WhyNot, hint: true),
        ConsoleCommand.On<TableScreen>("table.set", "n", "new variable", "Set a variable for the entries of the table", CommandArea.Table,
            screen => screen.Add(), screen => screen.Shell.WhyReadOnly, hint: true),
        ConsoleCommand.On<TableScreen>("table.comment", "#", "comment", "Write a comment above the selected line", CommandArea.Table,
            screen => screen.AddComment(), screen => screen.Shell.WhyReadOnly, hint: true),
        ConsoleCommand.On<TableScreen>("table.remove", "Del x", "remove", "Remove the line", CommandArea.Table, screen => screen.Remove(), WhyNot, hint: true),
    ];

    private static string? WhyNot(TableScreen screen) => screen.Shell.WhyReadOnly ?? (screen.SelectedLine is null ? "no line is selected" : null);
}
