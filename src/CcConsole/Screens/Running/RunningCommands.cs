using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done with the runs that go on.</summary>
internal static class RunningCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<RunningScreen>("running.stop", "x Del", "stop", "Stop the run: TERM, and KILL to what is left of it ten seconds later", CommandArea.Running,
            screen => RunStop.Start(screen.Shell, screen.SelectedRun!, screen.Live),
            screen => screen.Shell.WhyReadOnly ?? (screen.SelectedRun is null ? "no run is selected" : null), hint: true),
    ];
}
