using CcConsole.Screens;
using CcConsole.Tui.Input;

namespace CcConsole.Commands;

/// <summary>All commands. A screen's own come before those of every screen, so that it can give a key another meaning.</summary>
internal static class CommandRegistry
{
    /// <summary>All of them, by area.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        .. GlobalCommands.All,
        .. ListCommands.All,
        .. FleetCommands.All,
        .. JobCommands.All,
        .. TableCommands.All,
        .. PlanCommands.All,
        .. EditorCommands.All,
        .. RunCommands.All,
        .. RunningCommands.All,
        .. ReportCommands.All,
        .. AuditCommands.All,
        .. AgentCommands.All,
    ];

    /// <summary>The command of a key on a screen; null when the key has none there.</summary>
    public static ConsoleCommand? Find(Key key, Screen screen)
    {
        ConsoleCommand? general = null;
        foreach (var command in All)
        {
            if (!Has(command, key) || !command.AppliesTo(screen))
                continue;
            if (command.Area is not (CommandArea.Everywhere or CommandArea.Lists))
                return command;
            general ??= command;
        }
        return general;
    }

    /// <summary>A command by its id.</summary>
    public static ConsoleCommand? Find(string id) => All.FirstOrDefault(command => command.Id == id);

    /// <summary>What can be done on a screen, its own commands first.</summary>
    public static IEnumerable<ConsoleCommand> For(Screen screen) => All
        .Where(command => command.AppliesTo(screen))
        .OrderBy(command => command.Area is CommandArea.Everywhere ? 2 : command.Area is CommandArea.Lists ? 1 : 0);

    private static bool Has(ConsoleCommand command, Key key)
    {
        for (var i = 0; i < command.Keys.Count; i++)
        {
            if (command.Keys[i] == key)
                return true;
        }
        return false;
    }
}
