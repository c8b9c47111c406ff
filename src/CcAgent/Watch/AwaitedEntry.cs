namespace CcAgent.Watch;

/// <summary>An entry whose next run is waited for, with the misses of it that are collected and not told yet.</summary>
internal sealed class AwaitedEntry(WatchedEntry entry)
{
    // Misses of one job and cause that follow each other within so long make one entry of the chain.
    private static readonly TimeSpan Collected = TimeSpan.FromMinutes(55);

    private static readonly TimeSpan KeptShared = TimeSpan.FromHours(25);

    private string? _notedReason;
    private DateTimeOffset _notedAt;

    internal WatchedEntry Entry { get; } = entry;

    /// <summary>When the run that is waited for is due.</summary>
    internal DateTimeOffset Due { get; set; }

    /// <summary>Whether its table does not hold it any more.</summary>
    internal bool IsGone { get; private set; }

    /// <summary>Whether the run waits for the one before it.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>Whether other entries have the same job.</summary>
    internal bool IsShared { get; set; }

    /// <summary>The misses that are collected; null for none.</summary>
    internal MissedRun? Pending { get; set; }

    /// <summary>The first due time that is not told or judged.</summary>
    internal DateTimeOffset Open => Pending?.First ?? Due;

    /// <summary>By how much cron may begin the run later.</summary>
    internal TimeSpan Delay => TimeSpan.FromMinutes(Entry.Timing.MaxDelay);

    /// <summary>When it can be told whether the run began.</summary>
    internal DateTimeOffset JudgedAt => Due + MissedRuns.Grace + Delay;

    /// <summary>From when on runs may still be asked for.</summary>
    internal DateTimeOffset OldestRun => Due - (IsShared ? KeptShared : MissedRuns.KeptRuns);

    /// <summary>Takes the place of one that stays as it was.</summary>
    internal void TakeOver(AwaitedEntry same)
    {
        (Due, Pending, _notedReason, _notedAt) = (same.Due, same.Pending, same._notedReason, same._notedAt);
        same.IsGone = true;
    }

    /// <summary>The run that was due did not begin.</summary>
    internal void Miss(string reason, Action<MissedRun> told)
    {
        if (Pending is { } other && other.Reason != reason)
            Tell(told);
        Pending = Pending is { } pending
            ? pending with { Last = Due, Count = pending.Count + 1 }
            : new MissedRun(Entry, reason, Due, Due, 1, false);
    }

    /// <summary>The run that was due began.</summary>
    internal void Begin(Action<MissedRun> told)
    {
        Tell(told);
        _notedReason = null;
    }

    /// <summary>Tells what is collected: of a cause that is new at once, then after some time of it.</summary>
    internal void TellNow(DateTimeOffset now, Action<MissedRun> told)
    {
        if (Pending is { } pending && JudgedAt > now && (_notedReason != pending.Reason || now - _notedAt >= Collected))
        {
            Tell(told);
            (_notedReason, _notedAt) = (pending.Reason, now);
        }
    }

    /// <summary>Tells what is collected.</summary>
    internal void Tell(Action<MissedRun> told)
    {
        if (Pending is not { } pending)
            return;
        Pending = null;
        told(pending);
    }

    /// <summary>Its table does not hold it any more.</summary>
    internal void End(Action<MissedRun> told)
    {
        Tell(told);
        IsGone = true;
    }
}
