using System.Diagnostics;
using CcAgent.Journal;
using CcAgent.Native;

namespace CcAgent.Runs;

/// <summary>
/// The runs whose start was recorded before they began, as the policy "strict" has it, until their mark or their report is seen:
/// so that a run has one job.started, and one whose wrapper died before it left a mark has an end. One that is forgotten, by a
/// restart or in a crowd, may have a second start.
/// </summary>
internal sealed class BegunRuns
{
    /// <summary>One user may have so many that have neither a mark nor a report.</summary>
    internal const int MostOfOne = 1024;

    private const int Most = 4096;

    // Long enough for a mark, and for a report that waits in the spool.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _patience;
    private readonly Dictionary<string, Begun> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, int> _counts = [];

    // The next to be looked after comes first; one that is no more among the runs is passed over.
    private readonly Queue<(string Key, long Since)> _order = new();

    internal BegunRuns()
        : this(Patience)
    {
    }

    internal BegunRuns(TimeSpan patience) => _patience = patience;

    private sealed record Begun(RunMark Run, long Since);

    /// <summary>How long until one is to be looked after, in milliseconds; -1 when there is none.</summary>
    internal int TimeoutMs => Next() is { } next ? (int)Math.Max(0, Math.Ceiling((_patience - Stopwatch.GetElapsedTime(next.Since)).TotalMilliseconds)) : -1;

    /// <summary>Whether a user may have one more.</summary>
    internal bool HasRoom(uint uid) => _counts.GetValueOrDefault(uid) < MostOfOne;

    /// <param name="run">The run; its process is the wrapper's, whom the kernel named.</param>
    internal void Add(RunMark run)
    {
        if (Contains(run))
            return;
        // Its command is on record by now; here it is only to be known again.
        Keep(run with { Command = EntryMembers.Cut(run.Command, 512), WrapperPid = run.Pid, WrapperStart = ProcessIdentity.Of(run.Pid)?.Start ?? 0 });
        if (_runs.Count > Most && Next() is { } oldest)
            Remove(oldest.Run.Uid, oldest.Run.RunId);
    }

    internal bool Contains(RunMark mark) => _runs.ContainsKey(Key(mark.Uid, mark.RunId));

    /// <summary>Its mark or its report has been seen.</summary>
    internal void Remove(uint uid, string run)
    {
        if (_runs.Remove(Key(uid, run)) && --_counts[uid] == 0)
            _counts.Remove(uid);
    }

    /// <summary>
    /// The runs whose time is over and whose wrapper is gone. Each is still among the runs, and due again after the same time unless it is
    /// removed.
    /// </summary>
    /// <param name="most">How many at most.</param>
    internal List<RunMark> Lost(int most)
    {
        var lost = new List<RunMark>();
        for (var looked = 0; looked < most && TimeoutMs == 0; looked++)
        {
            var run = _runs[_order.Dequeue().Key].Run;
            Remove(run.Uid, run.RunId);
            Keep(run);
            if (IsGone(run))
                lost.Add(run);
        }

        return lost;
    }

    private static string Key(uint uid, string run) => ReportLine.RunKey(uid, run);

    // Where processes of other users are hidden, their number alone tells.
    private static bool IsGone(RunMark run) => ProcessIdentity.Of(run.WrapperPid) is { } there
        ? there.Ended || there.Start != run.WrapperStart
        : Libc.kill(run.WrapperPid, 0) != 0 && Libc.LastError == Errno.NoProcess;

    private void Keep(RunMark run)
    {
        var (key, since) = (Key(run.Uid, run.RunId), Stopwatch.GetTimestamp());
        _runs[key] = new Begun(run, since);
        _counts[run.Uid] = _counts.GetValueOrDefault(run.Uid) + 1;
        _order.Enqueue((key, since));
    }

    private Begun? Next()
    {
        while (_order.TryPeek(out var next))
        {
            if (_runs.TryGetValue(next.Key, out var kept) && kept.Since == next.Since)
                return kept;
            _order.Dequeue();
        }

        return null;
    }
}
