using CcConsole.Core;
using CcConsole.Core.Cron;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Reports;
using CcConsole.Fleet.Sessions;
using CcConsole.Ssh;
using CcConsole.Store;
using CcConsole.Store.Hosts;

namespace CcConsole.Fleet.Monitoring;

/// <summary>One look at a host: table, reports, chain, changes whose end is not known. All that comes of it is in the cache.</summary>
internal sealed class HostVisit(SessionPool sessions, CacheDatabase cache, AuditOperations audit, ChangeOperations changes, HostInventories inventories, FleetOptions options)
{
    public const string Ok = "ok", Offline = "offline", Problem = "problem";

    /// <returns>True when the host answered.</returns>
    public async Task<bool> RunAsync(HostEntry host, bool asked, CancellationToken cancellation)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        HostState state = cache.Hosts.Find(host.Name) ?? new HostState { Host = host.Name, State = Offline, AttemptedAt = now };
        state = state with { AttemptedAt = now };
        bool answered = false;
        try
        {
            HostConnection connection = await sessions.Get(host).ConnectAsync(cancellation).ConfigureAwait(false);
            answered = true;
            long start = options.Time.GetTimestamp();
            state = WithFacts(state, connection.Facts, now);
            long noted = changes.LastNoted;
            (connection, TableSnapshot table) = await sessions.Get(host).ReadAsync(
                async (open, token) => (open, await open.Tables.ReadAsync(null, token).ConfigureAwait(false)), cancellation).ConfigureAwait(false);
            state = WithFacts(state, connection.Facts, now) with { RoundTrip = options.Time.GetElapsedTime(start) };
            changes.KeepRead(new HostTable(host.Name, table.Id.Name, table.Bytes, table.ReadAt), noted);
            state = await WithAgentAsync(state, connection, cancellation).ConfigureAwait(false);
            await changes.SettleAsync(host.Name, cancellation).ConfigureAwait(false);
            await LookAsync(host, asked, cancellation).ConfigureAwait(false);
        }
        catch (HostProblemException e)
        {
            answered = false;
            state = state with { State = Offline, Cause = e.Message, Hint = e.Hint, FailingSince = state.FailingSince ?? now };
        }
        catch (ProblemException e)
        {
            state = state with { State = answered ? Problem : Offline, Cause = e.Message, Hint = e.Hint, FailingSince = state.FailingSince ?? now };
        }
        catch (Exception e) when (e is not ObjectDisposedException && !cancellation.IsCancellationRequested)
        {
            state = Failed(state, e, now);
        }

        cache.Hosts.Save(state);
        return answered;
    }

    /// <summary>The state of a host on which this program failed.</summary>
    public static HostState Failed(HostState state, Exception fault, DateTimeOffset now)
    {
        ProblemException told = HostFault.Of(state.Host, fault);
        return state with { State = Problem, Cause = told.Message, Hint = told.Hint, FailingSince = state.FailingSince ?? now };
    }

    private async Task<HostState> WithAgentAsync(HostState state, HostConnection connection, CancellationToken cancellation)
    {
        if (connection.Agent is not { } agent)
        {
            return connection.AgentProblem is { } problem ? state with { State = Problem, Cause = problem.Message, Hint = problem.Hint } : state;
        }

        await new ReportPull(cache, agent, state.Host).FetchAsync(cancellation).ConfigureAwait(false);
        PullResult pull = await audit.PullInTurnAsync(state.Host, cancellation).ConfigureAwait(false);
        return pull.IsGood ? state : state with { State = Problem, Cause = $"{pull.Verdict}: {pull.Message}", Hint = pull.Hint };
    }

    /// <summary>That a host cannot be looked through is told in its inventory: what is known of its own table is as good as before.</summary>
    private async Task LookAsync(HostEntry host, bool asked, CancellationToken cancellation)
    {
        try
        {
            if (inventories.IsDue(host.Name, asked))
            {
                await inventories.DiscoverAsync(host, cancellation).ConfigureAwait(false);
            }
        }
        catch (ProblemException e) when (e is not HostProblemException)
        {
            // Told by the inventory.
        }
    }

    private static HostState WithFacts(HostState state, HostFacts facts, DateTimeOffset now) => state with
    {
        State = Ok,
        Cause = null,
        Hint = null,
        ContactedAt = now,
        FailingSince = null,
        Daemon = facts.Daemon,
        Dialect = facts.Dialect.Name(),
        Zone = facts.Zone.Id,
        AgentVersion = facts.AgentVersion,
    };
}
