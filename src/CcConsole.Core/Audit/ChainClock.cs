namespace CcConsole.Core.Audit;

/// <summary>The clocks of entries that follow one another without a start of the agent between them, in short.</summary>
internal record struct ClockSpan
{
    public EntryClock First { get; private set; }

    public EntryClock Last { get; private set; }

    /// <summary>Least and greatest of wall clock less monotonic clock.</summary>
    public long Least { get; private set; }

    /// <inheritdoc cref="Least"/>
    public long Most { get; private set; }

    /// <summary>A clock goes back in between.</summary>
    public bool Back { get; private set; }

    public void Add(EntryClock clock)
    {
        if (!clock.IsKnown)
            return;
        var apart = clock.Wall - clock.Mono;
        if (!First.IsKnown || First == default)
        {
            (First, Least, Most) = (clock, apart, apart);
        }
        else
        {
            Back |= ChainClock.IsBack(Last, clock);
            Least = Math.Min(Least, apart);
            Most = Math.Max(Most, apart);
        }
        Last = clock;
    }
}

/// <summary>
/// Watches a chain's two clocks: the wall clock, which can be set, and the monotonic one, which cannot and starts anew at each boot. Within a
/// boot both go on together. A copy is where it stood.
/// </summary>
internal struct ChainClock
{
    private const long ApartMicros = 60_000_000;
    private const long WallBackMicros = 1_000_000;

    private EntryClock _last;
    private long? _apart;
    private string? _boot;
    // After a start that has not said yet whether the host was booted: what it wrote first is not compared.
    private bool _unsure;
    // Such a start has begun for certain; and the clocks of the last of what it wrote.
    private bool _begun;
    private EntryClock? _start;

    /// <summary>The clocks of the last entry of the run so far, whether or not its start has said of which boot it is; null where it has none.</summary>
    public readonly EntryClock? OfRun => _unsure && _begun ? _start : Last;

    private readonly EntryClock? Last => _last == default ? null : _last;

    /// <summary>Whether the second of two entries of one boot is of before the first.</summary>
    public static bool IsBack(EntryClock first, EntryClock second) => second.Mono < first.Mono || second.Wall < first.Wall - WallBackMicros;

    /// <summary>An entry with which a start begins.</summary>
    /// <param name="boot">The boot's id; null where the entry does not say.</param>
    public void Start(string? boot)
    {
        if (boot is null || boot != _boot)
            // The monotonic clock starts anew; the wall clock must go on.
            (_apart, _last) = (null, _last == default ? default : _last with { Mono = 0 });
        (_boot, _unsure) = (boot, false);
    }

    /// <summary>An entry with which a start may begin, before the one that says so; it comes in the middle of a run too.</summary>
    /// <param name="begins">Whether what follows is of another run than what came before, be it the same boot or not.</param>
    public void Heal(bool begins)
    {
        (_begun, _start) = begins ? (true, null) : (_unsure && _begun, _start);
        _unsure = true;
    }

    /// <summary>Takes the entries of a span, if there is nothing to say about them.</summary>
    public bool TrySpan(in ClockSpan span)
    {
        if (span.First == default)
            return true;
        if (span.Back || (Last is { } last && IsBack(last, span.First)) || span.Most - span.Least > ApartMicros)
            return false;
        if (_apart is { } apart && (span.Most - apart > ApartMicros || apart - span.Least > ApartMicros))
            return false;
        _apart ??= span.First.Wall - span.First.Mono;
        _last = span.Last;
        // What agrees with the entries before it is of their boot.
        _unsure = false;
        return true;
    }

    /// <summary>Takes one entry.</summary>
    /// <param name="clock">Its clocks.</param>
    /// <param name="ofChain">Whether it is about the chain itself: a start writes no other before the one that says so.</param>
    /// <returns>What is the matter with it, as it follows on "line 7 "; null when nothing is.</returns>
    public string? Take(EntryClock clock, bool ofChain)
    {
        if (!clock.IsKnown)
            return null;
        var apart = clock.Wall - clock.Mono;
        string? warning = null;
        if (_apart is { } before && Math.Abs(apart - before) > ApartMicros)
            warning = $"was written after the host's clock was set {(apart > before ? "forward" : "back")} by {Math.Abs(apart - before) / 1_000_000} s while it ran";
        else if (Last is { } last && IsBack(last, clock))
            warning = "has a time before that of the entry before it";
        // A host that was booted: its start says so in one of the next entries.
        if (warning is not null && _unsure && (ofChain || clock.Mono < _last.Mono))
        {
            _start = clock;
            return null;
        }
        _unsure = false;
        if (warning is not null || _apart is null)
            _apart = apart;
        _last = clock;
        return warning;
    }
}
