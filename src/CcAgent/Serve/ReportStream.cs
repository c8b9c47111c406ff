using CcAgent.Journal;
using CcAgent.Places;
using CcConsole.Core.Protocol;

namespace CcAgent.Serve;

/// <summary>Answers report.tail: reads the journal, then follows it.</summary>
internal sealed class ReportStream
{
    private readonly AgentPlaces _places;
    private readonly MessageOutput _output;

    internal ReportStream(AgentPlaces places, MessageOutput output) => (_places, _output) = (places, output);

    internal void Run(OutgoingStream stream, ReportTailParams request)
    {
        var last = JournalBounds.Of(_places).Reports is var bound && bound == long.MaxValue ? Count() - 1 : bound - 1;
        var start = Math.Max(0, request.After + 1);
        if (request.Limit is { } limit)
            start = Math.Max(start, last + 1 - Math.Max(0, limit));
        stream.Opened = true;
        _output.Result(stream.Id, new StreamResult(stream.Id, last), ProtocolJson.Default.StreamResult);
        // Watched before it is read, so that nothing falls in between.
        using var watch = new ChangeWatch(_places);
        stream.OnCancel(watch.Wake);
        using var cursor = new JournalCursor(_places.Reports, start);
        while (Send(stream, cursor) && request.Follow)
            watch.Wait();
        stream.OnCancel(null);
    }

    private bool Send(OutgoingStream stream, JournalCursor cursor)
    {
        var bound = JournalBounds.Of(_places).Reports;
        while (!stream.Cancelled && cursor.Seq < bound)
        {
            var line = cursor.Next();
            if (line.IsEmpty)
                break;
            if (!stream.Take())
                return false;
            _output.Report(stream.Id, line[..^1]);
        }

        return !stream.Cancelled;
    }

    private long Count()
    {
        using var cursor = new JournalCursor(_places.Reports, 0);
        while (!cursor.Next().IsEmpty)
        {
        }

        return cursor.Seq;
    }
}
