using CcConsole.Commands;
using CcConsole.Fleet.Agents;

namespace CcConsole.Screens;

/// <summary>What can be done with the hosts' agents.</summary>
internal static class AgentCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<AgentsScreen>("agent.chain", "Enter", "chain", "Open the verified copy of the chain that the agent keeps", CommandArea.Agents,
            screen => screen.Shell.Push(new AuditScreen(screen.Shell, screen.Host!)), screen => screen.Host is null ? "there is no host yet" : null, hint: true),
        Change("agent.install", "i", "install", "Install the agent on the host, after its plan is confirmed", (agents, host, stop) => agents.PlanInstallAsync(host, null, stop)),
        Change("agent.upgrade", "U", "upgrade", "Upgrade the agent to the one in this console, after its plan is confirmed", (agents, host, stop) => agents.PlanUpgradeAsync(host, null, stop)),
        Change("agent.uninstall", "Del x", "uninstall", "Take away what installing made, after its plan is confirmed; its records stay", (agents, host, stop) => agents.PlanUninstallAsync(host, false, stop)),
    ];

    private static ConsoleCommand Change(string id, string keys, string name, string description, Func<AgentOperations, string, CancellationToken, Task<AgentPlan>> make) =>
        ConsoleCommand.On<AgentsScreen>(id, keys, name, description, CommandArea.Agents,
            screen => AgentChange.Start(screen, screen.Host!, make),
            screen => screen.Shell.WhyReadOnly ?? (screen.Host is null ? "there is no host yet" : null), hint: true);
}
