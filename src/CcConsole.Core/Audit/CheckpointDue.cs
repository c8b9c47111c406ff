namespace CcConsole.Core.Audit;

/// <summary>Whether a signed chain has its checkpoints in time, within one run of the agent. A copy is where it stood.</summary>
internal struct CheckpointDue
{
    /// <summary>An agent seals every 1,000 entries or 5 minutes; this is with its margin.</summary>
    private const long MostEntries = 1200;
    private static readonly long MostMicros = (long)Most.TotalMicroseconds;

    /// <summary>Longest time between two checkpoints of an agent that runs.</summary>
    internal static TimeSpan Most => TimeSpan.FromMinutes(15);

    private long _since;
    private long _mono;
    // The latest of the entries behind which the clock went back.
    private (long Line, long Mono) _latest;
    private bool _counting;

    /// <summary>Sequence number from which entries are counted.</summary>
    public readonly long Since => _since;

    /// <summary>A checkpoint, the first key, or the start of a run.</summary>
    /// <param name="seq">The entry's sequence number.</param>
    /// <param name="clock">Its clocks.</param>
    public void Restart(long seq, EntryClock clock) => (_since, _mono, _latest, _counting) = (seq, clock.Mono, (0, -1), true);

    /// <summary>The entry after this one is of an earlier time in the same boot.</summary>
    /// <param name="line">The line before the clock goes back.</param>
    /// <param name="clock">Its clocks.</param>
    public void GoesBack(long line, EntryClock clock)
    {
        if (clock.Mono > _latest.Mono)
            _latest = (line, clock.Mono);
    }

    /// <summary>Looks whether one was due at an entry.</summary>
    /// <param name="seq">The entry's sequence number.</param>
    /// <param name="line">Its line.</param>
    /// <param name="clock">Its clocks, or of the last one that has any.</param>
    /// <returns>The first line that is too late, and what is the matter with it, as it follows on "line 7 "; null when none was due.</returns>
    public readonly (long Line, string What)? Look(long seq, long line, EntryClock? clock)
    {
        if (!_counting)
            return null;
        if (seq - _since > MostEntries)
            return (line - (seq - _since - MostEntries - 1), $"is the {MostEntries + 1}th without a checkpoint");
        var (at, mono) = clock is { } now && now.Mono >= _latest.Mono ? (line, now.Mono) : _latest;
        return mono >= 0 && _mono >= 0 && mono - _mono > MostMicros
            ? (at, $"was written more than {Most.TotalMinutes} minutes after the last checkpoint")
            : null;
    }
}

/// <summary>Entries that were not signed in time.</summary>
/// <param name="Line">The first line that no checkpoint had signed then.</param>
/// <param name="Message">In a sentence without a final full stop.</param>
internal sealed record LateCheckpoint(long Line, string Message);
