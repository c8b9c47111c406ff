using System.Diagnostics;
using CcAgent.Journal;
using CcAgent.Places;

namespace CcAgent.Daemon;

/// <summary>Lets old reports go: at the daemon's start, and every hour.</summary>
internal sealed class Retention : IDaemonPart
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly Recorder _recorder;
    private readonly ReportRetention _bounds;
    private long _last;

    internal Retention(Recorder recorder, ReportRetention bounds) => (_recorder, _bounds) = (recorder, bounds);

    public int Descriptor => -1;

    public int TimeoutMs => _last == 0 ? 0
        : (int)Math.Max(0, Math.Ceiling((Period - Stopwatch.GetElapsedTime(_last)).TotalMilliseconds));

    public void Ready()
    {
        _last = Stopwatch.GetTimestamp();
        _recorder.Prune(_bounds);
    }
}
