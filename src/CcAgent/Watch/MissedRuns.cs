namespace CcAgent.Watch;

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

    // So many due times of one job are counted one by one when the host was down for long.
    private const int MostCounted = 1000;

    internal static readonly TimeSpan KeptRuns = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    private readonly PriorityQueue<AwaitedEntry, long> _queue = new();
    private readonly ReportedRuns _runs = new();
    private readonly Dictionary<string, List<AwaitedEntry>> _tables = new(StringComparer.Ordinal);

    /// <summary>How many runs are remembered for what is still to be judged.</summary>
    internal int KeptCount => _runs.Count;

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
                if (watched.Open <= until)
                    until = watched.Open.AddTicks(-TimeSpan.TicksPerSecond);
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
        var before = new Dictionary<(RunKey, string, TimeZoneInfo?, bool), AwaitedEntry>();
        foreach (var old in _tables.GetValueOrDefault(table, []))
        {
            if (!before.TryAdd(Likeness(old.Entry), old))
                old.End(told);
        }

        var now = new List<AwaitedEntry>(entries.Count);
        foreach (var entry in entries)
        {
            var watched = new AwaitedEntry(entry);
            if (before.Remove(Likeness(entry), out var same))
            {
                watched.TakeOver(same);
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
            gone.End(told);
        _tables[table] = now;
        if (now.Count == 0)
            _tables.Remove(table);
        Share();
    }

    /// <summary>A run has begun, or was refused by its wrapper: cron has done its part.</summary>
    internal void Begun(RunKey key, DateTimeOffset start)
    {
        // Of an entry that is due once a year they would grow until then.
        if (!_runs.Add(key, start))
            return;
        var oldest = DateTimeOffset.MaxValue;
        foreach (var watched in _tables.Values.SelectMany(static table => table))
        {
            if (watched.Entry.Key == key && watched.OldestRun < oldest)
                oldest = watched.OldestRun;
        }

        _runs.Forget(key, oldest);
    }

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
            watched.Tell(told);
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

    private void Judge(AwaitedEntry watched, DateTimeOffset now, IRunEvidence evidence, Action<MissedRun> told)
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

        var begun = entry.IsReported && (_runs.Take(watched, next, now) || Began(watched, kind, end, evidence));
        if (!begun && entry.Queues && evidence.Going(entry.Key).Any(start => start < due - Early))
        {
            watched.IsHeld = true;
            Enqueue(watched, now + Hold);
            return;
        }

        if (!begun && Reason(watched, kind, evidence) is { } reason)
            watched.Miss(reason, told);
        else
            watched.Begin(told);
        watched.IsHeld = false;
        if (next is not { } following)
        {
            watched.Tell(told);
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
        watched.TellNow(now, told);
    }

    // Null: nothing is certain.
    private static string? Reason(AwaitedEntry watched, HostTime kind, IRunEvidence evidence)
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
    private bool Began(AwaitedEntry watched, HostTime kind, DateTimeOffset end, IRunEvidence evidence)
    {
        var (key, from) = (watched.Entry.Key, watched.Due - Early);
        var suspended = kind == HostTime.Suspended;
        var to = (suspended ? end : watched.Due) + Grace + watched.Delay;
        return (suspended && _runs.Any(key, from, to))
            || evidence.Going(key).Any(start => start >= from && start <= to);
    }

    private static (RunKey, string, TimeZoneInfo?, bool) Likeness(WatchedEntry entry) =>
        (entry.Key, entry.Schedule.Text, entry.Timing.Zone, entry.IsReported);

    private void Enqueue(AwaitedEntry watched, DateTimeOffset? at = null)
    {
        _queue.Enqueue(watched, (at ?? watched.JudgedAt).UtcTicks);
        _runs.Forget(watched.Entry.Key, watched.OldestRun);
    }

    // Which jobs' runs are kept, and which are those of several entries.
    private void Share()
    {
        var users = new Dictionary<RunKey, AwaitedEntry>();
        foreach (var watched in _tables.Values.SelectMany(static table => table))
        {
            if (!watched.Entry.IsReported)
                continue;
            if (users.TryGetValue(watched.Entry.Key, out var other))
                watched.IsShared = other.IsShared = true;
            else
                users[watched.Entry.Key] = watched;
        }

        _runs.Keep(users.Keys);
    }
}
