namespace CcConsole.Core.Audit;

/// <summary>What a verification found. Rollback, Fork and Replaced need a remembered head; all others but the good ones and Stale name a line.</summary>
public enum Verdict
{
    /// <summary>Every entry is whole and linked, and the chain holds what was remembered of it.</summary>
    Ok,

    /// <summary>
    /// Every entry is whole and linked, but nothing was remembered to hold the chain against: entries missing at the
    /// end, or a chain written anew, would not show.
    /// </summary>
    Unanchored,

    /// <summary>The last line is incomplete, as a crash leaves it.</summary>
    Torn,

    /// <summary>An entry is not what its hash was made of.</summary>
    Hash,

    /// <summary>An entry does not follow the one before.</summary>
    Link,

    /// <summary>Entries are missing in the middle.</summary>
    Gap,

    /// <summary>An entry occurs again.</summary>
    Duplicate,

    /// <summary>A line is not an entry in the one allowed spelling: no JSON, a member twice, NaN, too long, too deep.</summary>
    NonCanonical,

    /// <summary>The chain is shorter than remembered.</summary>
    Rollback,

    /// <summary>The chain has another entry where one was remembered.</summary>
    Fork,

    /// <summary>It is another chain than the one remembered: already its first entry differs.</summary>
    Replaced,

    /// <summary>A checkpoint's signature does not verify, is by a key that the chain never announced, or is none.</summary>
    BadSig,

    /// <summary>A checkpoint is signed by the right key, but its size or root is not that of the entries before it.</summary>
    Root,

    /// <summary>A checkpoint is signed by a key of the chain that is not in force, or without the next key announced; or an announcement names no key of the chain.</summary>
    Ratchet,

    /// <summary>
    /// The chain is signed, and a checkpoint is missing where one is due. What is there is whole. A warning only where the next checkpoint, or the next
    /// start of the agent, lies before a head that was remembered elsewhere than on the host.
    /// </summary>
    Overdue,

    /// <summary>A warning: the host's clock was set while it ran, or goes back. What is there is whole.</summary>
    Clock,

    /// <summary>What was verified is a copy that is older than was asked for. What is there is whole.</summary>
    Stale,
}

/// <summary>What each <see cref="Verdict"/> is called in output, and which exit code it gives.</summary>
public static class Verdicts
{
    /// <summary>Exit code when a chain could not be read.</summary>
    public const int Unreadable = 3;

    /// <summary>0 good, 1 tampered with, 2 incomplete, or unanchored where an anchor was asked for.</summary>
    /// <param name="verdict">What was found.</param>
    /// <param name="anchorRequired">Whether the person asked that the chain be held against something remembered.</param>
    public static int ExitCode(this Verdict verdict, bool anchorRequired = false) => verdict switch
    {
        Verdict.Ok or Verdict.Clock => 0,
        Verdict.Unanchored => anchorRequired ? 2 : 0,
        Verdict.Torn or Verdict.Overdue or Verdict.Stale => 2,
        _ => 1,
    };

    /// <summary>Whether every entry present is whole and linked, and nothing is amiss but perhaps the host's clock.</summary>
    public static bool IsGood(this Verdict verdict) => verdict is Verdict.Ok or Verdict.Unanchored or Verdict.Clock;

    /// <summary>Whether every entry present is whole and linked, and every checkpoint present good: such entries may be kept.</summary>
    public static bool IsWhole(this Verdict verdict) => verdict.IsGood() || verdict is Verdict.Overdue or Verdict.Stale;

    /// <summary>The word in capitals, as it is printed: OK, UNANCHORED, TORN, HASH and so on.</summary>
    public static string Word(this Verdict verdict) => verdict switch
    {
        Verdict.Ok => "OK",
        Verdict.Unanchored => "UNANCHORED",
        Verdict.Torn => "TORN",
        Verdict.Hash => "HASH",
        Verdict.Link => "LINK",
        Verdict.Gap => "GAP",
        Verdict.Duplicate => "DUPLICATE",
        Verdict.NonCanonical => "NONCANONICAL",
        Verdict.Rollback => "ROLLBACK",
        Verdict.Fork => "FORK",
        Verdict.Replaced => "REPLACED",
        Verdict.BadSig => "BADSIG",
        Verdict.Root => "ROOT",
        Verdict.Ratchet => "RATCHET",
        Verdict.Overdue => "OVERDUE",
        Verdict.Clock => "CLOCK",
        Verdict.Stale => "STALE",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}
