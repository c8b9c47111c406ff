using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Store;
using CcConsole.Store.Chains;

namespace CcConsole.Fleet.Audit;

/// <summary>Moves old entries of copies into their archive files, when a person says so or by the settings, and records it.</summary>
internal sealed class CopyArchiving(CacheDatabase cache, FleetOptions options, OwnChain own)
{
    /// <summary>Moves the entries before one.</summary>
    public Archived Move(ChainHead head, long before)
    {
        ChainHead moved = cache.Archives.Move(head, before);
        long count = moved.Archived - Math.Max(head.First, head.Archived);
        string hash = moved.Archived > 0 ? ChainLines.Member(cache.Chains.Line(moved, moved.Archived)!.Value.Bytes.Span, "prev_hash"u8) ?? "" : "";
        if (count > 0)
        {
            own.Record(AuditEvents.AuditArchived, head.Host, new AuditMember("host_chain", moved.Chain), new AuditMember("first", moved.Archived - count),
                new AuditMember("last", moved.Archived - 1), new AuditMember("last_hash", hash), new AuditMember("file", moved.Archive));
        }

        return new Archived(moved, Math.Max(0, count), moved.Archived > 0 ? $"{moved.Archived}:{hash}" : "");
    }

    /// <summary>Moves the entries that are older than so long; the newest stays.</summary>
    public Archived Move(ChainHead head, TimeSpan age)
    {
        DateTimeOffset limit = options.Time.GetUtcNow() - age;
        (long first, long end) = (Math.Max(head.First, head.Archived), head.Seq);
        // Times go up with the sequence, but for a clock that was set: then less is moved than could be.
        while (first < end)
        {
            long middle = first + ((end - first) / 2);
            (first, end) = AuditRow.From(cache.Chains.Line(head, middle)!.Value).Time < limit ? (middle + 1, end) : (first, middle);
        }

        return Move(head, first);
    }

    /// <summary>What the settings want, once a copy was held against its host entry by entry.</summary>
    /// <returns>Null, or why it could not be done, in words: the cache has all entries then.</returns>
    public string? AfterComparison(ChainHead head)
    {
        if (options.ArchiveAfter is not { } age || options.ReadOnly)
        {
            return null;
        }

        try
        {
            own.Demand($"moving old entries of {head.Host} into the archive");
            Move(head, age);
            return null;
        }
        catch (ProblemException e)
        {
            return e.Message;
        }
    }
}
