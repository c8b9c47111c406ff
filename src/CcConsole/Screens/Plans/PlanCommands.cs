using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done with plans for many hosts.</summary>
internal static class PlanCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<PlansScreen>("plan.open", "Enter", "open", "Open the plan: a row a change, with its result", CommandArea.Plans,
            screen => screen.Shell.Push(new PlanScreen(screen.Shell, screen.SelectedPlan!.Id, start: false)), screen => screen.SelectedPlan is null ? "there is no plan yet" : null, hint: true),
        ConsoleCommand.On<PlanScreen>("plan.resume", "c", "continue", "Apply what is left of the plan; what was applied is not applied again", CommandArea.Plans,
            screen => screen.Resume(), screen => screen.Shell.WhyReadOnly ?? (screen.IsRunning ? "it is being applied" : screen.Left == 0 ? "all of it is applied" : null), hint: true),
        ConsoleCommand.On<PlanScreen>("plan.stop", "x", "stop", "Begin no further host; those under way are carried through", CommandArea.Plans,
            screen => screen.Stop(), screen => screen.IsRunning ? null : "it is not being applied", hint: true),
        ConsoleCommand.On<PlanScreen>("plan.undo", "u", "undo", "Take back what of the plan was applied, as a plan to look at first", CommandArea.Plans,
            screen => screen.Undo(), screen => screen.Shell.WhyReadOnly ?? (screen.IsRunning ? "it is being applied" : screen.Applied == 0 ? "nothing of it was applied" : null), hint: true),
    ];
}
