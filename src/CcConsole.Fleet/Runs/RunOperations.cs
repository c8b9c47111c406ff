using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;

namespace CcConsole.Fleet.Runs;

/// <summary>The runs that are going on, whoever started them: what the hosts' agents know, and stopping them.</summary>
public sealed class RunOperations
{
    /// <summary>How long after TERM a run is sent KILL, unless it is said otherwise.</summary>
    public static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(10);

    /// <summary>The longest that may be waited between the two.</summary>
    public static readonly TimeSpan LongestKillAfter = TimeSpan.FromSeconds(45);

    private const string Purpose = "only an agent knows what is running";
    private readonly SessionPool _sessions;
    private readonly FleetOptions _options;
    private readonly ReadOnlyGuard _guard;

    internal RunOperations(SessionPool sessions, FleetOptions options, ReadOnlyGuard guard) => (_sessions, _options, _guard) = (sessions, options, guard);

    /// <summary>What is running on a host now: the runs of the session's user, or as root of all whom the agent serves.</summary>
    /// <exception cref="ProblemException">The host is not reached, or has no agent that can tell.</exception>
    public async Task<HostRuns> RunningAsync(string host, CancellationToken cancellation = default)
    {
        JobRunningResult told = await _sessions.Get(host).ReadAsync(
            (connection, token) => Agent(connection).RequestAsync(
                Methods.JobRunning, new Done(), ProtocolJson.Default.Done, ProtocolJson.Default.JobRunningResult, token),
            cancellation).ConfigureAwait(false);
        return new HostRuns { Host = host, Runs = [.. told.Runs.Select(run => Of(host, run))], More = told.More };
    }

    /// <summary>What is running on some hosts now, in their order. A host that does not tell has the reason in its place.</summary>
    public async Task<IReadOnlyList<HostRuns>> RunningAsync(IReadOnlyList<string> hosts, CancellationToken cancellation = default)
    {
        HostRuns[] found = new HostRuns[hosts.Count];
        ParallelOptions bound = new() { MaxDegreeOfParallelism = _options.Parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Enumerable.Range(0, hosts.Count), bound, async (i, token) =>
        {
            try
            {
                found[i] = await RunningAsync(hosts[i], token).ConfigureAwait(false);
            }
            catch (ProblemException e)
            {
                found[i] = new HostRuns { Host = hosts[i], Problem = e.Message, Hint = e.Hint.Length > 0 ? e.Hint : null };
            }
        }).ConfigureAwait(false);
        return found;
    }

    /// <summary>The one run that a text means: a run's id, or the id of a job with one run, or the start of either.</summary>
    /// <exception cref="ProblemException">None is meant, or several are; or a host did not tell what is running there.</exception>
    public static FleetRun Find(IReadOnlyList<HostRuns> running, string text)
    {
        List<FleetRun> all = [.. running.SelectMany(host => host.Runs)];
        List<FleetRun> meant = all.FindAll(run => run.RunId == text);
        if (meant.Count == 0)
        {
            meant = all.FindAll(run => text.Length > 0 && run.RunId.StartsWith(text, StringComparison.Ordinal));
        }

        if (meant.Count == 0)
        {
            meant = all.FindAll(run => run.JobId == text);
        }

        if (meant.Count == 0)
        {
            meant = all.FindAll(run => text.Length > 0 && run.JobId.StartsWith(text, StringComparison.Ordinal));
        }

        if (meant is [var only])
        {
            return only;
        }

        if (meant.Count > 1)
        {
            throw new ProblemException(
                $"\"{text}\" means {meant.Count} runs: {string.Join(", ", meant.Take(5).Select(run => $"{run.RunId} of {run.JobId} on {run.Host}"))}{(meant.Count > 5 ? " …" : "")}",
                "Say more of the run's id, or which host: --host");
        }

        throw running.FirstOrDefault(host => host.Problem is not null) is { } unknown
            ? new ProblemException($"\"{text}\" is none of the runs that are known, and {unknown.Host} does not tell: {unknown.Problem}", unknown.Hint ?? "")
            : new ProblemException($"No run that goes on is meant by \"{text}\"", "cc-console job running lists them");
    }

    /// <summary>
    /// Stops a run: TERM to its process group, and KILL to what is left of it after a while. Returns when it has ended, or when
    /// KILL did not end it. It is never tried again by itself.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="killAfter">How long to wait between the two, at most <see cref="LongestKillAfter"/>; null for <see cref="KillAfter"/>.</param>
    /// <param name="signal"><c>TERM</c>; <c>INT</c> or <c>KILL</c> are sent alone.</param>
    /// <param name="cancellation">Stops waiting; what was begun on the host goes on.</param>
    /// <exception cref="ProblemException">The console is read-only, the host is not reached, the run has ended meanwhile, or may not be stopped by this user.</exception>
    public async Task<RunStopped> StopAsync(FleetRun run, TimeSpan? killAfter = null, string signal = "TERM", CancellationToken cancellation = default)
    {
        _guard.Demand($"stopping run {run.RunId}");
        TimeSpan wait = killAfter ?? KillAfter;
        if (wait < TimeSpan.Zero || wait > LongestKillAfter)
        {
            throw new ProblemException($"The time until KILL must be 0 to {LongestKillAfter.TotalSeconds:0} seconds");
        }

        HostConnection connection = await _sessions.Get(run.Host).ConnectAsync(cancellation).ConfigureAwait(false);
        JobStopParams stop = new(Signal: signal) { Run = run.RunId, KillAfterSeconds = (int)Math.Ceiling(wait.TotalSeconds), Actor = _options.Actor, Origin = _options.Origin };
        AgentSession agent = Agent(connection);
        JobStopResult result;
        try
        {
            result = await agent.RequestAsync(
                Methods.JobStop, stop, ProtocolJson.Default.JobStopParams, ProtocolJson.Default.JobStopResult, wait, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or AgentEndedException or HostProblemException { MayHaveRun: true })
        {
            // It may have been stopped all the same. What the chain cannot take it tells by itself.
            _guard.Own.Record(AuditEvents.JobStopped, run.Host, [.. About(run, signal), new("outcome", "unknown")]);
            throw;
        }

        string? unrecorded = _guard.Own.Record(AuditEvents.JobStopped, run.Host, About(run, signal));
        return new RunStopped
        {
            Run = run,
            Signal = Plain.Text(result.Signal),
            HasEnded = result.Ended,
            IsRecorded = result.Recorded,
            Notes = [.. (result.Notes ?? []).Select(note => Plain.Text(note)), .. unrecorded is null ? [] : (string[])[unrecorded]],
        };
    }

    private static AuditMember[] About(FleetRun run, string signal) => [new("job_id", run.JobId), new("run_id", run.RunId), new("signal", signal)];

    private static AgentSession Agent(HostConnection connection)
    {
        AgentSession agent = connection.RequireAgent(Purpose);
        return agent.Hello.Capabilities.Contains(Methods.JobRunning)
            ? agent
            : throw new ProblemException($"The agent of {connection.Host.Name} is older than this console, and does not tell what is running", "Put a newer cc-agent there");
    }

    private static FleetRun Of(string host, RunningRun run) => new()
    {
        Host = host,
        RunId = Plain.Text(run.RunId),
        JobId = Plain.Text(run.JobId),
        Command = Plain.Text(run.Command),
        StartedAt = run.StartTime,
        User = Plain.Text(run.User),
        Pid = run.Pid,
        Attempt = run.Attempt,
    };
}
