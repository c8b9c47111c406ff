using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done with the hosts' agents.</summary>
internal static class AgentCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<AgentsScreen>("agent.chain", "Enter", "chain", "Open the verified copy of the chain that the agent keeps", CommandArea.Agents,
            screen => screen.Shell.Push(new AuditScreen(screen.Shell, screen.Host!)), screen => screen.Host is null ? "there is no host yet" : null, hint: true),
    ];
}
