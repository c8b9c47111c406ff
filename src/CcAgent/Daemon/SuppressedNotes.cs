using CcAgent.Journal;

namespace CcAgent.Daemon;

/// <summary>Has the refusals that were only counted told in the chain when their time has come.</summary>
internal sealed class SuppressedNotes : IDaemonPart
{
    private readonly Recorder _recorder;

    internal SuppressedNotes(Recorder recorder) => _recorder = recorder;

    public int Descriptor => -1;

    public int TimeoutMs => _recorder.SuppressedTimeoutMs;

    public void Ready() => _recorder.NoteSuppressed();
}
