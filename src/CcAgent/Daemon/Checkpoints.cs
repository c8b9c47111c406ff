using CcAgent.Journal;

namespace CcAgent.Daemon;

/// <summary>Has a checkpoint signed when its time has come, also when nothing happens.</summary>
internal sealed class Checkpoints : IDaemonPart
{
    private readonly Recorder _recorder;

    internal Checkpoints(Recorder recorder) => _recorder = recorder;

    public int Descriptor => -1;

    public int TimeoutMs => _recorder.CheckpointTimeoutMs;

    public void Ready() => _recorder.Checkpoint();
}
