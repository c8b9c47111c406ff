using System.Diagnostics;
using CcAgent.Journal;

namespace CcAgent.Daemon;

/// <summary>Tries to go on when nothing could be recorded, so that the gap is told once there is room, and takes back the ballast.</summary>
internal sealed class AuditKeeper : IDaemonPart
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(60);

    private readonly Recorder _recorder;
    private long _last = Stopwatch.GetTimestamp();

    internal AuditKeeper(Recorder recorder) => _recorder = recorder;

    public int Descriptor => -1;

    public int TimeoutMs => _recorder.Problem is not null || _recorder.HasGap ? Left(GapNote.Period)
        : _recorder.Ballast is { Wanted: true, Held: false } ? Left(Later)
        : -1;

    public void Ready()
    {
        _last = Stopwatch.GetTimestamp();
        _recorder.Mend();
    }

    private int Left(TimeSpan period) => (int)Math.Max(0, Math.Ceiling((period - Stopwatch.GetElapsedTime(_last)).TotalMilliseconds));
}
