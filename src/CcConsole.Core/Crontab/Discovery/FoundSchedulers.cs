namespace CcConsole.Core.Crontab.Discovery;

/// <summary>Which daemons there are, from the processes and packages of the answer.</summary>
internal static class FoundSchedulers
{
    private static readonly string[] Understood = ["debian", "cronie", "busybox"];

    public static List<FoundScheduler> Of(DiscoveryFrame frame)
    {
        var running = frame.Processes.Select(process => Name(process.Name, frame)).ToHashSet();
        var installed = frame.Packages.Keys.Select(package => package switch
        {
            "cron" => "debian",
            "cronie" or "systemd-cron" or "fcron" or "dcron" or "bcron" => package,
            _ => null,
        }).OfType<string>();
        return [.. running.Union(installed).Order(StringComparer.Ordinal).Select(name => new FoundScheduler(
            name, frame.Packages.GetValueOrDefault(name == "debian" ? "cron" : name, ""), running.Contains(name), Understood.Contains(name)))];
    }

    public static void AddGaps(HostCron cron, List<FoundScheduler> schedulers, List<DiscoveryGap> gaps)
    {
        var running = schedulers.Where(static found => found.IsRunning).ToList();
        if (running.Count == 0 && cron.Daemon == CronDaemonState.None)
        {
            gaps.Add(new("cron", schedulers.Count == 0 ? "the host has no cron daemon: no table is read by anything" : $"no cron daemon runs on the host ({string.Join(", ", schedulers.Select(static found => found.Name))} is installed): no entry is started",
                schedulers.Count == 0 ? "Install one there, where jobs are to run" : "Start it there, where jobs are to run"));
        }

        if (running.Count > 1)
        {
            gaps.Add(new("cron", $"several daemons run: {string.Join(", ", running.Select(static found => found.Name))}; an entry may be started by each of them", "Stop all but one"));
        }

        foreach (var found in running.Where(static found => !found.IsUnderstood))
        {
            gaps.Add(new(found.Name, $"its rules are not known here: what is shown of its tables is read by the rules of {cron.Dialect}", "Take next runs and reasons with care"));
        }
    }

    private static string Name(string process, DiscoveryFrame frame) => process switch
    {
        "cron" => frame.Packages.ContainsKey("bcron") && !frame.Packages.ContainsKey("cron") ? "bcron" : "debian",
        "busybox" or "busybox-cron" => "busybox",
        "crond" => frame.Packages.ContainsKey("dcron") && !frame.Packages.ContainsKey("cronie") ? "dcron" : "cronie",
        "bcron-start" => "bcron",
        _ => process,
    };
}
