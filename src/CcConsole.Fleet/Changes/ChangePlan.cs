using CcConsole.Core.Audit;
using CcConsole.Core.Crontab;
using CcConsole.Store.Changes;

namespace CcConsole.Fleet.Changes;

/// <summary>
/// A change of one table on one host, not yet made: what is shown to the person, confirmed, and then applied exactly so, or not at all.
/// </summary>
public sealed record ChangePlan
{
    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>Which table.</summary>
    public required TableId Table { get; init; }

    /// <summary>True for the table of the session's own user, which is not named in what is sent, so that no privilege is asked for.</summary>
    public required bool IsOwnTable { get; init; }

    /// <summary>Whether the table existed when it was read.</summary>
    public required bool Existed { get; init; }

    /// <summary>Its bytes when it was read: the change is made only while they are these.</summary>
    public required ReadOnlyMemory<byte> Before { get; init; }

    /// <summary>Its bytes afterwards.</summary>
    public required ReadOnlyMemory<byte> After { get; init; }

    /// <summary>True when there is to be no table afterwards; <see cref="After"/> is then empty. An empty table stays one otherwise.</summary>
    public bool Removes { get; init; }

    /// <summary>What it does, in words: <c>add job backup</c>.</summary>
    public required string Description { get; init; }

    /// <summary>What will be otherwise than one may think, in words: to be shown before it is confirmed.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The job that it is about; null when there is none.</summary>
    public string? JobId { get; init; }

    /// <summary>Why, in the person's words; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>True when the person has to type the host's name to confirm.</summary>
    public bool IsProduction { get; init; }

    /// <summary>The change in the journal that this one takes back.</summary>
    public long? Undoes { get; init; }

    /// <summary>True when nothing would change.</summary>
    public bool IsEmpty => !(Removes && Existed) && Before.Span.SequenceEqual(After.Span);

    /// <summary>SHA-256 of <see cref="Before"/>, 64 hexadecimal digits.</summary>
    public string BeforeSha256 => Sha256.Hash(Before.Span).ToString();

    /// <summary>The difference line by line, for showing.</summary>
    public TableDiff Diff => TableDiff.Between(Before.Span, After.Span);

    /// <summary>As the journal notes it before it is sent.</summary>
    internal ChangeRecord ToRecord(FleetOptions options) => new()
    {
        Host = Host,
        Table = Table.Name,
        Existed = Existed,
        Removes = Removes,
        Before = Before,
        After = After,
        Description = Description,
        Actor = options.Actor,
        BegunAt = options.Time.GetUtcNow(),
        Undoes = Undoes,
    };
}
