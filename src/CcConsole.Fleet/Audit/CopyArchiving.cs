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
        string hash = moved.Archived == 0 ? "" : (cache.Chains.Line(moved, moved.Archived) is { } next ? ChainLines.Member(next.Bytes.Span, "prev_hash"u8) : null)
            ?? throw ChainArchives.NotWhole(head, moved.Archived, moved.Archived);
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
        long before = head.Start;
        // The times are the host's own, and a clock that was wrong for a while says nothing of what came before: the first entry that is not old ends it.
        foreach (ChainLine line in cache.Chains.Lines(head, before, head.Seq - 1))
        {
            if (line.Seq != before || !(AuditRow.From(line).Time < limit))
            {
                break;
            }

            before++;
        }

        return Move(head, before);
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
