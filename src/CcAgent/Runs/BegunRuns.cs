using CcAgent.Journal;

namespace CcAgent.Runs;

/// <summary>
/// The runs whose start was recorded before they began, as the policy "strict" has it, until their mark is seen: so that a run
/// has one job.started. One that is forgotten, by a restart or in a crowd, may have a second.
/// </summary>
internal sealed class BegunRuns
{
    private const int Most = 4096;

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    internal void Add(uint uid, string run)
    {
        var key = ReportLine.RunKey(uid, run);
        if (!_keys.Add(key))
            return;
        _order.Enqueue(key);
        if (_order.Count > Most)
            _keys.Remove(_order.Dequeue());
    }

    internal bool Contains(RunMark mark) => _keys.Contains(ReportLine.RunKey(mark.Uid, mark.RunId));
}
