using System.Diagnostics;
using CcAgent.Daemon;
using CcAgent.Places;
using CcConsole.Core.Audit.Segments;

namespace CcAgent.Journal;

/// <summary>The chain as it stood at one moment, though its daemon goes on writing.</summary>
/// <param name="Head">The remembered head of that moment; null when there is none.</param>
/// <param name="Segments">The segments, each with as much of it as belongs to that moment.</param>
/// <param name="Planted">The names of segments without a byte that the agent has not left so.</param>
internal sealed record ChainSnapshot(ChainHead? Head, IReadOnlyList<ChainSegment> Segments, IReadOnlyList<string> Planted)
{
    /// <summary>How long a daemon that runs may take to account for what is in the log.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Where a daemon runs, the chain up to its head, as soon as that covers what was there at first: what follows is being written. Where none runs, or
    /// it does not account for what is there, all that is there.
    /// </summary>
    internal static ChainSnapshot Take(AgentPlaces places)
    {
        var seen = Newest(places);
        if (new DaemonClient(places).Status(out _) is not null)
        {
            using var never = new ManualResetEventSlim();
            for (var start = Stopwatch.GetTimestamp(); ; never.Wait(Step))
            {
                if (Read(places) is { Seq: >= 0 } head && (head.Segment, head.Offset).CompareTo((seen.First, seen.Bytes)) >= 0)
                    return Of(places, head, bounded: true);
                if (Stopwatch.GetElapsedTime(start) > Patience)
                    break;
            }
        }

        return Of(places, Read(places), bounded: false);
    }

    private static ChainHead? Read(AgentPlaces places) => HeadFile.Read(places.AuditState + "/head");

    private static (long First, long Bytes) Newest(AgentPlaces places) =>
        Journal.Segments.In(places.Audit).Select(segment => (segment.First, segment.Bytes)).LastOrDefault(segment => segment.Bytes > 0);

    private static ChainSnapshot Of(AgentPlaces places, ChainHead? head, bool bounded)
    {
        var all = SegmentFiles.In(places.Audit).ToList();
        var last = all.FindLastIndex(segment => segment.Bytes > 0);
        // The agent begins an empty segment with the entry that comes next, so none before that stays empty.
        List<string> planted = [.. all.Where((segment, at) => segment.Bytes == 0 && (at < last || segment.Name.First <= head?.Seq)).Select(segment => segment.Name.File)];
        if (bounded)
        {
            last = all.FindLastIndex(segment => segment.Bytes > 0 && segment.Name.First == head!.Segment);
            all = [.. all.Take(last + 1).Select((segment, at) => at == last ? segment with { Limit = head!.Offset } : segment)];
        }

        return new ChainSnapshot(head, all, planted);
    }
}
