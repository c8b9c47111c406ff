using System.Buffers;
using CcAgent.Journal;
using CcAgent.Places;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>Answers audit.pull: the chain's lines byte for byte, whatever they hold.</summary>
internal sealed class AuditStream
{
    private readonly AgentPlaces _places;
    private readonly MessageOutput _output;
    private readonly ArrayBufferWriter<byte> _batch = new(RpcLimits.AuditBatchBytes + 64 * 1024);

    internal AuditStream(AgentPlaces places, MessageOutput output) => (_places, _output) = (places, output);

    internal void Run(OutgoingStream stream, AuditPullParams request)
    {
        var after = Math.Max(-1, request.After);
        using var watch = new ChangeWatch(_places);
        stream.OnCancel(watch.Wake);
        var first = Segments.FirstSeq(_places.Audit);
        using var cursor = new JournalCursor(_places.Audit, Math.Max(first, after));
        byte[]? held = null;
        if (after >= first && after < Bound && cursor.Next() is { IsEmpty: false } line && cursor.Seq == after + 1)
            held = line.ToArray();
        var bound = Bound;
        stream.Opened = true;
        _output.Result(
            stream.Id, new AuditPullResult(stream.Id, bound == long.MaxValue ? -1 : bound - 1, held, first, TimeProvider.System.GetUtcNow()), ProtocolJson.Default.AuditPullResult);
        // A console that holds more than the host has is told so by the missing line; there is nothing to send.
        if (after < first || held is not null)
        {
            while (Send(stream, cursor) && request.Follow)
                watch.Wait();
        }

        stream.OnCancel(null);
    }

    private long Bound => JournalBounds.Of(_places).Entries;

    private bool Send(OutgoingStream stream, JournalCursor cursor)
    {
        var bound = Bound;
        while (!stream.Cancelled)
        {
            var (first, count) = (cursor.Seq, 0);
            _batch.ResetWrittenCount();
            while (_batch.WrittenCount < RpcLimits.AuditBatchBytes && cursor.Seq < bound && cursor.Next() is { IsEmpty: false } line)
            {
                // Somebody else's writing, longer than a message may be, is cut: it cannot be an entry, and shows as such.
                _batch.Write(line.Length <= MostLine ? line : [.. line[..MostLine], (byte)'\n']);
                // Where the oldest segments were pruned, the first line there is not the one that was asked for.
                if (count++ == 0)
                    first = cursor.Seq - 1;
            }

            if (count == 0)
                break;
            if (!stream.Take())
                return false;
            _output.Notify(
                StreamMethods.AuditLines, new AuditLines(stream.Id, first, count, _batch.WrittenSpan.ToArray()), ProtocolJson.Default.AuditLines);
        }

        return !stream.Cancelled;
    }

    private const int MostLine = 1024 * 1024;
}
