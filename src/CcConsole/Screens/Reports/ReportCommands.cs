using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done with the runs of a host.</summary>
internal static class ReportCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<ReportsScreen>("reports.follow", "f", "follow", "Keep the newest run selected; moving up ends it", CommandArea.Reports, screen => screen.ToggleFollow(), hint: true),
        ConsoleCommand.On<ReportsScreen>("reports.wrap", "w", "wrap", "Wrap long lines of output", CommandArea.Reports, screen => screen.ToggleWrap(), hint: true),
        ConsoleCommand.On<ReportsScreen>("reports.failures", "m", "failures", "Show failures only, or all runs", CommandArea.Reports, screen => screen.ToggleFailures(), hint: true),
    ];
}
