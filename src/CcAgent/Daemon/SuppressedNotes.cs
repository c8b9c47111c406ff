using CcAgent.Journal;
using CcConsole.Core.Audit;

namespace CcAgent.Daemon;

/// <summary>Has the refusals that were only counted told in the chain when their time has come.</summary>
internal sealed class SuppressedNotes : IDaemonPart
{
    private readonly uint _owner;
    private readonly Recorder _recorder;

    internal SuppressedNotes(uint owner, Recorder recorder) => (_owner, _recorder) = (owner, recorder);

    public int Descriptor => -1;

    public int TimeoutMs => _recorder.Suppression.TimeoutMs;

    public void Ready() => Write();

    /// <summary>Writes the entries, whether their time has come or not.</summary>
    internal void Write()
    {
        var pending = _recorder.Suppression.Pending();
        if (pending.Count == 0)
            return;
        var good = true;
        _recorder.Record([.. pending.Select(members => new EntryRequest
        {
            Uid = _owner,
            Event = AuditEvents.Suppressed,
            Members = members,
            Answer = answer => good &= answer.Good,
        })]);
        if (good)
            _recorder.Suppression.Clear();
        else
            _recorder.Suppression.Postpone();
    }
}
