using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>All commands of the screen with their keys, made from the registry. What cannot be done now says why.</summary>
internal sealed class HelpPopup(Shell shell) : PickerPopup("Help: what the keys do here", Items(shell), "Key", "Does", "Name")
{
    private static IReadOnlyList<PickItem> Items(Shell shell) =>
    [
        .. CommandRegistry.For(shell.Top).Select(command =>
        {
            var reason = command.WhyNot(shell.Top);
            return new PickItem(
                command.Id,
                command.KeyText.Length > 0 ? command.KeyText : $":{command.Id}",
                reason is null ? command.Description : $"{command.Description} ({reason})",
                command.Name,
                reason is null ? () => shell.Run(command) : null);
        }),
    ];
}
