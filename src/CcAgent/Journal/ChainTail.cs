using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>Bytes at the end of a segment that belong to no entry.</summary>
/// <param name="Segment">The segment's file name.</param>
/// <param name="Offset">Where they begin.</param>
/// <param name="Length">How many.</param>
/// <param name="Digest">Their SHA-256.</param>
internal sealed record TornEnd(string Segment, long Offset, long Length, string Digest)
{
    /// <summary>What lies in a segment from an offset on; null when nothing does.</summary>
    internal static TornEnd? In(Segment segment, long offset)
    {
        using var stream = new FileStream(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
        if (stream.Length <= offset)
            return null;
        stream.Position = offset;
        var digest = new Sha256();
        var buffer = new byte[64 * 1024];
        long length = 0;
        for (int count; (count = stream.Read(buffer)) > 0; length += count)
            digest.Append(buffer.AsSpan(0, count));
        return new TornEnd(segment.Name, offset, length, digest.Finish().ToString());
    }
}

/// <summary>Where the chain goes on.</summary>
/// <param name="Chain">Its id.</param>
/// <param name="NextSeq">The next entry's sequence number.</param>
/// <param name="Previous">The hash that it names.</param>
/// <param name="Segment">The segment that holds the last entry.</param>
/// <param name="Reports">How many reports have their entry.</param>
/// <param name="Torn">What crashes left behind that no entry attests yet.</param>
/// <param name="Alarm">Why the log is not what the head says; null when it is.</param>
internal sealed record ChainTail(
    string Chain, long NextSeq, Hash32 Previous, Segment Segment, long Reports, IReadOnlyList<TornEnd> Torn, string? Alarm = null)
{
    internal const string HeadGone = "the remembered head is gone",
        LogGone = "the log is gone, and its remembered head with it, though the files that it was signed with are there";

    /// <summary>Whether there has been a log, by what a chain leaves beside it once its head is remembered.</summary>
    internal static bool HasBeen(string stateDirectory) => File.Exists(KeyFiles.Of(stateDirectory)) || File.Exists(TreeFile.Of(stateDirectory));

    /// <summary>Reads the log from the head on; without a head, from its start.</summary>
    internal static ChainTail Find(List<Segment> segments, ChainHead? head)
    {
        if (head is null)
            return WithoutHead(segments);
        if (head.Seq < 0)
            return ReadOn(segments, 0, 0, new ChainTail(head.Chain, 0, default, default, 0, []));
        // Of several files with one number only the last can hold entries.
        var at = segments.FindLastIndex(s => s.First == head.Segment && s.Bytes > 0);
        var alarm = at < 0 ? "the segment that the head names is gone"
            : segments[at].Bytes < head.Offset ? "the log is shorter than the head says"
            : !HoldsHead(segments[at], head) ? "the log does not hold the entry that the head names" : null;
        var tail = new ChainTail(
            head.Chain, head.Seq + 1, head.Hash, at < 0 ? default : segments[at], head.Reports, [], alarm);
        return alarm is not null ? tail : ReadOn(segments, at, head.Offset, tail);
    }

    private static ChainTail WithoutHead(List<Segment> segments)
    {
        ChainLine first;
        using (var lines = new LineSource(segments[0].Path))
        {
            var line = lines.Next();
            if (segments[0].First != 0 || line.IsEmpty || !ChainLine.TryRead(line[..^1], out first)
                || first is not { Seq: 0, Event: AuditEvents.Genesis } || first.Previous != default)
            {
                throw new ProblemException(
                    $"{segments[0].Path} does not begin an audit chain, and there is no remembered head",
                    "keep the directory as evidence, then start with a new one");
            }
        }

        var tail = new ChainTail(first.Chain, 0, default, segments[0], 0, []);
        return ReadOn(segments, 0, 0, tail) with { Alarm = HeadGone };
    }

    private static bool HoldsHead(Segment segment, ChainHead head)
    {
        // The head's line is at most so long, so it begins after this place; the first line found there may be cut.
        using var lines = new LineSource(segment.Path, Math.Max(0, head.Offset - EntryLimits.MaxLineBytes - 1));
        while (lines.Offset < head.Offset)
        {
            var line = lines.Next();
            if (line.IsEmpty)
                return false;
            if (lines.Offset == head.Offset)
                return ChainLine.TryRead(line[..^1], out var read) && read.Seq == head.Seq && read.Hash == head.Hash;
        }

        return false;
    }

    private static ChainTail ReadOn(List<Segment> segments, int at, long offset, ChainTail tail)
    {
        var torn = new List<TornEnd>();
        for (; at < segments.Count; at++, offset = 0)
        {
            // Only a segment that goes on where the one before ends is part of the chain.
            if (offset == 0 && segments[at].First != tail.NextSeq)
                break;
            tail = tail with { Segment = segments[at] };
            // Entries that were not known to be on disk when their segment was given up have no sequence number any more: also
            // where the daemon ended before it could write into the next one. An empty one of an old number says nothing.
            var end = at + 1 < segments.Count && (segments[at + 1].Bytes > 0 || segments[at + 1].First >= tail.NextSeq) ? segments[at + 1].First : long.MaxValue;
            using var lines = new LineSource(segments[at].Path, offset);
            for (var line = lines.Next(); !line.IsEmpty && tail.NextSeq < end; line = lines.Next())
            {
                if (!ChainLine.TryRead(line[..^1], out var read) || read.Chain != tail.Chain || read.Seq != tail.NextSeq || read.Previous != tail.Previous)
                    break;
                offset = lines.Offset;
                if (read.Event == AuditEvents.Recovered)
                    torn.RemoveAll(t => t.Segment == read.Segment);
                tail = tail with
                {
                    NextSeq = read.Seq + 1,
                    Previous = read.Hash,
                    Reports = Math.Max(tail.Reports, (read.Report ?? -1) + 1),
                };
            }

            if (TornEnd.In(segments[at], offset) is { } rest)
                torn.Add(rest);
        }

        return tail with { Torn = torn };
    }
}
