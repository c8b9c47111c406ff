using System.Diagnostics;
using CcAgent.Exec;
using CcAgent.Journal;

namespace CcAgent.Daemon;

/// <summary>Takes in what comes into the spools, step by step, so that clients are served in between.</summary>
internal sealed class SpoolIntake : IDaemonPart, IDisposable
{
    // What could not be recorded, as on a full disk, is tried again though nothing new comes.
    private const int AgainMs = 30_000;

    private readonly SpoolDrain _drain;
    private readonly SpoolWatch _watch;
    private readonly Recorder _recorder;
    private bool _more = true;
    private long _looked;

    internal SpoolIntake(SpoolDrain drain, Recorder recorder) => (_drain, _watch, _recorder) = (drain, new SpoolWatch(drain.Spools, SpoolWriter.Suffix), recorder);

    public int Descriptor => _watch.Descriptor;

    public int TimeoutMs => _more ? 0
        : _watch.PollMs < 0 && !_drain.HasLeft ? -1
        : (int)Math.Max(0, Math.Ceiling(AgainMs - Stopwatch.GetElapsedTime(_looked).TotalMilliseconds));

    public void Ready()
    {
        // The marks of runs come into the spool too, and they are many more.
        if (!_watch.Take(null, out _) && TimeoutMs != 0)
            return;
        _looked = Stopwatch.GetTimestamp();
        _more = _drain.Step(_recorder);
    }

    public void Dispose() => _watch.Dispose();
}
