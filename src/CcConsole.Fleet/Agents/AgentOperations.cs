using System.Text.Json;
using CcConsole.Core;
using CcConsole.Core.Agents;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Agents;

/// <summary>
/// The agents on the hosts: looking at them, putting them there, and taking them away, over the shell that there is. As root for
/// the whole host, else for the login's own jobs. A plan is made first; nothing is tried twice.
/// </summary>
public sealed class AgentOperations
{
    private static readonly CommandOptions Limits = CommandOptions.Default with { Timeout = TimeSpan.FromMinutes(5) };
    private readonly SessionPool _sessions;
    private readonly FleetOptions _options;
    private readonly ReadOnlyGuard _guard;
    private readonly ChangeOperations _changes;
    private readonly AgentPlanner _planner;

    internal AgentOperations(SessionPool sessions, ChangeOperations changes, FleetOptions options, ReadOnlyGuard guard)
    {
        (_sessions, _changes, _options, _guard) = (sessions, changes, options, guard);
        _planner = new AgentPlanner(options);
    }

    /// <summary>Plans putting an agent on a host that has none. Empty when it is there and the same.</summary>
    /// <param name="host">The host.</param>
    /// <param name="release">An executable or a folder of them (<see cref="AgentBinary.ReadRelease"/>); null for those in this program.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ProblemException">The host is not reached, is of a kind for which there is none, lacks room, or has another agent.</exception>
    public async Task<AgentPlan> PlanInstallAsync(string host, string? release = null, CancellationToken cancellation = default)
    {
        (HostSession session, AgentProbe probe) = await LookAsync(host, cancellation).ConfigureAwait(false);
        AgentPlan plan = _planner.Install(session.Host, probe, Binaries(release));
        return plan.IsEmpty || plan.Record.TableEntry is null
            ? plan
            : AgentPlanner.WithTable(plan, await TableAsync(session, cancellation).ConfigureAwait(false));
    }

    /// <summary>Plans putting another executable in the place of the one that a console installed. Empty when it is the same.</summary>
    /// <inheritdoc cref="PlanInstallAsync"/>
    public async Task<AgentPlan> PlanUpgradeAsync(string host, string? release = null, CancellationToken cancellation = default)
    {
        (HostSession session, AgentProbe probe) = await LookAsync(host, cancellation).ConfigureAwait(false);
        return AgentPlanner.Upgrade(session.Host, probe, Binaries(release));
    }

    /// <summary>Plans putting back the executable that was there before the last upgrade; the present one is then kept in its stead.</summary>
    /// <exception cref="ProblemException">The host is not reached, or keeps none.</exception>
    public async Task<AgentPlan> PlanRollbackAsync(string host, CancellationToken cancellation = default)
    {
        (HostSession session, AgentProbe probe) = await LookAsync(host, cancellation).ConfigureAwait(false);
        return AgentPlanner.Rollback(session.Host, probe);
    }

    /// <summary>Plans taking away exactly what the installation made. Reports and chain stay, unless they are purged.</summary>
    /// <exception cref="ProblemException">The host is not reached, jobs still use the agent, or it is not one that a console installed.</exception>
    public async Task<AgentPlan> PlanUninstallAsync(string host, bool purge = false, CancellationToken cancellation = default)
    {
        (HostSession session, AgentProbe probe) = await LookAsync(host, cancellation).ConfigureAwait(false);
        AgentPlan plan = AgentPlanner.Uninstall(session.Host, probe, purge);
        return plan.IsEmpty || plan.Record.TableEntry is null
            ? plan
            : AgentPlanner.WithoutTable(plan, await TableAsync(session, cancellation).ConfigureAwait(false));
    }

    /// <summary>Plans and applies at once.</summary>
    /// <inheritdoc cref="PlanInstallAsync"/>
    public async Task<AgentResult> InstallAsync(string host, IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        await ApplyAsync(await PlanInstallAsync(host, null, cancellation).ConfigureAwait(false), progress, cancellation).ConfigureAwait(false);

    /// <summary>Plans and applies at once.</summary>
    /// <inheritdoc cref="PlanUpgradeAsync"/>
    public async Task<AgentResult> UpgradeAsync(string host, IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        await ApplyAsync(await PlanUpgradeAsync(host, null, cancellation).ConfigureAwait(false), progress, cancellation).ConfigureAwait(false);

    /// <summary>Plans and applies at once.</summary>
    /// <inheritdoc cref="PlanUninstallAsync"/>
    public async Task<AgentResult> UninstallAsync(string host, bool purge = false, IProgress<string>? progress = null, CancellationToken cancellation = default) =>
        await ApplyAsync(await PlanUninstallAsync(host, purge, cancellation).ConfigureAwait(false), progress, cancellation).ConfigureAwait(false);

    /// <summary>Applies a plan. What the host had is there again when the new agent's daemon does not answer.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="progress">Told each step in words, as it begins.</param>
    /// <param name="cancellation">Gives up, until the executable is put in place.</param>
    /// <exception cref="ProblemException">The console is read-only, the host is not reached or refused; the host is as before unless it says otherwise.</exception>
    public async Task<AgentResult> ApplyAsync(AgentPlan plan, IProgress<string>? progress = null, CancellationToken cancellation = default)
    {
        _guard.Demand($"{AgentPlanner.Words(plan.Action)} on {plan.Host}");
        if (plan.IsEmpty)
        {
            return new AgentResult { Plan = plan, IsChanged = false, Version = plan.VersionBefore };
        }

        HostSession session = _sessions.Get(plan.Host);
        AgentResult result = plan.Action == AgentAction.Uninstall
            ? await RemoveAsync(session, plan, progress, cancellation).ConfigureAwait(false)
            : await PutAsync(session, plan, progress, cancellation).ConfigureAwait(false);
        AuditAppendParams entry = new AgentAppend(plan, _options).Params;
        string? unrecorded = _guard.Own.Record(entry.Event, plan.Host,
            new AuditMember("sha256_before", entry.Before), new AuditMember("sha256_after", entry.After), new AuditMember("reason", entry.Reason));
        return unrecorded is null ? result : result with { Notes = [.. result.Notes, unrecorded] };
    }

    /// <summary>How a host's agent is doing; a host that is not reached is told so in the result.</summary>
    public async Task<AgentState> StatusAsync(string host, CancellationToken cancellation = default)
    {
        try
        {
            (HostSession session, AgentProbe probe) = await LookAsync(host, cancellation).ConfigureAwait(false);
            AgentStatusResult? status = StatusOf(probe);
            string? problem = null;
            if (!probe.HasAgent)
            {
                // One at another place: asked as every other action asks it.
                HostConnection connection = await session.ConnectAsync(cancellation).ConfigureAwait(false);
                problem = connection.AgentProblem?.Message;
                status = connection.Agent is { } agent
                    ? await agent.RequestAsync(Methods.AgentStatus, new Done(), ProtocolJson.Default.Done, ProtocolJson.Default.AgentStatusResult, cancellation).ConfigureAwait(false)
                    : null;
            }
            else if (status is null)
            {
                problem = "the agent that is there does not say how it does";
            }

            return new AgentState
            {
                Host = host,
                IsReached = true,
                Agent = status,
                Problem = problem ?? (status is null ? "no agent on this host" : null),
                Hint = status is null && problem is null ? $"cc-console agent install {host}" : null,
                AgentPath = probe.HasAgent ? Plain.Text(probe.Agent) : null,
                Digest = probe.HasAgent ? Plain.Text(probe.Digest) : null,
                IsManaged = probe.Record is not null,
                Previous = probe.PreviousDigest.Length > 0 ? Plain.Text(probe.PreviousVersion) : null,
                Match = _planner.Match(probe),
            };
        }
        catch (ProblemException e)
        {
            return await ServedAsync(host, cancellation).ConfigureAwait(false)
                ?? new AgentState { Host = host, Problem = e.Message, Hint = e.Hint.Length > 0 ? e.Hint : null };
        }
    }

    // A key that is for the console alone runs no script; the agent itself still says how it does.
    private async Task<AgentState?> ServedAsync(string host, CancellationToken cancellation)
    {
        try
        {
            HostConnection connection = await _sessions.Get(host).ConnectAsync(cancellation).ConfigureAwait(false);
            return connection.Agent is not { } agent ? null : new AgentState
            {
                Host = host,
                IsReached = true,
                Agent = await agent.RequestAsync(Methods.AgentStatus, new Done(), ProtocolJson.Default.Done, ProtocolJson.Default.AgentStatusResult, cancellation).ConfigureAwait(false),
                AgentPath = agent.Hello.Path is { } path ? Plain.Text(path) : null,
            };
        }
        catch (ProblemException)
        {
            // The first reason is the one to tell.
            return null;
        }
    }

    private async Task<AgentResult> PutAsync(HostSession session, AgentPlan plan, IProgress<string>? progress, CancellationToken cancellation)
    {
        bool fresh = plan.Action == AgentAction.Install;
        progress?.Report(plan.Binary is null ? "trying the one before" : "sending the agent, and checking what arrived");
        string form = plan.Binary is null ? "previous" : plan.Probe.HasGzip ? "gz" : "raw";
        ReadOnlyMemory<byte> input = plan.Binary?.Sent(plan.Probe.HasGzip) ?? default;
        string version = Plain.Text(await RunAsync(session, AgentHost.TransferCommand(
            plan.Probe, plan.DigestAfter, form, plan.VersionAfter, fresh ? plan.Record.ToJson() : "", fresh ? plan.Record.Folders : [], input), "version", cancellation).ConfigureAwait(false));
        progress?.Report("putting it in place, and starting its daemon");
        InstallRecord record = plan.Record with { Version = version, Sha256 = plan.DigestAfter };
        // From here on it is carried through.
        await RunAsync(session, AgentHost.CommitCommand(plan.Probe, plan.DigestAfter, record, record.ToJson(), AgentPlanner.UnitText(record), fresh), "daemon", CancellationToken.None).ConfigureAwait(false);
        await session.ResetAsync().ConfigureAwait(false);
        List<string> notes = [];
        if (plan.Table is { IsEmpty: false } table)
        {
            progress?.Report("adding the entry that starts it at boot");
            ChangeResult change = await _changes.ApplyAsync(table, CancellationToken.None).ConfigureAwait(false);
            if (!change.IsApplied)
            {
                notes.Add($"the agent runs, but nothing starts it at boot: {change.Message ?? "the table was changed meanwhile"}");
            }
        }

        long? seq = await RecordAsync(session, plan, notes).ConfigureAwait(false);
        return new AgentResult { Plan = plan, IsChanged = true, Version = version, AuditSeq = seq, Notes = notes };
    }

    private async Task<AgentResult> RemoveAsync(HostSession session, AgentPlan plan, IProgress<string>? progress, CancellationToken cancellation)
    {
        List<string> notes = [];
        cancellation.ThrowIfCancellationRequested();
        long? seq = await RecordAsync(session, plan, notes).ConfigureAwait(false);
        if (plan.Table is { IsEmpty: false } table)
        {
            progress?.Report("taking its entry out of the table");
            ChangeResult change = await _changes.ApplyAsync(table, CancellationToken.None).ConfigureAwait(false);
            if (!change.IsApplied)
            {
                throw new ProblemException($"{plan.Host}: the agent's entry could not be taken out of the table: {change.Message ?? "the table was changed meanwhile"}", "Nothing else was taken away; try again");
            }
        }

        progress?.Report("stopping its daemon, and taking it away");
        await session.ResetAsync().ConfigureAwait(false);
        await RunAsync(session, AgentHost.RemoveCommand(plan.Probe, plan.Record, plan.Purges), "status", CancellationToken.None).ConfigureAwait(false);
        // Whoever looked at the host meanwhile has begun a session with the agent that is gone now.
        await session.ResetAsync().ConfigureAwait(false);
        return new AgentResult { Plan = plan, IsChanged = true, AuditSeq = plan.Purges ? null : seq, Notes = notes };
    }

    // The entry is about what the console did; that it could not be left does not undo it.
    private async Task<long?> RecordAsync(HostSession session, AgentPlan plan, List<string> notes)
    {
        try
        {
            HostConnection connection = await session.ConnectAsync(CancellationToken.None).ConfigureAwait(false);
            AgentAppend entry = new(plan, _options);
            return (await connection.RequireAgent("the chain is its").RequestAsync(
                Methods.AuditAppend, entry.Params, ProtocolJson.Default.AuditAppendParams, ProtocolJson.Default.AuditAppendResult, CancellationToken.None).ConfigureAwait(false)).Seq;
        }
        catch (ProblemException e)
        {
            notes.Add($"this is not recorded in the host's chain: {e.Message}");
            return null;
        }
    }

    private async Task<(HostSession Session, AgentProbe Probe)> LookAsync(string host, CancellationToken cancellation)
    {
        HostSession session = _sessions.Get(host);
        HostCommand command = AgentHost.ProbeCommand();
        CommandResult result = await session.Shell.RunAsync(command.Text, command.Input, Limits, cancellation).ConfigureAwait(false);
        try
        {
            return (session, AgentHost.ParseProbe(result.Output.Span, result.ErrorLine));
        }
        catch (ProblemException e)
        {
            throw new ProblemException($"{host}: {e.Message}", e.Hint, e);
        }
    }

    private static async Task<string> RunAsync(HostSession session, HostCommand command, string value, CancellationToken cancellation)
    {
        CommandResult result = await session.Shell.RunAsync(command.Text, command.Input, Limits, cancellation).ConfigureAwait(false);
        try
        {
            return AgentHost.Require(result.Output.Span, result.ErrorLine, value);
        }
        catch (ProblemException e)
        {
            throw new ProblemException($"{session.Host.Name}: {Plain.Text(e.Message)}", e.Hint, e);
        }
    }

    private static async Task<TableSnapshot> TableAsync(HostSession session, CancellationToken cancellation) =>
        await session.ReadAsync((connection, token) => connection.Tables.ReadAsync(null, token), cancellation).ConfigureAwait(false);

    private IReadOnlyList<AgentBinary> Binaries(string? release) => release is null ? _planner.Carried : AgentBinary.ReadRelease(release);

    private static AgentStatusResult? StatusOf(AgentProbe probe)
    {
        try
        {
            return probe.Status is { Length: > 0 } json ? JsonSerializer.Deserialize(json, ProtocolJson.Default.AgentStatusResult) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
