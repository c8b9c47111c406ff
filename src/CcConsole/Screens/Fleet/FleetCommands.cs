using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>What can be done with the list of hosts.</summary>
internal static class FleetCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        ConsoleCommand.On<FleetScreen>("host.open", "Enter", "jobs", "Open the jobs of the host", CommandArea.Fleet,
            screen => screen.Shell.Push(new JobsScreen(screen.Shell, screen.Host!)), Selected, hint: true),
        ConsoleCommand.On<FleetScreen>("host.add", "a", "add", "Add a host", CommandArea.Fleet,
            screen => HostForm.Start(screen.Shell), screen => screen.Shell.WhyReadOnly, hint: true),
        ConsoleCommand.On<FleetScreen>("host.import", "i", "import", "Pick hosts from ssh_config", CommandArea.Fleet,
            screen => screen.Shell.Push(new CandidatesScreen(screen.Shell)), screen => screen.Shell.WhyReadOnly),
        ConsoleCommand.On<FleetScreen>("host.remove", "Del x", "remove", "Take the host off the list; what is known of it stays in the cache", CommandArea.Fleet,
            Remove, screen => Selected(screen) ?? screen.Shell.WhyReadOnly, hint: true),
        ConsoleCommand.On<FleetScreen>("host.test", "t", "test", "Connect to the host anew and say what is there and what is wrong", CommandArea.Fleet,
            Test, Selected, hint: true),
        ConsoleCommand.On<CandidatesScreen>("hosts.mark", "Space", "mark", "Mark the host, or take the mark off", CommandArea.Fleet,
            screen => screen.Feed(' '), hint: true),
        ConsoleCommand.On<CandidatesScreen>("hosts.add-marked", "Enter", "add marked", "Add the marked hosts to the list, after a question", CommandArea.Fleet,
            screen => screen.AddMarked(), screen => screen.Shell.WhyReadOnly, hint: true),
    ];

    private static string? Selected(FleetScreen screen) => screen.Host is null ? "there is no host yet" : null;

    private static void Remove(FleetScreen screen)
    {
        var (shell, host) = (screen.Shell, screen.Host!);
        shell.Operations.Start($"removing {host}", async _ =>
        {
            var question = new Question($"Remove {host}?", $"{host} is taken off the list. Its table is not touched; its chain copy, reports and changes stay in the cache.", "Remove", "Back");
            if (await shell.AskAsync(question) != 1)
                return;
            await shell.Fleet.Hosts.RemoveAsync(host);
            shell.Fleet.Monitor.Publish();
            shell.Toasts.Show($"{host} is off the list");
        });
    }

    private static void Test(FleetScreen screen)
    {
        var (shell, host) = (screen.Shell, screen.Host!);
        shell.Operations.Start($"{host}: connecting", async stop =>
        {
            var test = await shell.Fleet.Hosts.TestAsync(shell.Fleet.Hosts.Get(host), stop);
            await HostTestReport.ShowAsync(shell, test, stop);
            await shell.Fleet.Monitor.RefreshAsync(host);
        });
    }
}
