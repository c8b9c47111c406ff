using System.Runtime.InteropServices;

namespace CcAgent.Watch;

/// <summary>The runs that were reported of the entries that are watched, in the order of their starts. Each is taken by one due time.</summary>
internal sealed class ReportedRuns
{
    private const int MostUnsifted = 1024;

    private readonly Dictionary<RunKey, List<Run>> _runs = [];

    private struct Run
    {
        internal DateTimeOffset Start;
        internal bool IsTaken;
    }

    /// <summary>How many there are.</summary>
    internal int Count => _runs.Values.Sum(static runs => runs.Count);

    /// <summary>Adds a run, if runs of its job are kept; true when there are so many of them that old ones should be forgotten.</summary>
    internal bool Add(RunKey key, DateTimeOffset start)
    {
        if (!_runs.TryGetValue(key, out var runs))
            return false;
        var at = runs.Count;
        while (at > 0 && runs[at - 1].Start > start)
            at--;
        runs.Insert(at, new Run { Start = start });
        return runs.Count % MostUnsifted == 0;
    }

    /// <summary>Takes a run for a due time: one of its own time, or one that a later time has too many of; false when there is none.</summary>
    /// <param name="watched">The entry that is due.</param>
    /// <param name="next">When it is due next; null for never.</param>
    /// <param name="now">The time.</param>
    internal bool Take(AwaitedEntry watched, DateTimeOffset? next, DateTimeOffset now)
    {
        if (!_runs.TryGetValue(watched.Entry.Key, out var list))
            return false;
        var runs = CollectionsMarshal.AsSpan(list);
        var due = watched.Due;
        var limit = watched.IsHeld ? now : watched.JudgedAt;
        var own = next is { } following ? following - MissedRuns.Early : DateTimeOffset.MaxValue;
        DateTimeOffset? window = null;
        for (var i = 0; i < runs.Length && runs[i].Start <= limit; i++)
        {
            if (runs[i].Start < due - MissedRuns.Early)
                continue;
            // The first run of a later time is that time's own; those that wait for each other come in their order, however late.
            if (runs[i].Start >= own && !watched.Entry.Queues)
            {
                var of = watched.Entry.Timing.Previous(watched.Entry.Schedule, runs[i].Start + MissedRuns.Early + TimeSpan.FromTicks(1));
                if (window != of)
                {
                    window = of;
                    continue;
                }
            }

            if (runs[i].IsTaken)
                continue;
            runs[i].IsTaken = true;
            return true;
        }

        return false;
    }

    /// <summary>Whether any began in a time, taken or not.</summary>
    internal bool Any(RunKey key, DateTimeOffset from, DateTimeOffset to) =>
        _runs.TryGetValue(key, out var runs) && runs.Exists(run => run.Start >= from && run.Start <= to);

    /// <summary>Forgets the runs of a job before a time.</summary>
    internal void Forget(RunKey key, DateTimeOffset oldest)
    {
        if (_runs.TryGetValue(key, out var runs))
            runs.RemoveAll(run => run.Start < oldest);
    }

    /// <summary>Keeps from now on the runs of these jobs, and of no others.</summary>
    internal void Keep(ICollection<RunKey> jobs)
    {
        foreach (var job in jobs)
            _ = CollectionsMarshal.GetValueRefOrAddDefault(_runs, job, out _) ??= [];
        foreach (var key in _runs.Keys.Where(key => !jobs.Contains(key)).ToList())
            _runs.Remove(key);
    }
}
