using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Core.Reports;

namespace CcAgent.Journal;

/// <summary>What became of something that was to be recorded.</summary>
/// <param name="Good">Whether it is recorded as what it was meant to be.</param>
/// <param name="Recorded">Whether anything about it is durable, its refusal included: then it need not be sent again.</param>
/// <param name="Seq">The sequence number of its entry; -1 when there is none.</param>
/// <param name="Message">Its entry's hash when it is good, else what was wrong.</param>
internal readonly record struct RecordAnswer(bool Good, bool Recorded, long Seq, string Message);

/// <summary>Something to be recorded, and who waits for it.</summary>
internal abstract class RecordRequest
{
    /// <summary>The sender as the kernel reports it.</summary>
    internal required uint Uid { get; init; }

    /// <summary>Whether it stays where it is, and is tried again unasked, until it is recorded: then it is never missing.</summary>
    internal bool Retried { get; init; }

    /// <summary>Called once, from the recorder's thread, when it is durable or cannot be.</summary>
    internal required Action<RecordAnswer> Answer { get; init; }
}

/// <summary>A report that has been found good.</summary>
internal sealed class ReportRequest : RecordRequest
{
    internal required ExecutionReport Report { get; init; }

    /// <summary>Its JSON object as it came.</summary>
    internal required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>When its file came into a spool, where one may lie that was recorded before; null for one that came from none.</summary>
    internal DateTimeOffset? Spooled { get; init; }
}

/// <summary>Something that was sent as a report and is none.</summary>
internal sealed class RejectedRequest : RecordRequest
{
    internal required string Reason { get; init; }

    internal required ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The job that it claims to be about, when that could be read.</summary>
    internal string? JobId { get; init; }

    internal int Pid { get; init; }
}

/// <summary>An entry of the daemon's own, such as a run that was lost or a table that someone changed.</summary>
internal sealed class EntryRequest : RecordRequest
{
    internal required string Event { get; init; }

    /// <summary>Its members; <see cref="EntryMembers.Cut"/> keeps a text within what a line may hold.</summary>
    internal required IReadOnlyList<AuditMember> Members { get; init; }
}

/// <summary>An entry that `serve` asks for.</summary>
internal sealed class AppendRequest : RecordRequest
{
    internal required AuditAppendParams Entry { get; init; }
}
