using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done with a run that was started from here.</summary>
internal static class RunCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<RunScreen>("run.stop", "x", "stop", "End the run (TERM, after 5 s KILL)", CommandArea.Run, screen => screen.Stop(),
            screen => screen.IsRunning ? null : "it has ended", hint: true),
        ConsoleCommand.On<RunScreen>("run.follow", "f", "follow", "Keep the end of the output in view", CommandArea.Run, screen => screen.Feed('f'), hint: true),
        ConsoleCommand.On<RunScreen>("run.wrap", "w", "wrap", "Wrap long lines", CommandArea.Run, screen => screen.Feed('w'), hint: true),
    ];
}
