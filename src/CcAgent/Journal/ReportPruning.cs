using CcAgent.Places;

namespace CcAgent.Journal;

/// <summary>A segment of reports whose time is over, and why.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="End">The sequence number after its last report.</param>
/// <param name="Bytes">How large it is.</param>
/// <param name="Reason">Why it goes, in words.</param>
internal readonly record struct PrunedSegment(Segment Segment, long End, long Bytes, string Reason);

/// <summary>Which reports go: whole segments, the oldest first, never the one that is written.</summary>
internal static class ReportPruning
{
    /// <param name="segments">All segments in their order.</param>
    /// <param name="retention">How long reports are kept.</param>
    /// <param name="pulled">The sequence number of the last report that a console holds; -1 for none.</param>
    /// <param name="now">The time.</param>
    internal static IReadOnlyList<PrunedSegment> Due(IReadOnlyList<Segment> segments, ReportRetention retention, long pulled, DateTimeOffset now)
    {
        var due = new List<PrunedSegment>();
        var total = segments.Sum(s => s.Bytes);
        for (var i = 0; i + 1 < segments.Count; i++)
        {
            var (segment, end, bytes) = (segments[i], segments[i + 1].First, segments[i].Bytes);
            // No report in it came after its last writing.
            var age = now - File.GetLastWriteTimeUtc(segment.Path);
            var reason = age > TimeSpan.FromDays(retention.MaxAgeDays) ? $"older than {retention.MaxAgeDays} days"
                : total > retention.MaxMegabytes * 1024L * 1024 ? $"more than {retention.MaxMegabytes} MiB of reports"
                : null;
            if (reason is null || (retention.KeepUnpulled && end - 1 > pulled))
                break;
            due.Add(new PrunedSegment(segment, end, bytes, reason));
            total -= bytes;
        }

        return due;
    }
}
