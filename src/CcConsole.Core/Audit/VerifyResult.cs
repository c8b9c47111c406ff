using System.Globalization;
using CcConsole.Core.Audit.Checkpoints;

namespace CcConsole.Core.Audit;

/// <summary>What a verification found.</summary>
/// <param name="Entries">Lines seen, an incomplete last one included.</param>
/// <param name="Verified">Entries verified before the first bad line; all of them when there is none.</param>
/// <param name="Head">Hash of the last verified entry; where none is, the hash it started from, or null at a chain's start.</param>
/// <param name="Verdict">The finding.</param>
/// <param name="FirstBad">
/// The 1-based line at which the finding is made, null when good. For <see cref="Verdict.Rollback"/> it is the first
/// line that is missing, for <see cref="Verdict.Fork"/> the remembered one, for <see cref="Verdict.Overdue"/> the first that was not signed in time.
/// </param>
/// <param name="Message">The finding in a sentence without a final full stop. Holds no text of the chain.</param>
/// <param name="VerifiedBytes">Bytes of the verified lines, line feeds included: where an append may go on.</param>
public sealed record VerifyResult(
    long Entries, long Verified, Hash32? Head, Verdict Verdict, long? FirstBad, string Message, long VerifiedBytes)
{
    /// <summary>A time zone that was set wrongly makes no host's clock more wrong than that, but for a few.</summary>
    private static readonly TimeSpan MostExcused = TimeSpan.FromHours(12);

    // Older than any audit chain.
    private static readonly TimeSpan Unknown = TimeSpan.FromDays(200_000);

    private static readonly (long Ticks, string Name)[] Units =
    [
        (TimeSpan.TicksPerDay, "day"), (TimeSpan.TicksPerHour, "hour"), (TimeSpan.TicksPerMinute, "minute"), (TimeSpan.TicksPerSecond, "second"), (TimeSpan.TicksPerMillisecond, "millisecond"),
    ];

    /// <summary>Whether the chain was held against something known before: a remembered head, or the entry it continues.</summary>
    public bool Anchored { get; init; }

    /// <summary>Sequence number of the first entry that is here: not 0 where the entries before it were pruned.</summary>
    public long FirstSeq { get; init; }

    /// <summary>Sequence number of the entry that named the chain's first key; null in a chain without keys.</summary>
    public long? SignedSince { get; init; }

    /// <summary>When that entry was written, by the host's clock; null where it is not known.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>How many checkpoints were found good.</summary>
    public long Checkpoints { get; init; }

    /// <summary>The last of them: what it covers is proven against everyone who had not its key then. Null when there is none.</summary>
    public VerifiedCheckpoint? LastCheckpoint { get; init; }

    /// <summary>What is odd and proves nothing, such as a clock that was set, or a checkpoint that was missing before what is remembered; the first 20 of each kind.</summary>
    public IReadOnlyList<VerifyWarning> Warnings { get; init; } = [];

    /// <summary>0 good, 1 tampered with, 2 incomplete, overdue, stale or empty, or unanchored where an anchor was asked for.</summary>
    /// <param name="anchorRequired">Whether the person asked that the chain be held against something remembered.</param>
    public int ExitCode(bool anchorRequired = false) =>
        // Nothing unchecked is good: where a pipe's other end failed, there is no entry either.
        (Verdict == Verdict.Clock && anchorRequired && !Anchored) || (Verdict == Verdict.Unanchored && Entries == 0) ? 2 : Verdict.ExitCode(anchorRequired);

    /// <summary>
    /// The finding about a host whose agent runs now: OVERDUE when its chain is signed and the last checkpoint, or the first key where there is none, is
    /// more than 15 minutes old by the host's own clock; CLOCK when it only seems so because that is behind. Who holds that clock would be excused for
    /// ever: by the clock here it is OVERDUE after 12 hours all the same.
    /// </summary>
    /// <param name="now">The time now, or when the chain was taken from the host.</param>
    /// <param name="ahead">By how much the host's clock is ahead of the one that says so; negative when it is behind.</param>
    public VerifyResult Live(DateTimeOffset now, TimeSpan ahead = default)
    {
        if (!Verdict.IsGood() || SignedSince is not { } since || (LastCheckpoint is { } checkpoint ? checkpoint.Time : SignedAt) is not { } last)
            return this;
        var (age, here) = (now + ahead - last, now - last);
        if (age > CheckpointDue.Most || here > MostExcused)
        {
            var old = age > CheckpointDue.Most
                ? $"is {age.TotalMinutes:f0} minutes old, though the agent runs"
                : $"is {here.TotalMinutes:f0} minutes old by the clock here; that the host's clock is {-ahead.TotalMinutes:f0} minutes behind excuses no more than {MostExcused.TotalHours:f0} hours";
            return this with
            {
                Verdict = Verdict.Overdue,
                FirstBad = Math.Max(1, (LastCheckpoint?.Size ?? since) - FirstSeq + 1),
                Message = $"{Message}; the {(LastCheckpoint is null ? "first key, with which nothing was signed yet," : "last checkpoint")} {old}",
            };
        }
        return here > CheckpointDue.Most
            ? this with { Verdict = Verdict.Clock, Message = $"{Message}; the host's clock is {-ahead.TotalMinutes:f0} minutes behind the one here" }
            : this;
    }

    /// <summary>The finding about a copy: STALE when it is older than was asked for, and nothing else is the matter.</summary>
    /// <param name="age">How old the copy is.</param>
    /// <param name="most">How old it may be.</param>
    public VerifyResult Aged(TimeSpan age, TimeSpan most) => Verdict.IsGood() && age > most
        ? this with { Verdict = Verdict.Stale, Message = $"{Message}; {(age > Unknown ? "how old the copy is, is not known" : $"the copy is {Span(age)} old")}, and the limit was {Span(most)}" }
        : this;

    // In whole numbers, rounded up: of the largest unit that it is so many of exactly, or ten of.
    private static string Span(TimeSpan span)
    {
        var (ticks, name) = Units.First(unit => span.Ticks % unit.Ticks == 0 || span.Ticks >= 10 * unit.Ticks || unit == Units[^1]);
        var number = (span.Ticks + ticks - 1) / ticks;
        return string.Create(CultureInfo.InvariantCulture, $"{number} {name}{(number == 1 ? "" : "s")}");
    }
}

/// <summary>What is odd about a line without being wrong.</summary>
/// <param name="Line">The 1-based line.</param>
/// <param name="Message">In a sentence without a final full stop. Holds no text of the chain.</param>
/// <param name="Of">What it is about: <see cref="Verdict.Clock"/>, or <see cref="Verdict.Overdue"/> where what is remembered covers what was not signed in time.</param>
public sealed record VerifyWarning(long Line, string Message, Verdict Of = Verdict.Clock);

/// <summary>How far a verification has come.</summary>
/// <param name="Entries">Entries seen.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record VerifyProgress(long Entries, long Bytes);

/// <summary>How a chain is to be verified.</summary>
public sealed record VerifyOptions
{
    /// <summary>What was known of the chain before, if anything.</summary>
    public RememberedHead? Remembered { get; init; }

    /// <summary>Where it is taken up, for what continues a chain; null for its first entry.</summary>
    public KnownChain? Known { get; init; }

    /// <summary>How many threads at most; null for as many as there are processors to use.</summary>
    public int? Workers { get; init; }

    /// <summary>Told from time to time, by whatever thread.</summary>
    public IProgress<VerifyProgress>? Progress { get; init; }
}

/// <summary>What was known of a chain before.</summary>
/// <param name="Count">How many entries there were; at least 1.</param>
/// <param name="Hash">Hash of the last of them.</param>
/// <param name="Genesis">Hash of the first, where it is known.</param>
public sealed record RememberedHead(long Count, Hash32 Hash, Hash32? Genesis = null)
{
    /// <summary>Whether it was the host that remembered: who took that over can have changed it, so it covers nothing that was not signed in time.</summary>
    public bool ByHost { get; init; }

    /// <summary>Reads <c>COUNT:HASH</c>, as <c>audit verify --remembered</c> takes it.</summary>
    /// <exception cref="ProblemException">Something else.</exception>
    public static RememberedHead Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && long.TryParse(text.AsSpan(0, colon), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count)
            && count > 0
            && Hash32.TryParse(text.AsSpan(colon + 1), out var hash)
            // Of one entry it is the first that is remembered: whose chain it is.
            ? new RememberedHead(count, hash, count == 1 ? hash : null)
            : throw new ProblemException("the remembered head is not COUNT:HASH", "give the number of entries (1 or more), a colon, and the 64 hexadecimal digits of the last one's hash");
    }
}
