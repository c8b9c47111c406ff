using System.Collections.Concurrent;
using CcConsole.Core;
using CcConsole.Fleet.Audit;
using CcConsole.Fleet.Changes;
using CcConsole.Fleet.Hosts;
using CcConsole.Fleet.Inventory;
using CcConsole.Fleet.Reports;
using CcConsole.Fleet.Sessions;
using CcConsole.Store;

namespace CcConsole.Fleet.Monitoring;

/// <summary>
/// Looks at the hosts in the background, some at once, and follows their reports; publishes the fleet as immutable snapshots. What
/// the cache knows is there at once, marked as old; what a host does not answer is a state of its row.
/// </summary>
public sealed class FleetMonitor : IAsyncDisposable
{
    private readonly SessionPool _sessions;
    private readonly HostDirectory _hosts;
    private readonly CacheDatabase _cache;
    private readonly AuditOperations _audit;
    private readonly FleetOptions _options;
    private readonly HostView _view;
    private readonly HostVisit _visit;
    private readonly Lock _publishing = new();
    private readonly ConcurrentDictionary<string, HostView.Rows> _rows = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _refreshing = new(StringComparer.Ordinal), _loaded = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _following = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places;
    private Task _polling = Task.CompletedTask;
    private volatile string? _cacheProblem;
    private int _untold;

    internal FleetMonitor(SessionPool sessions, HostDirectory hosts, CacheDatabase cache, AuditOperations audit, ChangeOperations changes, HostInventories inventories, FleetOptions options)
    {
        (_sessions, _hosts, _cache, _audit, _options) = (sessions, hosts, cache, audit, options);
        _view = new HostView(cache, inventories, options);
        _visit = new HostVisit(sessions, cache, audit, changes, inventories, options);
        _places = new SemaphoreSlim(options.Parallelism, options.Parallelism);
        Current = Snapshot();
        changes.Applied += OnApplied;
    }

    /// <summary>
    /// Raised with the newest snapshot, on a thread of the monitor: a screen hands it to its own thread. Never with an older one after
    /// a newer; of several that are made at once some may be left out, never the last.
    /// </summary>
    public event Action<FleetSnapshot>? Changed;

    /// <summary>The newest snapshot. Before <see cref="Start"/>: what the cache knows.</summary>
    public FleetSnapshot Current { get; private set; }

    /// <summary>How often each host is looked at.</summary>
    public TimeSpan Interval => _options.PollInterval;

    /// <summary>Begins to look at all hosts, now and after each interval.</summary>
    public void Start() => _polling = Task.Run(PollAsync);

    /// <summary>Looks at a host now (through all that it runs too), or at all: those too that are left alone because they failed again and again.</summary>
    public async Task RefreshAsync(string? host = null)
    {
        List<HostEntry> hosts = [.. Hosts(out _).Where(entry => host is null || entry.Name == host)];
        foreach (HostEntry entry in hosts)
        {
            await _sessions.Get(entry).ResumeAsync(_stop.Token).ConfigureAwait(false);
        }

        await Task.WhenAll(hosts.Select(entry => VisitAsync(entry, host is not null))).ConfigureAwait(false);
    }

    /// <summary>Makes a new snapshot from the cache, after something outside the monitor has changed it.</summary>
    public void Publish()
    {
        lock (_publishing)
        {
            Current = Snapshot();
        }

        Raise();
    }

    /// <summary>One thread at a time tells of snapshots, for the others too, and last of the newest.</summary>
    private void Raise()
    {
        if (Interlocked.Increment(ref _untold) > 1)
        {
            return;
        }

        int told;
        do
        {
            told = Volatile.Read(ref _untold);
            try
            {
                Changed?.Invoke(Current);
            }
            catch
            {
                Volatile.Write(ref _untold, 0);
                throw;
            }
        }
        while (Interlocked.CompareExchange(ref _untold, 0, told) != told);
    }

    /// <summary>As <see cref="Publish()"/>, with the rows of a host made anew.</summary>
    public void Publish(string host)
    {
        if (Hosts(out _).FirstOrDefault(entry => entry.Name == host) is { } entry)
        {
            Republish(entry);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _polling.ConfigureAwait(false);
        await Task.WhenAll(_following.Values).ConfigureAwait(false);
    }

    private async Task PollAsync()
    {
        using PeriodicTimer timer = new(_options.PollInterval, _options.Time);
        List<Task> visits = [];
        try
        {
            do
            {
                // A host that keeps its visit waiting keeps no other from being looked at again.
                visits.RemoveAll(visit => visit.IsCompletedSuccessfully);
                visits.AddRange(Hosts(out _).Select(entry => VisitAsync(entry, false)));
            }
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end of the monitor.
        }

        await Task.WhenAll(visits).ConfigureAwait(false);
    }

    private async Task VisitAsync(HostEntry host, bool asked)
    {
        if (!_refreshing.TryAdd(host.Name, 0))
        {
            return;
        }

        try
        {
            bool answered;
            try
            {
                Task<bool> visit;
                await _places.WaitAsync(_stop.Token).ConfigureAwait(false);
                try
                {
                    MarkRefreshing(host);
                    visit = _visit.RunAsync(host, asked, _stop.Token);
                    await Task.WhenAny(visit, Task.Delay(_options.LongestTurn, _options.Time, _stop.Token)).ConfigureAwait(false);
                }
                finally
                {
                    _places.Release();
                }

                // A long first pull goes on, and so does a host that sends a byte now and then: beside the others.
                answered = await visit.ConfigureAwait(false);
            }
            finally
            {
                _refreshing.TryRemove(host.Name, out _);
            }

            _loaded[host.Name] = 0;
            _cacheProblem = null;
            Republish(host);
            if (answered)
            {
                Follow(host);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end of the monitor.
        }
        catch (ObjectDisposedException)
        {
            // The host was removed from the list meanwhile.
            _rows.TryRemove(host.Name, out _);
        }
        catch (ProblemException e)
        {
            // What a host does wrong is in its row; this is the cache.
            _cacheProblem = e.Message;
            lock (_publishing)
            {
                Current = Current with { CacheProblem = e.Message };
            }

            Raise();
        }
    }

    /// <summary>Follows a host's reports for as long as its session lasts; the next visit begins anew.</summary>
    private void Follow(HostEntry host)
    {
        if (_stop.IsCancellationRequested || (_following.TryGetValue(host.Name, out Task? running) && !running.IsCompleted))
        {
            return;
        }

        _following[host.Name] = Task.Run(async () =>
        {
            try
            {
                HostConnection connection = await _sessions.Get(host).ConnectAsync(_stop.Token).ConfigureAwait(false);
                if (connection.Agent is not { } agent)
                {
                    return;
                }

                await foreach (TailReport report in new ReportPull(_cache, agent, host.Name).FollowAsync(_cache.Reports.LastSeq(host.Name) ?? -1, _stop.Token).ConfigureAwait(false))
                {
                    Republish(host);
                    await _audit.PullInTurnAsync(host.Name, _stop.Token).ConfigureAwait(false);
                    Republish(host);
                }
            }
            catch (Exception e) when (e is ProblemException or OperationCanceledException or ObjectDisposedException)
            {
                // The session ended; the next visit says why, in the host's row.
            }
            catch (Exception e)
            {
                Fail(host, e);
            }
        });
    }

    private void Fail(HostEntry host, Exception fault)
    {
        try
        {
            if (_cache.Hosts.Find(host.Name) is { } state)
            {
                _cache.Hosts.Save(HostVisit.Failed(state, fault, _options.Time.GetUtcNow()));
                Republish(host);
            }
        }
        catch (Exception e)
        {
            // Not even that could be noted: the other hosts go on all the same.
            _cacheProblem = e.Message;
        }
    }

    private void OnApplied(ChangeResult result)
    {
        if (Hosts(out _).FirstOrDefault(host => host.Name == result.Plan.Host) is { } host)
        {
            Republish(host);
        }
    }

    /// <summary>Only the mark is new: nothing is read or parsed for it.</summary>
    private void MarkRefreshing(HostEntry host)
    {
        if (_rows.TryGetValue(host.Name, out HostView.Rows? rows) && rows.Host.Host == host)
        {
            _rows[host.Name] = rows with { Host = rows.Host with { IsRefreshing = true } };
            Publish();
        }
        else
        {
            Republish(host);
        }
    }

    private void Republish(HostEntry host)
    {
        _rows[host.Name] = _view.Of(host, _refreshing.ContainsKey(host.Name));
        Publish();
    }

    private FleetSnapshot Snapshot()
    {
        IReadOnlyList<HostEntry> hosts = Hosts(out string? problem);
        List<HostView.Rows> rows = [.. hosts.Select(host => _rows.GetOrAdd(host.Name, _ => _view.Of(host, false)))];
        return new FleetSnapshot
        {
            At = _options.Time.GetUtcNow(),
            Hosts = [.. rows.Select(row => row.Host)],
            Jobs = [.. rows.SelectMany(row => row.Jobs)],
            Inventories = [.. rows.Select(row => row.Inventory)],
            Loaded = hosts.Count(host => _loaded.ContainsKey(host.Name)),
            LastReport = _cache.Reports.LastId(),
            IsReadOnly = _options.ReadOnly,
            HostsProblem = problem,
            CacheProblem = _cacheProblem,
        };
    }

    private IReadOnlyList<HostEntry> Hosts(out string? problem)
    {
        try
        {
            problem = null;
            return _hosts.List();
        }
        catch (ProblemException e)
        {
            problem = e.Message;
            return [];
        }
    }
}
