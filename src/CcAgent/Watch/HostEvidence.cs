using CcAgent.Native;

namespace CcAgent.Watch;

/// <summary>What is known of the host: when it was there to run anything, which cron daemon ran, and which runs go on.</summary>
internal sealed class HostEvidence : IRunEvidence, IDisposable
{
    private readonly TimeProvider _time;
    private readonly HostHistory _history = new();
    private readonly GoingRuns _going = new();
    private HostClock _clock;
    private FileStatus _zone;

    internal HostEvidence(TimeProvider time)
    {
        _time = time;
        _clock = HostClock.Read(time);
        _ = Libc.TryStatus("/etc/localtime", out _zone);
        Cron = new CronPresence(time);
    }

    /// <summary>The cron daemon; its end is to be heard of.</summary>
    internal CronPresence Cron { get; }

    /// <summary>The time, as it was read last.</summary>
    internal DateTimeOffset Now => _clock.Now;

    /// <summary>The host was booted since a time.</summary>
    /// <param name="kind">What it was until then.</param>
    /// <param name="since">When it was last known to be on.</param>
    internal void Booted(HostTime kind, DateTimeOffset since) => _history.Add(kind, since, _clock.Boot);

    /// <summary>Reads the clocks anew.</summary>
    /// <returns>By how much the time was set back since; zero for a clock that was not.</returns>
    internal TimeSpan ReadClock()
    {
        var clock = HostClock.Read(_time);
        var back = clock.Since(_clock, _history);
        _clock = clock;
        return back;
    }

    /// <summary>Whether the host has been given another zone since this was asked last.</summary>
    internal bool ZoneHasChanged()
    {
        _ = Libc.TryStatus("/etc/localtime", out var zone);
        if (zone == _zone)
            return false;
        _zone = zone;
        TimeZoneInfo.ClearCachedData();
        return true;
    }

    /// <summary>Before due times are judged: looks for the cron daemon, and later for runs that go on.</summary>
    internal void Look()
    {
        Cron.Look();
        _going.Forget();
    }

    /// <summary>What was found of runs that go on is old.</summary>
    internal void Forget() => _going.Forget();

    /// <inheritdoc/>
    public HostTime HostAt(DateTimeOffset moment, out DateTimeOffset end) => _history.At(moment, out end);

    /// <inheritdoc/>
    public bool? CronAt(DateTimeOffset moment) => Cron.At(moment);

    /// <inheritdoc/>
    public IReadOnlyList<DateTimeOffset> Going(RunKey key) => _going.Of(key, _clock.Boot);

    public void Dispose() => Cron.Dispose();
}
