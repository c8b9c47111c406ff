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
    private bool _counting;

    /// <summary>Sequence number from which entries are counted.</summary>
    public readonly long Since => _since;

    /// <summary>The first line at which one is missing, with what is the matter; null when none is.</summary>
    public (long Line, string What)? Overdue { get; private set; }

    /// <summary>A checkpoint, the first key, or the start of a run.</summary>
    /// <param name="seq">The entry's sequence number.</param>
    /// <param name="clock">Its clocks.</param>
    public void Restart(long seq, EntryClock clock) => (_since, _mono, _counting) = (seq, clock.Mono, true);

    /// <summary>Looks whether one was due at an entry.</summary>
    /// <param name="seq">The entry's sequence number.</param>
    /// <param name="line">Its line.</param>
    /// <param name="clock">Its clocks, or of the last one that has any.</param>
    public void Look(long seq, long line, EntryClock? clock)
    {
        if (!_counting || Overdue is not null)
            return;
        if (seq - _since > MostEntries)
            Overdue = (line - (seq - _since - MostEntries - 1), $"is the {MostEntries + 1}th without a checkpoint");
        else if (clock is { Mono: >= 0 } now && _mono >= 0 && now.Mono - _mono > MostMicros)
            Overdue = (line, $"was written more than {Most.TotalMinutes} minutes after the last checkpoint");
    }
}
