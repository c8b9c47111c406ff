using System.Text;
using CcConsole.Fleet.Agents;
using CcConsole.Tui.Widgets;

namespace CcConsole.Screens;

/// <summary>Installs, upgrades or uninstalls the agent of a host: the plan is shown and confirmed first.</summary>
internal static class AgentChange
{
    /// <summary>Plans it, asks, applies it, and asks the agents anew.</summary>
    public static void Start(AgentsScreen screen, string host, Func<AgentOperations, string, CancellationToken, Task<AgentPlan>> make)
    {
        var shell = screen.Shell;
        shell.Operations.Start($"{host}: planning", async stop =>
        {
            var plan = await make(shell.Fleet.Agents, host, stop);
            if (plan.IsEmpty)
            {
                shell.Toasts.Show($"{host}: unchanged{(plan.VersionBefore.Length > 0 ? $", {plan.VersionBefore} is there" : ", there is no agent")}");
                return;
            }
            var input = plan.IsProduction ? new TextInput() : null;
            var question = new Question(Heading(plan), Text(plan), input, plan.IsProduction ? host : null, "Apply", "Back");
            if (await shell.AskAsync(question) != 1)
                return;
            AgentResult result;
            try
            {
                result = await shell.Fleet.Agents.ApplyAsync(plan, null, stop);
            }
            finally
            {
                // What failed may have changed the host too.
                screen.Refresh();
            }
            shell.Toasts.Show($"{host}: {(plan.Action == AgentAction.Uninstall ? "the agent is gone" : $"{result.Version} answers")}", string.Join("; ", result.Notes));
            await shell.Fleet.Monitor.RefreshAsync(host).WaitAsync(stop);
        });
    }

    /// <summary>What the plan does, to which host.</summary>
    public static string Heading(AgentPlan plan) => $"{plan.Action} the agent of {plan.Host} ({plan.Mode} mode)?";

    /// <summary>Its steps and warnings.</summary>
    public static string Text(AgentPlan plan)
    {
        var text = new StringBuilder();
        foreach (var step in plan.Steps)
            text.Append("- ").Append(step).Append('\n');
        foreach (var warning in plan.Warnings)
            text.Append("! ").Append(warning).Append('\n');
        if (plan.IsProduction)
            text.Append("\nThis is production: type the host's name.");
        return text.ToString().TrimEnd('\n');
    }
}
