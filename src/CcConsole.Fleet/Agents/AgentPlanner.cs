using System.Text;
using CcConsole.Core;
using CcConsole.Core.Agents;
using CcConsole.Core.Services;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Agents;

/// <summary>Makes plans of what was found on a host; asks no host.</summary>
internal sealed class AgentPlanner(FleetOptions options)
{
    private readonly Lazy<IReadOnlyList<AgentBinary>> _carried = new(() => options.AgentBinaries?.Invoke() ?? []);

    /// <summary>The executables in this program.</summary>
    public IReadOnlyList<AgentBinary> Carried => _carried.Value;

    public static string Words(AgentAction action) => action switch
    {
        AgentAction.Install => "installing the agent",
        AgentAction.Upgrade => "upgrading the agent",
        AgentAction.Rollback => "rolling the agent back",
        _ => "uninstalling the agent",
    };

    public static string UnitText(InstallRecord record) => record.Service switch
    {
        InstallRecord.Systemd => ServiceText.Systemd(record.Agent),
        InstallRecord.User => ServiceText.SystemdUser(record.Agent),
        InstallRecord.OpenRc => ServiceText.OpenRc(record.Agent),
        _ => "",
    };

    public AgentPlan Install(HostEntry host, AgentProbe probe, IReadOnlyList<AgentBinary> binaries)
    {
        RequirePlace(host, probe);
        AgentBinary binary = Choose(host, probe, binaries);
        if (probe.HasAgent)
        {
            if (probe.Record is { } json && InstallRecord.Parse(json) is var known)
            {
                return probe.Digest == binary.Sha256 && probe.DaemonPid is not null
                    ? Plan(host, probe, AgentAction.Install, known, []) with { DigestAfter = binary.Sha256, VersionAfter = Plain.Text(probe.Version) }
                    : throw new ProblemException(
                        probe.Digest == binary.Sha256 ? $"{host.Name}: this agent is installed, but its daemon does not answer" : $"{host.Name} has another agent, {Said(probe.Version)}",
                        probe.Digest == binary.Sha256 ? $"cc-console agent status {host.Name}; cc-console agent upgrade {host.Name} starts it again" : $"cc-console agent upgrade {host.Name}");
            }

            throw Foreign(host, probe);
        }

        string service = probe.Mode == "system"
            ? probe.Init switch { "systemd" => InstallRecord.Systemd, "openrc" => InstallRecord.OpenRc, _ => InstallRecord.Direct }
            : probe.HasUserManager ? InstallRecord.User : InstallRecord.Direct;
        string? unit = service switch
        {
            InstallRecord.Systemd => ServiceText.SystemdFile,
            InstallRecord.User => $"{probe.UnitFolder}/cc-agent.service",
            InstallRecord.OpenRc => ServiceText.OpenRcFile,
            _ => null,
        };
        bool entry = probe.Mode == "user" && service == InstallRecord.Direct;
        InstallRecord record = new()
        {
            Agent = probe.Agent,
            Version = binary.Version,
            Sha256 = binary.Sha256,
            Service = service,
            Unit = unit,
            TableEntry = entry ? $"@reboot {ServiceText.RebootCommand(probe.Agent)}" : null,
            Group = probe is { Mode: "system", HasGroup: false } ? "croncommander" : null,
            Folders = [.. probe.Missing, .. service == InstallRecord.User ? probe.MissingForUnit : []],
            InstalledAt = options.Time.GetUtcNow(),
            InstalledBy = $"{options.Actor} at {options.Origin}",
        };
        List<string> steps = [.. record.Folders.Select(folder => $"make the folder {Plain.Text(folder)}")];
        steps.Add($"put the agent at {Plain.Text(probe.Agent)} ({binary.Size / 1024.0 / 1024.0:0.0} MiB, sha256 {binary.Sha256[..12]}…, checked there)");
        if (record.Group is not null)
        {
            steps.Add($"make the group {record.Group}, whose members reach the agent's socket");
        }

        steps.Add(unit is null ? "start its daemon" : $"put its service at {Plain.Text(unit)}, start it now and at every boot");
        List<string> warnings = [];
        if (entry)
        {
            steps.Add("add an @reboot entry to your table, which starts it at boot");
            if (!probe.State.StartsWith(probe.Home + "/.local/state/", StringComparison.Ordinal))
            {
                warnings.Add($"the login has XDG_STATE_HOME, which cron does not know: set it in the table too, or the daemon keeps another record after a boot");
            }
        }
        else if (service == InstallRecord.Direct)
        {
            warnings.Add("nothing on this host starts services (a container?): the daemon is started now; after a restart it must be started again, as by the script that cc-agent unit container prints");
        }

        return Plan(host, probe, AgentAction.Install, record, steps) with
        {
            Binary = binary,
            DigestAfter = binary.Sha256,
            VersionAfter = binary.Version,
            Warnings = warnings,
        };
    }

    public static AgentPlan Upgrade(HostEntry host, AgentProbe probe, IReadOnlyList<AgentBinary> binaries)
    {
        InstallRecord record = Managed(host, probe);
        AgentBinary binary = Choose(host, probe, binaries);
        AgentPlan plan = Plan(host, probe, AgentAction.Upgrade, record, []) with { Binary = binary, DigestAfter = binary.Sha256, VersionAfter = binary.Version };
        return probe.Digest == binary.Sha256 && probe.DaemonPid is not null && record.Sha256 == binary.Sha256 ? plan : plan with
        {
            Steps =
            [
                $"put the agent {Said(binary.Version)} at {Plain.Text(probe.Agent)} ({binary.Size / 1024.0 / 1024.0:0.0} MiB, sha256 {binary.Sha256[..12]}…, checked there)",
                $"keep the one that is there ({Said(probe.Version)}) for a rollback",
                "start its daemon anew; runs that go on are not touched, and their reports wait in the spool",
            ],
        };
    }

    public static AgentPlan Rollback(HostEntry host, AgentProbe probe)
    {
        InstallRecord record = Managed(host, probe);
        if (probe.PreviousDigest.Length == 0)
        {
            throw new ProblemException($"{host.Name} keeps no agent from before an upgrade", "cc-console agent upgrade with --release FILE puts any version there");
        }

        return Plan(host, probe, AgentAction.Rollback, record,
        [
            $"put the agent from before ({Said(probe.PreviousVersion)}) at {Plain.Text(probe.Agent)}",
            $"keep the one that is there ({Said(probe.Version)}) in its stead",
            "start its daemon anew; runs that go on are not touched, and their reports wait in the spool",
        ]) with
        { DigestAfter = probe.PreviousDigest, VersionAfter = Plain.Text(probe.PreviousVersion) };
    }

    public static AgentPlan Uninstall(HostEntry host, AgentProbe probe, bool purge)
    {
        if (!probe.HasAgent && probe.Record is null)
        {
            InstallRecord none = new() { Agent = probe.Agent, Version = "", Sha256 = "", Service = InstallRecord.Direct, Folders = [], InstalledAt = default, InstalledBy = "" };
            return Plan(host, probe, AgentAction.Uninstall, none, []);
        }

        InstallRecord record = Managed(host, probe);
        if (probe.HasAgent && probe.Digest != record.Sha256)
        {
            throw new ProblemException(
                $"{host.Name}: {Plain.Text(probe.Agent)} is not the executable that was installed: someone replaced it by hand",
                $"cc-console agent upgrade {host.Name} puts one there that is known; or remove it by hand");
        }

        if (probe.Uses.Count > 0)
        {
            throw new ProblemException(
                $"{host.Name}: {probe.Uses.Count} {(probe.Uses.Count == 1 ? "entry still uses" : "entries still use")} the agent: {string.Join("; ", probe.Uses.Take(5).Select(Plain.Text))}{(probe.Uses.Count > 5 ? "; …" : "")}",
                $"Take the wrapper off first: cc-console job release {host.Name} JOB");
        }

        if (probe.Runs > 0)
        {
            throw new ProblemException($"{host.Name}: {probe.Runs} {(probe.Runs == 1 ? "run goes" : "runs go")} on under the agent", $"Wait for them, or stop them: cc-console job running {host.Name}");
        }

        List<string> steps = ["stop its daemon"];
        if (record.Unit is { } unit)
        {
            steps.Add($"remove its service {Plain.Text(unit)}");
        }

        if (record.TableEntry is not null)
        {
            steps.Add("take its @reboot entry out of your table");
        }

        steps.Add($"remove {Plain.Text(probe.Agent)}, the one kept for a rollback, and the record of the installation");
        if (record.Group is { } group)
        {
            steps.Add($"remove the group {Plain.Text(group)}");
        }

        steps.Add(purge ? $"remove reports and audit chain in {Plain.Text(probe.State)}" : $"leave reports and audit chain in {Plain.Text(probe.State)}");
        if (record.Folders.Count > 0)
        {
            steps.Add("remove the folders that were made, where they are empty");
        }

        return Plan(host, probe, AgentAction.Uninstall, record, steps) with
        {
            Purges = purge,
            Warnings = purge ? ["the host's own copy of its evidence is gone then: cc-console audit pull takes a verified one first"] : [],
        };
    }

    /// <summary>The entry that starts the daemon at boot, at the end of the table.</summary>
    public static AgentPlan WithTable(AgentPlan plan, TableSnapshot table)
    {
        string entry = plan.Record.TableEntry!;
        byte[] before = table.Bytes.ToArray();
        bool open = before.Length > 0 && before[^1] != '\n';
        byte[] after = [.. before, .. Encoding.UTF8.GetBytes($"{(open ? "\n" : "")}{entry}\n")];
        return plan with
        {
            Record = plan.Record with { HadTable = table.Exists, TableEntry = entry },
            Table = Change(plan, table, after, "start the agent at boot"),
        };
    }

    /// <summary>The table without that entry: all other bytes as they are.</summary>
    public static AgentPlan WithoutTable(AgentPlan plan, TableSnapshot table)
    {
        byte[] before = table.Bytes.ToArray(), line = Encoding.UTF8.GetBytes($"{plan.Record.TableEntry}\n");
        int at = before.AsSpan().StartsWith(line) ? 0 : before.AsSpan().IndexOf([(byte)'\n', .. line]) is >= 0 and var found ? found + 1 : -1;
        if (at < 0)
        {
            return plan with { Warnings = [.. plan.Warnings, "its @reboot entry is not in your table any more, as it was written"] };
        }

        byte[] after = [.. before.AsSpan(0, at), .. before.AsSpan(at + line.Length)];
        return plan with { Table = Change(plan, table, after, "no longer start the agent at boot") with { Removes = after.Length == 0 && !plan.Record.HadTable } };
    }

    /// <summary>How what is there stands to what this program carries.</summary>
    public AgentMatch Match(AgentProbe probe)
    {
        AgentBinary? ours = Carried.FirstOrDefault(binary => binary.Machine == probe.Machine);
        if (ours is null || !probe.HasAgent)
        {
            return AgentMatch.Unknown;
        }

        if (ours.Sha256 == probe.Digest)
        {
            return AgentMatch.Equal;
        }

        return Number(probe.Version) is { } theirs && Number(ours.Version) is { } own && theirs != own
            ? theirs < own ? AgentMatch.Older : AgentMatch.Newer
            : AgentMatch.Different;
    }

    private static Version? Number(string version) => Version.TryParse(version.Split('-', '+')[0], out Version? number) ? number : null;

    private static ChangePlan Change(AgentPlan plan, TableSnapshot table, byte[] after, string description) => new()
    {
        Host = plan.Host,
        Table = table.Id,
        IsOwnTable = true,
        Existed = table.Exists,
        Before = table.Bytes,
        After = after,
        Description = description,
        IsProduction = plan.IsProduction,
    };

    private static AgentPlan Plan(HostEntry host, AgentProbe probe, AgentAction action, InstallRecord record, IReadOnlyList<string> steps) => new()
    {
        Host = host.Name,
        Action = action,
        Mode = Plain.Text(probe.Mode),
        AgentPath = Plain.Text(probe.Agent),
        VersionBefore = Plain.Text(probe.Version),
        DigestBefore = Plain.Text(probe.Digest),
        Steps = steps,
        IsProduction = host.IsProduction,
        Probe = probe,
        Record = record,
    };

    private static InstallRecord Managed(HostEntry host, AgentProbe probe)
    {
        RequirePlace(host, probe);
        if (probe.Record is not { } json)
        {
            throw probe.HasAgent ? Foreign(host, probe) : new ProblemException($"{host.Name} has no agent", $"cc-console agent install {host.Name}");
        }

        InstallRecord record = InstallRecord.Parse(json);
        return record.Agent == probe.Agent
            ? record
            : throw new ProblemException($"{host.Name}: the record of the installation names {Plain.Text(record.Agent)}, not {Plain.Text(probe.Agent)}", "Was the home moved? Remove that agent by hand");
    }

    private static ProblemException Foreign(HostEntry host, AgentProbe probe) => new(
        $"{host.Name}: {Plain.Text(probe.Agent)} was not put there by a console", "Stop its daemon and remove it; its records stay, and cc-console agent install goes on with them");

    private static void RequirePlace(HostEntry host, AgentProbe probe)
    {
        if (host.AgentDir is not null || (host.AgentPath is { } named && named != probe.Agent))
        {
            throw new ProblemException(
                $"{host.Name}: the list of hosts names another place for its agent than {Plain.Text(probe.Agent)}", "Take agentPath and agentDir out of hosts.json, or keep that agent by hand");
        }

        if (!ServiceText.IsPath(probe.Agent))
        {
            throw new ProblemException($"{host.Name}: an agent at {Plain.Text(probe.Agent)} could not be named in a service or table", "Use an account whose home has a plainer name");
        }
    }

    private static AgentBinary Choose(HostEntry host, AgentProbe probe, IReadOnlyList<AgentBinary> binaries)
    {
        if (binaries.Count == 0)
        {
            throw new ProblemException("this cc-console was built without an agent inside", "Build with ./publish.sh, or name one: --release dist");
        }

        AgentBinary binary = (probe.System == "Linux" ? binaries.FirstOrDefault(one => one.Machine == probe.Machine) : null) ?? throw new ProblemException(
            $"{host.Name} is {Plain.Text(probe.System)} on {Plain.Text(probe.Machine)}, and there is an agent here for Linux on {string.Join(", ", binaries.Select(one => one.Machine).Distinct())} only",
            "Build one on such a machine with ./publish.sh, and name it: --release FOLDER");
        if (binary.Loader.Length > 0 && !probe.Loaders.Contains(binary.Loader))
        {
            throw new ProblemException(
                $"{host.Name} lacks {binary.Loader}, the loader of the C library that the agent was built for{(probe.Loaders.Count > 0 ? $"; it has {string.Join(", ", probe.Loaders.Select(Plain.Text))}" : "")}",
                "Build an agent on such a machine with ./publish.sh, and name it: --release FOLDER");
        }

        // It, the one before it, and a third while it is being put in place.
        long needed = (3L * binary.Size / 1024) + 1024;
        return probe.FreeKilobytes is { } free && free < needed
            ? throw new ProblemException($"{host.Name} has {free / 1024} MiB free for {Plain.Text(probe.Agent)}; {needed / 1024} MiB are needed", "Make room there")
            : binary;
    }

    private static string Said(string version) => version.Length > 0 ? Plain.Text(version) : "of a version that it does not say";
}
