using System.Diagnostics;
using CcAgent.Exec;
using CcAgent.Journal;

namespace CcAgent.Daemon;

/// <summary>Takes in what comes into the spools, step by step, so that clients are served in between.</summary>
internal sealed class SpoolIntake : IDaemonPart, IDisposable
{
    private readonly SpoolDrain _drain;
    private readonly SpoolWatch _watch;
    private readonly Recorder _recorder;
    private bool _more = true;
    private long _looked;

    internal SpoolIntake(SpoolDrain drain, Recorder recorder) => (_drain, _watch, _recorder) = (drain, new SpoolWatch(drain.Spools, SpoolWriter.Suffix), recorder);

    public int Descriptor => _watch.Descriptor;

    public int TimeoutMs => _more ? 0
        : _watch.PollMs < 0 ? -1
        : (int)Math.Max(0, Math.Ceiling(_watch.PollMs - Stopwatch.GetElapsedTime(_looked).TotalMilliseconds));

    public void Ready()
    {
        // The marks of runs come into the spool too, and they are many more.
        if (!_watch.Take(null, out _) && !_more)
            return;
        _looked = Stopwatch.GetTimestamp();
        _more = _drain.Step(_recorder);
    }

    public void Dispose() => _watch.Dispose();
}
