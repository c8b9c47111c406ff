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
    private readonly List<SpoolEvent> _events = [];
    private bool _more = true, _wanted;
    private long _looked = Stopwatch.GetTimestamp();

    internal SpoolIntake(SpoolDrain drain, Recorder recorder) => (_drain, _watch, _recorder) = (drain, new SpoolWatch(drain.Spools, SpoolWriter.Suffix), recorder);

    public int Descriptor => _watch.Descriptor;

    public int TimeoutMs => _more ? 0 : _watch.PollMs < 0 && !_wanted && !_drain.HasLeft ? -1 : LeftMs;

    private int LeftMs => (int)Math.Max(0, Math.Ceiling(AgainMs - Stopwatch.GetElapsedTime(_looked).TotalMilliseconds));

    public void Ready()
    {
        _events.Clear();
        // The marks of runs come into the spool too, and they are many more.
        if (!_watch.Take(_events, out var lost) && TimeoutMs != 0)
            return;
        // What comes is taken in by its name; what comes in another way than a wrapper's is found by a look at all that is there, which
        // a crowd does not make everyone's business at each arrival.
        var missed = lost && _watch.Descriptor >= 0;
        _wanted |= missed || _events.Count > 0 || (LeftMs == 0 && (_drain.HasLeft || _watch.Descriptor < 0));
        if (_wanted && (missed || _drain.SawFew || LeftMs == 0))
        {
            _drain.LookAround();
            (_wanted, _looked) = (false, Stopwatch.GetTimestamp());
        }

        foreach (var happened in _events)
            _drain.Came(happened.Path);
        _more = _drain.Step(_recorder);
    }

    public void Dispose()
    {
        _drain.Dispose();
        _watch.Dispose();
    }
}
