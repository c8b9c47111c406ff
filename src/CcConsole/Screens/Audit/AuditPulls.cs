using System.Globalization;
using CcConsole.Core;
using Humanizer;

namespace CcConsole.Screens;

/// <summary>Pulls chains, and tells what came of it. Of all hosts' one failure is told and does not hold up the others.</summary>
internal static class AuditPulls
{
    /// <summary>Pulls one host's chain.</summary>
    /// <param name="shell">Everything around it.</param>
    /// <param name="host">The host.</param>
    /// <param name="deep">Whether every entry that the host has is held against the copy first.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task RunAsync(Shell shell, string host, bool deep, CancellationToken stop)
    {
        var pulled = await shell.Fleet.Audit.PullAsync(host, deep, stop);
        await shell.Fleet.Monitor.RefreshAsync(host).WaitAsync(stop);
        if (pulled.IsGood)
            shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"{host}: {(deep ? "every entry is as it was seen, " : "")}{"new entry".ToQuantity(pulled.Added)}"));
        else
            shell.Toasts.Fail($"{host}: {pulled.Verdict}: {pulled.Message}", pulled.Hint ?? "");
    }

    /// <summary>Pulls the chains of all hosts that have an agent.</summary>
    public static async Task RunAsync(Shell shell, bool deep, CancellationToken stop)
    {
        var hosts = shell.Snapshot.Hosts.Where(host => host.AgentVersion is not null || host.Head is not null).Select(host => host.Name).ToList();
        if (hosts.Count == 0)
        {
            shell.Toasts.Fail("no host has an agent, and only an agent keeps a chain", "7 shows the agents; I installs one.");
            return;
        }
        var problems = (await Task.WhenAll(hosts.Select(host => OneAsync(shell, host, deep, stop)))).OfType<string>().ToList();
        await shell.Fleet.Monitor.RefreshAsync().WaitAsync(stop);
        if (problems.Count == 0)
            shell.Toasts.Show(string.Create(CultureInfo.InvariantCulture, $"{"chain".ToQuantity(hosts.Count)} pulled{(deep ? ", every entry is as it was seen" : "")}"));
        else
            shell.Toasts.Fail(string.Create(CultureInfo.InvariantCulture, $"{problems.Count} of {hosts.Count}: {problems[0]}"), problems.Count > 1 ? "The fleet's audit column shows each." : "");
    }

    private static async Task<string?> OneAsync(Shell shell, string host, bool deep, CancellationToken stop)
    {
        try
        {
            var pulled = await shell.Fleet.Audit.PullAsync(host, deep, stop);
            return pulled.IsGood ? null : $"{host}: {pulled.Verdict}: {pulled.Message}";
        }
        catch (ProblemException problem)
        {
            return HostText.With(host, problem.Message);
        }
    }
}
