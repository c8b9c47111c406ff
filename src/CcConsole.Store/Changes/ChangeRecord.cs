using System.Globalization;
using System.Text;
using CcConsole.Core.Audit;

namespace CcConsole.Store.Changes;

/// <summary>A change of one table on one host: what it was, what it became, and how that ended.</summary>
public sealed record ChangeRecord
{
    /// <summary>Its number, growing; given by the journal.</summary>
    public long Id { get; init; }

    /// <summary>The host's name in the fleet.</summary>
    public required string Host { get; init; }

    /// <summary>The table: a user's name, or the path of a system table.</summary>
    public required string Table { get; init; }

    /// <summary>Its bytes before.</summary>
    public required ReadOnlyMemory<byte> Before { get; init; }

    /// <summary>Its bytes after.</summary>
    public required ReadOnlyMemory<byte> After { get; init; }

    /// <summary>Whether there was a table before; without one its bytes are none.</summary>
    public bool Existed { get; init; } = true;

    /// <summary>Whether there is no table afterwards.</summary>
    public bool Removes { get; init; }

    /// <summary>What was done, in words: <c>add job backup</c>.</summary>
    public required string Description { get; init; }

    /// <summary>Who did it.</summary>
    public required string Actor { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>
    /// What its write is called on the host, 64 hexadecimal digits: the same whenever the change is read from the journal, and another
    /// one for every change.
    /// </summary>
    public string Token => Sha256.Hash(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"{Id} {BegunAt.ToUnixTimeMilliseconds()} {Sha256.Hash(Before.Span)} {Sha256.Hash(After.Span)}\n{Actor}\n{Host}\n{Table}"))).ToString();

    /// <summary>When it ended; null while it runs, or when the console died in the middle of it.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended; null as above.</summary>
    public ChangeOutcome? Outcome { get; init; }

    /// <summary>The cause of a refusal or failure, in words.</summary>
    public string? Message { get; init; }

    /// <summary>The entry of the host's audit chain; null without an agent.</summary>
    public long? AuditSeq { get; init; }

    /// <summary>The change that this one takes back.</summary>
    public long? Undoes { get; init; }

    /// <summary>The change that took this one back, where it was applied.</summary>
    public long? UndoneBy { get; init; }

    /// <summary>The batch that it is part of; null for a change of one host.</summary>
    public long? Batch { get; init; }

    /// <summary>Which member of the batch, from 0.</summary>
    public int Member { get; init; }

    /// <summary>The console that sends it, or sent it; null for those of the first consoles.</summary>
    internal string? Writer { get; init; }

    /// <summary>True when a living console was at it, at the time that this was read.</summary>
    public bool IsRunning { get; init; }
}

/// <summary>How a change ended.</summary>
public enum ChangeOutcome
{
    /// <summary>The table was written and read back equal.</summary>
    Applied,

    /// <summary>Nothing was written: the table had changed meanwhile, or the host refused.</summary>
    Refused,

    /// <summary>It failed; the table was found to be the old one.</summary>
    Failed,

    /// <summary>It failed, and the table was found to be neither the old nor the new one.</summary>
    Unknown,
}
