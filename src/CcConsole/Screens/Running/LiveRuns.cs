using CcConsole.Fleet.Runs;

namespace CcConsole.Screens;

/// <summary>What goes on on some hosts, asked again and again while a screen is open.</summary>
internal sealed class LiveRuns
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, HostRuns> _told = new(StringComparer.Ordinal);
    private readonly Shell _shell;
    private readonly Func<IReadOnlyList<string>> _hosts;
    private readonly Action _changed;
    private bool _watching;

    /// <param name="shell">Everything around it.</param>
    /// <param name="hosts">The hosts that are asked, by their names.</param>
    /// <param name="changed">Called when they have answered.</param>
    public LiveRuns(Shell shell, Func<IReadOnlyList<string>> hosts, Action changed) => (_shell, _hosts, _changed) = (shell, hosts, changed);

    /// <summary>Whether all hosts were asked once.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>What each host told last.</summary>
    public IReadOnlyCollection<HostRuns> Told => _told.Values;

    /// <summary>The oldest run of a job that goes on; null for none that is known.</summary>
    public FleetRun? Of(string host, string? jobId) => jobId is null ? null : _told.GetValueOrDefault(host)?.Runs.FirstOrDefault(run => run.JobId == jobId);

    /// <summary>Begins to ask; once.</summary>
    public void Watch(CancellationToken closing)
    {
        if (_watching)
            return;
        _watching = true;
        _shell.Operations.Watch(
            async stop =>
            {
                while (true)
                {
                    await AskAsync(stop);
                    await Task.Delay(Interval, _shell.Application.Time, stop);
                }
            },
            closing);
    }

    /// <summary>Asks all hosts now.</summary>
    public async Task AskAsync(CancellationToken stop)
    {
        var hosts = _hosts();
        var told = await _shell.Fleet.Runs.RunningAsync(hosts, stop);
        _told.Clear();
        foreach (var host in told)
            _told[host.Host] = host;
        IsKnown = true;
        _changed();
        _shell.Application.Invalidate();
    }
}
