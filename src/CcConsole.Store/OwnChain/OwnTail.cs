using System.Text.Json;
using CcConsole.Core.Audit;

namespace CcConsole.Store.OwnChain;

/// <summary>Bytes at the end of a segment that belong to no entry: what a crash left behind.</summary>
internal sealed record OwnTorn(string Segment, long Offset, long Length, Hash32 Digest);

/// <summary>Where the console's own chain goes on.</summary>
/// <param name="Head">Its last entry.</param>
/// <param name="Segment">The file that holds it.</param>
/// <param name="Torn">What lies behind it and is no entry, and no entry has attested: of each file on which a write failed.</param>
/// <param name="Alarm">Why the log is not what the remembered head says; null when it is.</param>
internal sealed record OwnTail(OwnHead Head, OwnSegment Segment, IReadOnlyList<OwnTorn> Torn, string? Alarm)
{
    private const string HeadGone = "the remembered head is gone";

    /// <summary>Reads on from the remembered head, without one from the first entry; null when the chain has not begun.</summary>
    public static OwnTail? Find(string folder, OwnHead? remembered)
    {
        List<OwnSegment> segments = OwnSegment.In(folder);
        if (remembered is null)
        {
            return segments.FirstOrDefault(segment => segment.Bytes > 0) is { Path: not null } first
                ? ReadOn(segments, segments.IndexOf(first), new OwnHead("", -1, default, first.Name, 0, 0), HeadGone)
                : null;
        }

        int at = segments.FindIndex(segment => segment.Name == remembered.Segment);
        string? alarm = at < 0 ? "the segment that the remembered head names is gone"
            : segments[at].Bytes < remembered.End ? "the log is shorter than the remembered head says"
            : !Holds(segments[at], remembered) ? "the log does not hold the entry that the remembered head names" : null;
        return alarm is null ? ReadOn(segments, at, remembered, null) : new OwnTail(remembered, at < 0 ? default : segments[at], [], alarm);
    }

    private static bool Holds(OwnSegment segment, OwnHead head)
    {
        foreach ((ReadOnlyMemory<byte> line, long end) in segment.Lines(head.Start))
        {
            const int hashMember = 77; // , "hash": "…"}
            return end == head.End && line.Length > hashMember && Sha256.Hash([.. line.Span[..^(hashMember + 1)], (byte)'}']) == head.Hash;
        }

        return false;
    }

    private static OwnTail? ReadOn(List<OwnSegment> segments, int at, OwnHead head, string? alarm)
    {
        OwnSegment last = segments[at];
        List<OwnTorn> torn = [];
        for (long offset = head.End; at < segments.Count; at++, offset = 0)
        {
            OwnSegment segment = segments[at];
            if (offset == 0 && segment.First != head.Seq + 1)
            {
                break;
            }

            last = segment;
            long next = segments.Skip(at + 1).FirstOrDefault(later => later.Bytes > 0) is { Path: not null } later ? later.First : long.MaxValue;
            foreach ((ReadOnlyMemory<byte> line, long end) in segment.Lines(offset))
            {
                ChainVerifier verifier = head.Seq < 0 ? ChainVerifier.Start() : ChainVerifier.Start(head.Hash, head.Seq + 1);
                if (head.Seq + 1 >= next || !verifier.Append(line.Span))
                {
                    break;
                }

                string chain = head.Chain.Length > 0 ? head.Chain : ChainOf(line);
                head = new OwnHead(chain, head.Seq + 1, verifier.Head, segment.Name, offset, end);
                offset = end;
                torn.RemoveAll(of => Attests(line, of));
            }

            // A file that begins where this one ends may have been torn too, before its entry that attests this one was whole.
            if (segment.Bytes > offset && (next == long.MaxValue || next == head.Seq + 1))
            {
                torn.Add(Rest(segment, offset));
            }
        }

        return head.Seq < 0 && torn.Count == 0 ? null : new OwnTail(head, last, torn, alarm);
    }

    private static string ChainOf(ReadOnlyMemory<byte> line)
    {
        using JsonDocument entry = JsonDocument.Parse(line);
        return entry.RootElement.TryGetProperty("chain", out JsonElement chain) ? chain.GetString() ?? "" : "";
    }

    private static bool Attests(ReadOnlyMemory<byte> line, OwnTorn torn)
    {
        using JsonDocument entry = JsonDocument.Parse(line);
        return entry.RootElement.TryGetProperty("event", out JsonElement name) && name.ValueEquals(AuditEvents.Recovered)
            && entry.RootElement.TryGetProperty("segment", out JsonElement segment) && segment.ValueEquals(torn.Segment);
    }

    private static OwnTorn Rest(OwnSegment segment, long offset)
    {
        using FileStream file = new(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        file.Position = offset;
        Sha256 digest = new();
        byte[] buffer = new byte[64 * 1024];
        long length = 0;
        for (int read; (read = file.Read(buffer)) > 0; length += read)
        {
            digest.Append(buffer.AsSpan(0, read));
        }

        return new OwnTorn(segment.Name, offset, length, digest.Finish());
    }
}
