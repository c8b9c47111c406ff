using System.Diagnostics;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>Tells in the chain what could not be recorded, once it can be written again.</summary>
internal sealed class GapNote
{
    /// <summary>How long after an audit.gap entry the next one is written at the soonest.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly ChainJournal _chain;
    private readonly AuditGap _gap;
    private long _last;

    internal GapNote(ChainJournal chain, AuditGap gap) => (_chain, _gap) = (chain, gap);

    /// <summary>Writes the entry, if there is something to tell.</summary>
    internal void Write()
    {
        // Where there is room for its entries and not for reports, there is not one for each report.
        if (_gap.Count == 0 || (_last != 0 && Stopwatch.GetElapsedTime(_last) < Period))
            return;
        _last = Stopwatch.GetTimestamp();
        _chain.Put(AuditEvents.Gap, _gap.Members());
        _gap.Clear();
    }
}
