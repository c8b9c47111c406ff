using System.Diagnostics;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Daemon;

/// <summary>Lets old reports go: at the daemon's start, and every hour. The chain tells which, before they go.</summary>
internal sealed class Retention : IDaemonPart
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly AgentPlaces _places;
    private readonly ReportRetention _bounds;
    private readonly Recorder _recorder;
    private readonly TimeProvider _time;
    private long _last;

    internal Retention(AgentPlaces places, ReportRetention bounds, Recorder recorder, TimeProvider time) =>
        (_places, _bounds, _recorder, _time) = (places, bounds, recorder, time);

    public int Descriptor => -1;

    public int TimeoutMs => _last == 0 ? 0
        : (int)Math.Max(0, Math.Ceiling((Period - Stopwatch.GetElapsedTime(_last)).TotalMilliseconds));

    /// <exception cref="ProblemException">A segment could not be removed, or a new one not be begun.</exception>
    public void Ready()
    {
        _last = Stopwatch.GetTimestamp();
        var now = _time.GetUtcNow();
        _recorder.RollOverReports(now - TimeSpan.FromDays(Math.Max(1, _bounds.MaxAgeDays / 8.0)));
        foreach (var pruned in ReportPruning.Due(Segments.In(_places.Reports), _bounds, _recorder.LastPulled, now))
        {
            var answer = _recorder.Append(
                AuditEvents.Prune,
                [new("of", "reports"), new("segment", pruned.Segment.Name), new("first", pruned.Segment.First), new("count", pruned.End - pruned.Segment.First),
                new("bytes", pruned.Bytes), new("reason", pruned.Reason)]);
            if (!answer.Good)
                return;
            if (Libc.unlink(pruned.Segment.Path) != 0)
                throw new ProblemException($"{pruned.Segment.Path} cannot be removed: {Libc.ErrorText(Libc.LastError)}");
            AppendFile.SyncDirectory(_places.Reports);
        }
    }
}
