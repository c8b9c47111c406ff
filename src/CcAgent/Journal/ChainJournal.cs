using System.Buffers;
using System.Diagnostics;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>
/// The audit chain's one writer. Nothing that is written is ever changed: after a crash the torn end of a segment stays
/// as it is, and the next segment begins with an entry that names its place, length and digest, linked to the last good
/// entry. A log that is shorter than the remembered head, or differs from it, is continued from the remembered head with
/// an `audit.shrunk` entry, so that every later verification fails at that place.
/// </summary>
internal sealed class ChainJournal : IDisposable
{
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly AuditSeal _seal;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly HeadFile _headFile;
    private readonly AlarmFile _alarms;
    private EntryEncoder _encoder = null!;
    private AppendFile _segment = null!;
    private Segment _place;
    private ChainHead _durable = null!;
    private List<TornEnd> _torn = [];
    private int _unsynced;

    private ChainJournal(AgentPlaces places, TimeProvider time, AuditSeal seal, HeadFile headFile)
    {
        (_directory, _time, _seal, _headFile) = (places.Audit, time, seal, headFile);
        _alarms = new AlarmFile(places.AuditState);
    }

    internal string ChainId => _encoder.ChainId;

    internal long NextSeq => _encoder.NextSeq;

    internal Hash32 Head => _encoder.Head;

    /// <summary>How many reports have their entry in the chain.</summary>
    internal long Reports { get; private set; }

    /// <summary>"on", or why the log is not append-only.</summary>
    internal string AppendOnly { get; private set; } = "off";

    /// <summary>Opens the chain, or begins it, and heals what a crash left. What it has to say about that is durable when it returns.</summary>
    internal static ChainJournal Open(AgentPlaces places, TimeProvider time, AuditSeal seal)
    {
        SecureDirectory.Make(places.Audit, places.Owner, SecureDirectory.Audit);
        SecureDirectory.Make(places.AuditState, places.Owner, 0x1C0);
        var headFile = HeadFile.Open(places.AuditState + "/head", out var head);
        AppendFile.SyncDirectory(places.AuditState);
        AppendFile.SyncDirectory(places.Data);
        var journal = new ChainJournal(places, time, seal, headFile);
        try
        {
            journal.Resume(head);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Adds an entry to the batch.</summary>
    internal Hash32 Add(string eventName, params ReadOnlySpan<AuditMember> members) =>
        _encoder.Append(_pending, eventName, NowMicros, MonoMicros, members);

    /// <summary>Writes the batch by one write and returns when it is on disk.</summary>
    /// <param name="reports">How many reports have their entry when the batch is written.</param>
    internal void Commit(long? reports = null)
    {
        if (_pending.WrittenCount == 0)
            return;
        _segment.Write(_pending.WrittenSpan);
        _segment.Sync();
        _pending.ResetWrittenCount();
        Reports = reports ?? Reports;
        Remember();
        // The head is a lower bound; a power cut may take the newest of it, and the next start reads on from there.
        var sync = ++_unsynced >= 1000;
        _headFile.Write(_durable, sync);
        if (sync)
            _unsynced = 0;
        if (_segment.Length >= Segments.MaxBytes)
            StartSegment();
    }

    /// <summary>
    /// After a failure: what was not known to be on disk is left behind, attested by the entry that begins the next
    /// segment. May be called again when it fails itself.
    /// </summary>
    internal void Recover()
    {
        _pending.ResetWrittenCount();
        _encoder = new EntryEncoder(_durable.Chain, _durable.Seq + 1, _durable.Hash);
        Reports = _durable.Reports;
        var known = _place.First == _durable.Segment ? _durable.Offset : 0;
        if (_torn.TrueForAll(t => t.Segment != _place.Name) && TornEnd.In(_place, known) is { } torn)
            _torn.Add(torn);
        if (_torn.Count == 0)
        {
            _segment.Dispose();
            _segment = Use(_place);
            return;
        }

        StartSegment();
        Attest();
        Commit();
        _torn.Clear();
    }

    /// <summary>Brings the head to disk too.</summary>
    internal void SyncHead() => _headFile.Write(_durable, sync: true);

    public void Dispose()
    {
        _segment?.Dispose();
        _headFile.Dispose();
    }

    private long NowMicros => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static long MonoMicros => (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));

    private void Remember() =>
        _durable = new ChainHead(_encoder.ChainId, _encoder.NextSeq - 1, _encoder.Head, _place.First, _segment.Length, Reports);

    private void Attest()
    {
        foreach (var torn in _torn)
        {
            Add(
                AuditEvents.Recovered,
                [new("segment", torn.Segment), new("offset", torn.Offset), new("length", torn.Length), new("sha256", torn.Digest)]);
        }
    }

    private void Resume(ChainHead? head)
    {
        var segments = Segments.In(_directory);
        if (head is null && segments.TrueForAll(s => s.Bytes == 0))
        {
            Begin();
            return;
        }

        var tail = ChainTail.Find(segments, head);
        if (tail.Segment.Path is { } last)
            AppendFile.SyncFile(last);
        _encoder = new EntryEncoder(tail.Chain, tail.NextSeq, tail.Previous);
        Reports = tail.Reports;
        _durable = new ChainHead(tail.Chain, tail.NextSeq - 1, tail.Previous, head?.Segment ?? 0, head?.Offset ?? 0, tail.Reports);
        if (tail.Torn.Count == 0 && tail.Alarm is null)
        {
            _segment = Use(tail.Segment);
            Remember();
            SyncHead();
            return;
        }

        StartSegment();
        _torn = [.. tail.Torn];
        Attest();
        if (tail.Alarm is { } shrunk)
        {
            _alarms.Add(NowMicros, shrunk);
            Add(
                AuditEvents.Shrunk,
                [new("reason", shrunk), new("expected_seq", tail.NextSeq - 1), new("expected_hash", tail.Previous.ToString()),
                new("found_bytes", tail.Segment.Path is null ? 0 : tail.Segment.Bytes)]);
        }

        Commit();
        _torn.Clear();
        SyncHead();
    }

    private void Begin()
    {
        var chain = Convert.ToHexStringLower(RandomBytes.Get(16));
        _encoder = new EntryEncoder(chain, 0, default);
        StartSegment();
        _encoder.AppendGenesis(_pending, HostFacts.Name, HostFacts.BootId, NowMicros, MonoMicros);
        Commit();
        SyncHead();
    }

    private void StartSegment()
    {
        _segment?.Dispose();
        _segment = Use(Segments.Begin(_directory, _encoder.NextSeq));
        AppendFile.SyncDirectory(_directory);
    }

    private AppendFile Use(Segment segment)
    {
        var file = AppendFile.Open(segment.Path, 0x1A0);
        _place = segment;
        AppendOnly = _seal.Apply(segment);
        return file;
    }
}
