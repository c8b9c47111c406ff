using CcConsole.Core;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Hosts;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Sessions;

/// <summary>A host that answers: what is known of it, and the way its tables are read and written.</summary>
internal sealed class HostConnection : IAsyncDisposable
{
    /// <summary>Without an agent nothing tells that the host has changed: it is looked at anew after so long.</summary>
    private static readonly TimeSpan LifeWithoutAgent = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;
    private readonly long _openedAt;

    private HostConnection(HostEntry host, IHostShell shell, FleetOptions options, AgentSession? agent, ProblemException? agentProblem, HostFacts facts)
    {
        Host = host;
        Shell = shell;
        Agent = agent;
        AgentProblem = agentProblem;
        Facts = facts;
        _time = options.Time;
        _openedAt = _time.GetTimestamp();
        Tables = agent is not null ? new AgentTables(agent, options) : new ScriptTables(host.Name, shell, options.Time, facts.Dialect, agentProblem);
    }

    public HostEntry Host { get; }

    public IHostShell Shell { get; }

    /// <summary>The agent's session; null when the host has none that answers.</summary>
    public AgentSession? Agent { get; }

    /// <summary>Why an agent that is installed does not answer; null when it does, or when there is none.</summary>
    public ProblemException? AgentProblem { get; }

    public HostFacts Facts { get; }

    public ITableAccess Tables { get; }

    /// <summary>Whether its agent is no longer the one that is installed on the host.</summary>
    public bool IsReplaced => Agent?.IsReplaced == true;

    public bool IsUsable => Agent is { } agent ? agent.IsOpen && !agent.IsReplaced : _time.GetElapsedTime(_openedAt) < LifeWithoutAgent;

    public static async Task<HostConnection> OpenAsync(HostEntry host, IHostShell shell, FleetOptions options, CancellationToken cancellation)
    {
        AgentSession? agent = null;
        ProblemException? problem = null;
        try
        {
            agent = await AgentSession.OpenAsync(shell, host.Name, options.Client, host.AgentPath, host.AgentDir, cancellation).ConfigureAwait(false);
            if (agent is not null)
            {
                agent.ClockAhead = agent.Hello.Now - options.Time.GetUtcNow();
            }
        }
        catch (ProblemException e) when (e is not HostProblemException)
        {
            problem = e;
        }

        try
        {
            HostFacts facts = agent is { IsForced: true }
                ? await ForcedFactsAsync(agent, cancellation).ConfigureAwait(false)
                : FactsOf(await ScriptTables.RunAsync(shell, HostCrontab.ReadCommand(), cancellation).ConfigureAwait(false));
            if (agent is not null)
            {
                facts = await WithAgentAsync(facts, agent, host, cancellation).ConfigureAwait(false);
            }

            return new HostConnection(host, shell, options, agent, problem, facts);
        }
        catch
        {
            if (agent is not null)
            {
                await agent.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    /// <summary>The agent's session.</summary>
    /// <param name="purpose">What cannot be done without it, as a clause: <c>only an agent keeps reports</c>.</param>
    /// <exception cref="ProblemException">The host has no agent, or one that does not start.</exception>
    public AgentSession RequireAgent(string purpose) => Agent ?? throw AgentProblem ?? new ProblemException(
        $"{Host.Name} has no agent, and {purpose}", $"cc-console agent install {Host.Name}");

    public async ValueTask DisposeAsync()
    {
        if (Agent is not null)
        {
            await Agent.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A host whose table cannot be read is a host all the same: that it cannot is said where the table is wanted.</summary>
    private static HostFacts FactsOf(TableRead read)
    {
        HostCron? cron = read switch { TableRead.Present present => present.Host, TableRead.None none => none.Host, _ => null };
        string zone = cron?.Zone ?? "";
        bool known = TimeZoneInfo.TryFindSystemTimeZoneById(zone.Length > 0 ? zone : "UTC", out TimeZoneInfo? found);
        return new HostFacts
        {
            User = Plain.Text(cron?.User ?? ""),
            Dialect = cron?.Dialect ?? CronDialect.Debian,
            Daemon = cron is null ? ((TableRead.Failed)read).Problem : Daemon(cron),
            Zone = known ? found! : TimeZoneInfo.Utc,
            ZoneNote = zone.Length > 0 && known ? null : "the host does not say its time zone; times are shown, and next runs computed, in UTC",
        };
    }

    /// <summary>No script is run for a key whose forced command is the agent: the agent says what it would have said.</summary>
    private static async Task<HostFacts> ForcedFactsAsync(AgentSession agent, CancellationToken cancellation)
    {
        CrontabReadResult? read = null;
        string problem = "unknown";
        try
        {
            read = await agent.RequestAsync(Methods.CrontabRead, new CrontabReadParams(), ProtocolJson.Default.CrontabReadParams,
                ProtocolJson.Default.CrontabReadResult, cancellation).ConfigureAwait(false);
        }
        catch (AgentProblemException e)
        {
            problem = e.Message;
        }

        return new HostFacts
        {
            User = Plain.Text(agent.Hello.User),
            Dialect = read is null ? CronDialect.Debian : CronDialects.Of(read.Dialect),
            Daemon = read is null ? problem : Daemon(read.Cron),
            Zone = TimeZoneInfo.Utc,
            ZoneNote = "the host does not say its time zone; times are shown, and next runs computed, in UTC",
            Policy = agent.Hello.Policy is { } policy ? Plain.Text(policy) : null,
        };
    }

    /// <summary>How the words for a daemon end of which no process was seen.</summary>
    public const string NotRunning = ", not running";

    private static string Daemon(HostCron cron) => Daemon(cron.Implementation, cron.Version, cron.Daemon == CronDaemonState.None);

    private static string Daemon(CronFacts? cron) => Daemon(cron?.Implementation ?? "unknown", cron?.Version ?? "", cron?.Running == false);

    private static string Daemon(string implementation, string version, bool none)
    {
        string name = version.Length > 0 ? Plain.Text(version) : implementation == "unknown" ? "cron" : $"{Plain.Text(implementation)} cron";
        return none ? $"{name}{NotRunning}" : name;
    }

    private static async Task<HostFacts> WithAgentAsync(HostFacts facts, AgentSession agent, HostEntry host, CancellationToken cancellation)
    {
        AgentStatusResult status = await agent.RequestAsync(Methods.AgentStatus, new Done(), ProtocolJson.Default.Done,
            ProtocolJson.Default.AgentStatusResult, cancellation).ConfigureAwait(false);
        bool known = TimeZoneInfo.TryFindSystemTimeZoneById(agent.Hello.Zone, out TimeZoneInfo? zone);
        return facts with
        {
            User = Plain.Text(agent.Hello.User),
            AgentVersion = Plain.Text(agent.Hello.Version),
            AgentPath = agent.AgentPath ?? host.AgentPath ?? (agent.Hello.Path is { } path ? Plain.Text(path) : null),
            SocketPath = host.SocketPath ?? status.Socket,
            Zone = known ? zone! : facts.Zone,
            ZoneNote = known ? null : facts.ZoneNote,
        };
    }
}
