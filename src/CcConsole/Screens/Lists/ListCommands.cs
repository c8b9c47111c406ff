using CcConsole.Commands;
using CcConsole.Tui.Input;

namespace CcConsole.Screens;

/// <summary>What can be done in every list.</summary>
internal static class ListCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        Move("move.up", "Up k", "up", "One row up", KeyCode.Up),
        Move("move.down", "Down j", "down", "One row down", KeyCode.Down),
        Move("move.page-up", "PgUp", "page up", "One page up", KeyCode.PageUp),
        Move("move.page-down", "PgDn", "page down", "One page down", KeyCode.PageDown),
        Move("move.first", "Home g", "first", "To the first row", KeyCode.Home),
        Move("move.last", "End G", "last", "To the last row", KeyCode.End),
        Move("sort.column-left", "Left", "column left", "Column cursor (or long text) to the left", KeyCode.Left),
        Move("sort.column-right", "Right", "column right", "Column cursor (or long text) to the right", KeyCode.Right),
        Move("sort", "s", "sort", "Sort by the column cursor; the order is remembered", 's'),
        Move("sort.reverse", "S", "reverse", "Reverse the order", 'S'),
        ConsoleCommand.On<IListScreen>("pane.other", "Tab", "pane", "The keys that move go to the other pane: list or detail", CommandArea.Lists, list => list.SwitchPane()),
        ConsoleCommand.On<IListScreen>("filter", "/", "filter", "Filter as you type: words that must occur, !words that must not; Esc clears",
            CommandArea.Lists, list => list.OpenFilter(), hint: true),
        ConsoleCommand.On<IMarkable>("mark", "Space", "mark", "Mark the row, or take the mark off: what is done then is done to all that are marked; Esc takes all marks off",
            CommandArea.Lists, list => list.ToggleMark(), when: list => list.CanMark),
        ConsoleCommand.On<IMarkable>("mark.range", "v", "mark range", "Mark the rows from the one that was marked last to this one",
            CommandArea.Lists, list => list.MarkRange(), when: list => list.CanMark),
    ];

    private static ConsoleCommand Move(string id, string keys, string name, string description, Key key) =>
        ConsoleCommand.On<IListScreen>(id, keys, name, description, CommandArea.Lists, list => list.Feed(key));
}
