using CcAgent.Places;

namespace CcAgent.Journal;

/// <summary>
/// How far the journals may be read: what the daemon has written but not yet brought to disk may still be given up, so
/// the remembered head is the bound. Where there is no head, all that is there.
/// </summary>
internal readonly record struct JournalBounds(long Entries, long Reports)
{
    internal static JournalBounds Of(AgentPlaces places) => HeadFile.Read(places.AuditState + "/head") is { } head
        ? new JournalBounds(head.Seq + 1, head.Reports)
        : new JournalBounds(long.MaxValue, long.MaxValue);
}
