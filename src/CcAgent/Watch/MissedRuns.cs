using System.Runtime.InteropServices;

namespace CcAgent.Watch;

/// <summary>Runs of one job that were due and did not begin, for one cause.</summary>
/// <param name="Entry">The job.</param>
/// <param name="Reason">Why, in words.</param>
/// <param name="First">When the first of them was due.</param>
/// <param name="Last">When the last one was.</param>
/// <param name="Count">How many.</param>
/// <param name="More">Whether there were more between the two than were counted.</param>
internal sealed record MissedRun(WatchedEntry Entry, string Reason, DateTimeOffset First, DateTimeOffset Last, int Count, bool More);

/// <summary>What can be known of the host when a run has not been seen.</summary>
internal interface IRunEvidence
{
    /// <summary>What the host was at a moment, and until when.</summary>
    HostTime HostAt(DateTimeOffset moment, out DateTimeOffset end);

    /// <summary>Whether a cron daemon was running then; null when that is not known.</summary>
    bool? CronAt(DateTimeOffset moment);

    /// <summary>When the runs of a job that go on now began.</summary>
    IReadOnlyList<DateTimeOffset> Going(RunKey key);
}

/// <summary>
/// Tells which due runs did not begin. Each due time of a reported entry takes one run: one that began from then on, before
/// the next due time or within the grace, or one more than that later time needs. Runs of other entries are taken to have
/// begun unless the host or the cron daemon was away for certain. What is not certain is no missed run.
/// </summary>
internal sealed class MissedRuns
{
    internal const string HostWasDown = "the host was down", HostWasSuspended = "the host was suspended", NoCron = "no cron daemon was running",
        PreviousRun = "the run before it had not ended", NoRun = "no run began, though a cron daemon was running", NoRunAtAll = "no run began";

    // Cron begins a run within the first seconds of its minute; a busy host may take longer. A clock that is being slewed may be a little early.
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(90), Early = TimeSpan.FromSeconds(5);

    // Misses of one job and cause that follow each other within so long make one entry of the chain.
    internal static readonly TimeSpan Collected = TimeSpan.FromMinutes(55);

    // So many due times of one job are counted one by one when the host was down for long.
    private const int MostCounted = 1000;

    private const int MostUnsifted = 1024;

    internal static readonly TimeSpan KeptRuns = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan KeptShared = TimeSpan.FromHours(25), Hold = TimeSpan.FromMinutes(1);

    private readonly PriorityQueue<Watched, long> _queue = new();
    private readonly Dictionary<RunKey, List<Run>> _runs = [];
    private readonly Dictionary<string, List<Watched>> _tables = new(StringComparer.Ordinal);

    private sealed class Watched(WatchedEntry entry)
    {
        internal WatchedEntry Entry { get; } = entry;

        internal DateTimeOffset Due { get; set; }

        internal bool IsGone { get; set; }

        internal bool IsHeld { get; set; }

        internal bool IsShared { get; set; }

        internal MissedRun? Pending { get; set; }

        internal string? NotedReason { get; set; }

        internal DateTimeOffset NotedAt { get; set; }
    }

    private struct Run
    {
        internal DateTimeOffset Start;
        internal bool IsTaken;
    }

    /// <summary>How many runs are remembered for what is still to be judged.</summary>
    internal int KeptCount => _runs.Values.Sum(static runs => runs.Count);

    /// <summary>When something is to be judged next; null when nothing is.</summary>
    internal DateTimeOffset? Next
    {
        get
        {
            while (_queue.TryPeek(out var watched, out var ticks))
            {
                if (!watched.IsGone)
                    return new DateTimeOffset(ticks, TimeSpan.Zero);
                _queue.Dequeue();
            }

            return null;
        }
    }

    /// <summary>All that was due up to this moment is judged, and told.</summary>
    internal DateTimeOffset Until(DateTimeOffset now)
    {
        var until = now;
        foreach (var table in _tables.Values)
        {
            foreach (var watched in table)
            {
                var open = watched.Pending?.First ?? watched.Due;
                if (open <= until)
                    until = open.AddTicks(-TimeSpan.TicksPerSecond);
            }
        }

        return until;
    }

    /// <summary>Takes the entries of a table in place of those that it had; an entry that stays as it was keeps what is known of it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="entries">Its entries now.</param>
    /// <param name="since">From when a due time of an entry counts.</param>
    /// <param name="told">What to do with misses of entries that are no longer there.</param>
    internal void Watch(string table, IReadOnlyList<WatchedEntry> entries, Func<WatchedEntry, DateTimeOffset> since, Action<MissedRun> told)
    {
        var before = new Dictionary<(RunKey, string, TimeZoneInfo?, bool), Watched>();
        foreach (var old in _tables.GetValueOrDefault(table, []))
        {
            if (!before.TryAdd(Likeness(old.Entry), old))
                End(old, told);
        }

        var now = new List<Watched>(entries.Count);
        foreach (var entry in entries)
        {
            var watched = new Watched(entry);
            if (before.Remove(Likeness(entry), out var same))
            {
                (watched.Due, watched.Pending, watched.NotedReason, watched.NotedAt) = (same.Due, same.Pending, same.NotedReason, same.NotedAt);
                same.IsGone = true;
            }
            else if (entry.Timing.Next(entry.Schedule, since(entry)) is { } due)
            {
                watched.Due = due;
            }
            else
            {
                continue;
            }

            now.Add(watched);
            Enqueue(watched);
        }

        foreach (var gone in before.Values)
            End(gone, told);
        _tables[table] = now;
        if (now.Count == 0)
            _tables.Remove(table);
        Share();
    }

    /// <summary>A run has begun, or was refused by its wrapper: cron has done its part.</summary>
    internal void Begun(RunKey key, DateTimeOffset start)
    {
        if (!_runs.TryGetValue(key, out var runs))
            return;
        var at = runs.Count;
        while (at > 0 && runs[at - 1].Start > start)
            at--;
        runs.Insert(at, new Run { Start = start });
        // Of an entry that is due once a year they would grow until then.
        if (runs.Count % MostUnsifted == 0)
            Sift(key, runs);
    }

    private void Sift(RunKey key, List<Run> runs)
    {
        var oldest = DateTimeOffset.MaxValue;
        foreach (var watched in _tables.Values.SelectMany(static table => table))
        {
            if (watched.Entry.Key == key && OldestOf(watched) is var of && of < oldest)
                oldest = of;
        }

        runs.RemoveAll(run => run.Start < oldest);
    }

    private static DateTimeOffset OldestOf(Watched watched) => watched.Due - (watched.IsShared ? KeptShared : KeptRuns);

    /// <summary>Judges what there is to be judged, up to a number of due times.</summary>
    /// <param name="now">The time.</param>
    /// <param name="evidence">What is known of the host.</param>
    /// <param name="told">Takes what was missed, each due time once.</param>
    /// <param name="most">So many due times at most.</param>
    internal void Judge(DateTimeOffset now, IRunEvidence evidence, Action<MissedRun> told, int most = 500)
    {
        for (var i = 0; i < most && _queue.TryPeek(out var watched, out var at) && at <= now.UtcTicks; i++)
        {
            _queue.Dequeue();
            if (!watched.IsGone)
                Judge(watched, now, evidence, told);
        }
    }

    /// <summary>Tells the misses that were collected and not told yet: the daemon ends.</summary>
    internal void Flush(Action<MissedRun> told)
    {
        foreach (var watched in _tables.Values.SelectMany(static table => table))
            Tell(watched, told);
    }

    /// <summary>The clock was set: what was due before is not judged any more.</summary>
    internal void Restart(DateTimeOffset since)
    {
        _queue.Clear();
        foreach (var watched in _tables.Values.SelectMany(static table => table))
        {
            if (watched.Entry.Timing.Next(watched.Entry.Schedule, since) is not { } due)
                continue;
            watched.Due = due;
            Enqueue(watched);
        }
    }

    private void Judge(Watched watched, DateTimeOffset now, IRunEvidence evidence, Action<MissedRun> told)
    {
        var (entry, due) = (watched.Entry, watched.Due);
        var next = entry.Timing.Next(entry.Schedule, due);
        var kind = evidence.HostAt(due, out var end);
        // After such a time cron makes up for some of what was due in it, by its own rules.
        if (kind is HostTime.Suspended or HostTime.Skipped && now < end + Grace)
        {
            Enqueue(watched, end + Grace);
            return;
        }

        var begun = entry.IsReported && (TakesRun(watched, next, now) || Began(watched, kind, end, evidence));
        if (!begun && entry.Queues && evidence.Going(entry.Key).Any(start => start < due - Early))
        {
            watched.IsHeld = true;
            Enqueue(watched, now + Hold);
            return;
        }

        if (!begun && Reason(watched, kind, evidence) is { } reason)
            Miss(watched, reason, told);
        else
            Begin(watched, told);
        watched.IsHeld = false;
        if (next is not { } following)
        {
            Tell(watched, told);
            watched.Due = DateTimeOffset.MaxValue;
            return;
        }

        watched.Due = following;
        if (watched.Pending is { Count: >= MostCounted } counted && kind == HostTime.Down && following < end
            && entry.Timing.Previous(entry.Schedule, end) is { } last && entry.Timing.Next(entry.Schedule, last) is { } after)
        {
            watched.Pending = counted with { Last = last, More = true };
            watched.Due = after;
        }

        Enqueue(watched);
        if (watched.Pending is { } pending && JudgedAt(watched) > now
            && (watched.NotedReason != pending.Reason || now - watched.NotedAt >= Collected))
        {
            Tell(watched, told);
            (watched.NotedReason, watched.NotedAt) = (pending.Reason, now);
        }
    }

    // Null: nothing is certain.
    private static string? Reason(Watched watched, HostTime kind, IRunEvidence evidence)
    {
        var due = watched.Due;
        if (kind == HostTime.Skipped)
            return null;
        if (!watched.Entry.IsReported)
            return kind == HostTime.Down ? HostWasDown : kind == HostTime.Ordinary && evidence.CronAt(due) == false ? NoCron : null;
        return kind switch
        {
            HostTime.Suspended => HostWasSuspended,
            HostTime.Down or HostTime.DownOrOn => HostWasDown,
            _ when watched.IsHeld => PreviousRun,
            _ => evidence.CronAt(due) switch { false => NoCron, true => NoRun, null => NoRunAtAll },
        };
    }

    // A run that goes on, or, after the host was suspended, any that cron made up with.
    private bool Began(Watched watched, HostTime kind, DateTimeOffset end, IRunEvidence evidence)
    {
        var (key, from) = (watched.Entry.Key, watched.Due - Early);
        var suspended = kind == HostTime.Suspended;
        var to = (suspended ? end : watched.Due) + Grace + Delay(watched.Entry);
        return (suspended && _runs.TryGetValue(key, out var runs) && runs.Exists(run => run.Start >= from && run.Start <= to))
            || evidence.Going(key).Any(start => start >= from && start <= to);
    }

    // A run of its own time, or one that a later time has too many of.
    private bool TakesRun(Watched watched, DateTimeOffset? next, DateTimeOffset now)
    {
        if (!_runs.TryGetValue(watched.Entry.Key, out var list))
            return false;
        var runs = CollectionsMarshal.AsSpan(list);
        var due = watched.Due;
        var limit = watched.IsHeld ? now : due + Grace + Delay(watched.Entry);
        var own = next is { } following ? following - Early : DateTimeOffset.MaxValue;
        DateTimeOffset? window = null;
        for (var i = 0; i < runs.Length && runs[i].Start <= limit; i++)
        {
            if (runs[i].Start < due - Early)
                continue;
            // The first run of a later time is that time's own; those that wait for each other come in their order, however late.
            if (runs[i].Start >= own && !watched.Entry.Queues)
            {
                var of = watched.Entry.Timing.Previous(watched.Entry.Schedule, runs[i].Start + Early + TimeSpan.FromTicks(1));
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

    private static void Miss(Watched watched, string reason, Action<MissedRun> told)
    {
        if (watched.Pending is { } other && other.Reason != reason)
            Tell(watched, told);
        watched.Pending = watched.Pending is { } pending
            ? pending with { Last = watched.Due, Count = pending.Count + 1 }
            : new MissedRun(watched.Entry, reason, watched.Due, watched.Due, 1, false);
    }

    private static void Begin(Watched watched, Action<MissedRun> told)
    {
        Tell(watched, told);
        watched.NotedReason = null;
    }

    private static void Tell(Watched watched, Action<MissedRun> told)
    {
        if (watched.Pending is not { } pending)
            return;
        watched.Pending = null;
        told(pending);
    }

    private static void End(Watched watched, Action<MissedRun> told)
    {
        Tell(watched, told);
        watched.IsGone = true;
    }

    private static (RunKey, string, TimeZoneInfo?, bool) Likeness(WatchedEntry entry) =>
        (entry.Key, entry.Schedule.Text, entry.Timing.Zone, entry.IsReported);

    private static TimeSpan Delay(WatchedEntry entry) => TimeSpan.FromMinutes(entry.Timing.MaxDelay);

    private static DateTimeOffset JudgedAt(Watched watched) => watched.Due + Grace + Delay(watched.Entry);

    private void Enqueue(Watched watched, DateTimeOffset? at = null)
    {
        _queue.Enqueue(watched, (at ?? JudgedAt(watched)).UtcTicks);
        if (_runs.TryGetValue(watched.Entry.Key, out var runs))
        {
            var oldest = OldestOf(watched);
            runs.RemoveAll(run => run.Start < oldest);
        }
    }

    // Which jobs' runs are kept, and which are those of several entries.
    private void Share()
    {
        var users = new Dictionary<RunKey, Watched>();
        foreach (var watched in _tables.Values.SelectMany(static table => table))
        {
            if (!watched.Entry.IsReported)
                continue;
            if (users.TryGetValue(watched.Entry.Key, out var other))
                watched.IsShared = other.IsShared = true;
            else
                users[watched.Entry.Key] = watched;
            _ = CollectionsMarshal.GetValueRefOrAddDefault(_runs, watched.Entry.Key, out _) ??= [];
        }

        foreach (var key in _runs.Keys.Where(key => !users.ContainsKey(key)).ToList())
            _runs.Remove(key);
    }
}
