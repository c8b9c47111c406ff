using CcConsole.Core.Crontab.Lint;

namespace CcConsole.Fleet.Jobs;

/// <summary>The part of a draft that is at fault.</summary>
public enum DraftField
{
    /// <summary>None in particular.</summary>
    None,

    /// <summary>The schedule.</summary>
    Schedule,

    /// <summary>The command.</summary>
    Command,

    /// <summary>The name.</summary>
    Name,

    /// <summary>The job's id.</summary>
    JobId,

    /// <summary>The user that runs it, in a system table.</summary>
    User,

    /// <summary>The wrapper or its arguments.</summary>
    Wrapper,
}

/// <summary>What a draft would become: computed without asking the host, on every key if wanted.</summary>
public sealed record JobPreview
{
    /// <summary>The exact bytes of the entry's line, without its line feed; empty while the draft cannot be written.</summary>
    public ReadOnlyMemory<byte> Line { get; init; }

    /// <summary>The schedule in words; its own text where it cannot be phrased; empty while it does not parse.</summary>
    public string Meaning { get; init; } = "";

    /// <summary>The next five runs in the zone of the entry (the host's, unless CRON_TZ says another); empty when it never fires, only at reboot, or in a zone that is not known.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns { get; init; } = [];

    /// <summary>Bytes that are left of the daemon's limit for a command; negative when it is too long.</summary>
    public int BytesLeft { get; init; }

    /// <summary>Why the draft cannot be written; null when it can.</summary>
    public string? Problem { get; init; }

    /// <summary>The field at fault.</summary>
    public DraftField Field { get; init; }

    /// <summary>What to do about it; null when the problem says it all.</summary>
    public string? Hint { get; init; }

    /// <summary>What the linter says of the entry; empty while it cannot be written.</summary>
    public IReadOnlyList<LintFinding> Findings { get; init; } = [];

    /// <summary>Accepted, but perhaps not what is meant: it never fires, a change of the clock moves it, another job starts at the same minute.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>True when the draft can be written.</summary>
    public bool IsValid => Problem is null;
}
