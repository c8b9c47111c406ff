using System.Globalization;
using CcConsole.Fleet;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Monitoring;

namespace CcConsole.Screens;

/// <summary>What has to be known of a host before its list of jobs is believed: it does not answer, no cron runs, something could not be looked at.</summary>
internal static class JobBanner
{
    /// <summary>The lines above the list, the gravest first.</summary>
    public static IReadOnlyList<(string Text, string Scope)> Of(Shell shell, string? host, IReadOnlyList<HostInventory> inventories, bool loading)
    {
        List<(string, string)> lines = [];
        if (host is not null && shell.Snapshot.Host(host) is { } row)
            AddHost(lines, shell, row, inventories[0], loading);
        var gaps = inventories.Sum(inventory => inventory.Gaps.Count);
        if (gaps > 0)
        {
            lines.Add((string.Create(CultureInfo.InvariantCulture,
                $"{StatusLook.Gap.Mark(shell.Ascii)} {gaps} {(gaps == 1 ? "thing" : "things")} could not be looked at, so more may run than is shown: the rows \"gap\" say why"), "state.late"));
        }
        return lines;
    }

    private static void AddHost(List<(string, string)> lines, Shell shell, HostRow row, HostInventory inventory, bool loading)
    {
        if (row is { Cause: { } cause, IsCauseOfJobs: false })
        {
            var look = StatusLook.Of(row.Status);
            lines.Add(($"{look.Mark(shell.Ascii)} {cause}{(row.Hint is { } hint ? $" — {hint}" : "")}", look.Scope));
        }
        if (row.IsCronStopped)
            lines.Add(($"{StatusLook.Of(Status.Late).Mark(shell.Ascii)} no cron daemon was seen running on {row.Name}: none of these jobs will start", "state.late"));
        if (row.Drift > 0)
        {
            lines.Add((string.Create(CultureInfo.InvariantCulture,
                $"{(shell.Ascii ? "+-" : "±")} drift: {row.Drift} {(row.Drift == 1 ? "table was" : "tables were")} changed on {row.Name} since last seen here: d shows it"), "state.late"));
        }
        if (row.Cause is null && inventory.Jobs.Any(job => job.IsStale))
        {
            lines.Add(($"~ as of {TimeText.Near(inventory.Jobs.Min(job => job.AsOf), shell.Now)}{(loading ? ", loading" : "")}", "text.dim"));
        }
    }
}
