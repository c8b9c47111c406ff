using System.Buffers;
using CcAgent.Places;

namespace CcAgent.Journal;

/// <summary>The reports' one writer: append-only segments, one JSON line a report. A torn end is left behind in its segment.</summary>
internal sealed class ReportJournal : IDisposable
{
    private readonly string _directory;
    private readonly ArrayBufferWriter<byte> _pending = new(64 * 1024);
    private readonly long _segmentBytes;
    private AppendFile _segment;
    private long _durableSeq;

    private ReportJournal(string directory, AppendFile segment, long nextSeq, long segmentBytes)
    {
        (_directory, _segment, NextSeq, _segmentBytes) = (directory, segment, nextSeq, segmentBytes);
        _durableSeq = nextSeq;
    }

    /// <summary>The sequence number of the next report.</summary>
    internal long NextSeq { get; private set; }

    /// <param name="places">Where the reports lie.</param>
    /// <param name="segmentBytes">How large a segment becomes before the next is begun.</param>
    internal static ReportJournal Open(AgentPlaces places, long segmentBytes = Segments.MaxBytes)
    {
        SecureDirectory.Make(places.Reports, places.Owner, 0x1C0);
        var segments = Segments.In(places.Reports);
        long next = 0;
        var torn = segments.Count == 0;
        if (segments.Count > 0)
        {
            next = segments[^1].First;
            using var lines = new LineSource(segments[^1].Path);
            var line = lines.Next();
            for (; !line.IsEmpty && ReportLine.Is(line, next); line = lines.Next())
                next++;
            torn = !line.IsEmpty || !lines.Rest.IsEmpty;
            AppendFile.SyncFile(segments[^1].Path);
        }

        var segment = torn ? Segments.Begin(places.Reports, next) : segments[^1];
        var journal = new ReportJournal(places.Reports, AppendFile.Open(segment.Path, 0x180), next, segmentBytes);
        AppendFile.SyncDirectory(places.Reports);
        return journal;
    }

    /// <summary>Adds a report to the batch.</summary>
    /// <returns>The line without its LF, valid until the next call.</returns>
    internal ReadOnlySpan<byte> Add(long receivedMicros, uint uid, ReadOnlySpan<byte> report)
    {
        var start = _pending.WrittenCount;
        ReportLine.Write(_pending, NextSeq++, receivedMicros, uid, report);
        return _pending.WrittenSpan[start..^1];
    }

    /// <summary>Writes the batch by one write and returns when it is on disk.</summary>
    internal void Commit()
    {
        if (_pending.WrittenCount == 0)
            return;
        _segment.Write(_pending.WrittenSpan);
        _segment.Sync();
        _durableSeq = NextSeq;
        if (_pending.Capacity > 8 * 1024 * 1024)
            _pending.Clear();
        _pending.ResetWrittenCount();
        if (_segment.Length >= _segmentBytes)
            StartSegment();
    }

    /// <summary>Hands over the lines from a sequence number on, in their order, torn ends left out.</summary>
    internal void Read(long seq, LineHandler handler) => JournalReading.From(Segments.In(_directory), seq, handler);

    /// <summary>Begins a new segment when the first report of this one came before a time, so that it can go when that is old.</summary>
    internal void RollOver(long micros)
    {
        if (_segment.Length > 0 && JournalReading.FirstReceived(_segment.Path) < micros)
            StartSegment();
    }

    /// <summary>
    /// After a failure: what was not known to be on disk is left behind in its segment, where it has no sequence number.
    /// May be called again when it fails itself.
    /// </summary>
    internal void Recover()
    {
        _pending.ResetWrittenCount();
        NextSeq = _durableSeq;
        StartSegment();
    }

    public void Dispose() => _segment.Dispose();

    private void StartSegment()
    {
        _segment.Dispose();
        _segment = AppendFile.Open(Segments.Begin(_directory, NextSeq).Path, 0x180);
        AppendFile.SyncDirectory(_directory);
    }
}
