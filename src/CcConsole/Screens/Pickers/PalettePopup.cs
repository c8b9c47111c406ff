using CcConsole.Commands;

namespace CcConsole.Screens;

/// <summary>Everything that can be gone to or done, by its name: commands, hosts, jobs, themes.</summary>
internal sealed class PalettePopup(Shell shell) : PickerPopup("Command", Items(shell), "Name", "", "")
{
    private static IReadOnlyList<PickItem> Items(Shell shell) =>
    [
        .. CommandRegistry.For(shell.Top).Where(command => command.Area != CommandArea.Lists && command.Id is not "palette").Select(command =>
        {
            var reason = command.WhyNot(shell.Top);
            return new PickItem($"command {command.Id}", command.Id, command.Description, reason ?? command.KeyText, reason is null ? () => shell.Run(command) : null);
        }),
        .. shell.Snapshot.Hosts.Select(host => new PickItem(
            $"host {host.Name}", host.Name, $"the jobs of the host {string.Join(' ', host.Host.Tags)}", "host", () => shell.Jump(() => new JobsScreen(shell, host.Name)))),
        .. shell.Snapshot.Jobs.Select(job => new PickItem(
            $"job {job.Host} {job.Table} {job.Job.Id}",
            job.Job.Name ?? job.Job.Id, $"{job.Host}: {job.Job.ScheduleText} {job.Job.Command}", "job", () => shell.Jump(() => new JobsScreen(shell, job.Host, JobLine.KeyOf(job.Host, job.Table, job.Job.Id))))),
        .. shell.Application.Themes.Names.Select(name => new PickItem($"theme {name}", name, "use this theme", "theme", () => ThemePopup.Use(shell, name))),
    ];
}
