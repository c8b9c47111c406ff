using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>
/// The audit chain's one writer. Nothing that is written is ever changed: after a crash the torn end of a segment stays
/// as it is, and the next segment begins with an entry that names its place, length and digest, linked to the last good
/// entry. A log that is shorter than the remembered head, or differs from it, is continued from the remembered head with
/// an `audit.shrunk` entry, so that every later verification fails at that place. Where nothing is left to continue, a new
/// chain begins with one.
/// </summary>
internal sealed class ChainJournal : IDisposable
{
    private readonly AgentPlaces _places;
    private readonly TimeProvider _time;
    private readonly AuditSettings _settings;
    private readonly long _segmentBytes;
    private readonly HeadFile _headFile;
    private readonly CurrentSegment _segment;
    private PendingEntries _pending = null!;
    private ChainSigner _signer = null!;
    private ChainHead _durable = null!;
    private List<TornEnd> _torn = [];
    private int _unsynced;

    private ChainJournal(AgentPlaces places, TimeProvider time, AuditSeal seal, AuditSettings settings, HeadFile headFile)
    {
        (_places, _time, _settings, _headFile) = (places, time, settings, headFile);
        _segment = new CurrentSegment(places.Audit, seal);
        _segmentBytes = settings.MaxMegabytes > 0 ? Math.Min(Segments.MaxBytes, settings.MaxMegabytes * (1024L * 1024 / 8)) : Segments.MaxBytes;
    }

    internal string ChainId => _pending.ChainId;

    internal long NextSeq => _pending.NextSeq;

    internal Hash32 Head => _pending.Head;

    /// <summary>How many reports have their entry in the chain.</summary>
    internal long Reports { get; private set; }

    /// <summary>"on", or why the log is not append-only.</summary>
    internal string AppendOnly => _segment.AppendOnly;

    /// <summary>Why checkpoints cannot be signed; null while they can.</summary>
    internal string? Unsigned => _signer.Problem;

    /// <summary>The last checkpoint's sequence number and its time in microseconds since 1970; null when there is none.</summary>
    internal (long Seq, long Micros)? LastCheckpoint => _signer.Last;

    /// <summary>How long until <see cref="Tend"/> has a checkpoint to sign though nothing happens.</summary>
    internal TimeSpan CheckpointDue => _signer.Left;

    /// <summary>Opens the chain, or begins it, and heals what a crash left. What it has to say about that is durable when it returns.</summary>
    internal static ChainJournal Open(AgentPlaces places, TimeProvider time, AuditSeal seal, AuditSettings settings)
    {
        SecureDirectory.Make(places.Audit, places.Owner, SecureDirectory.Audit);
        SecureDirectory.Make(places.AuditState, places.Owner, SecureDirectory.Private);
        var headFile = HeadFile.Open(places.AuditState + "/head", out var head);
        AppendFile.SyncDirectory(places.AuditState);
        AppendFile.SyncDirectory(places.Data);
        var journal = new ChainJournal(places, time, seal, settings, headFile);
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

    /// <summary>Before the first entry of a batch: begins a new segment where the last is full, and signs first what the batch would make overdue.</summary>
    /// <param name="entries">How many entries the batch has at most.</param>
    internal void Begin(int entries)
    {
        if (!_pending.IsEmpty)
            return;
        if (_segment.Length >= _segmentBytes)
            StartSegment();
        if (_signer.IsDueBefore(entries))
            Checkpoint();
    }

    /// <summary>Adds an entry to the batch. Where a checkpoint is due by then and can be signed at once, it follows in the same batch.</summary>
    internal Hash32 Add(string eventName, params ReadOnlySpan<AuditMember> members)
    {
        var hash = _pending.Append(eventName, members);
        _signer.Added(eventName);
        return hash;
    }

    /// <summary>Writes the batch by one write and returns when it is on disk.</summary>
    /// <param name="reports">How many reports have their entry when the batch is written.</param>
    internal void Commit(long? reports = null)
    {
        if (_pending.IsEmpty)
            return;
        _segment.Write(_pending.Lines);
        _segment.Sync();
        _pending.Clear();
        Reports = reports ?? Reports;
        Remember();
        _signer.Written();

        // The head is a lower bound; a power cut may take the newest of it, and the next start reads on from there.
        var sync = ++_unsynced >= 1000;
        _headFile.Write(_durable, sync);
        if (sync)
            _unsynced = 0;
    }

    /// <summary>Writes an entry by itself, and returns when it and the head are on disk.</summary>
    internal void Put(string eventName, params ReadOnlySpan<AuditMember> members)
    {
        Begin(1);
        Add(eventName, members);
        Commit();
        SyncHead();
    }

    /// <summary>After a batch: signs a checkpoint when one is due, and has the next key made when one soon will be.</summary>
    internal void Tend()
    {
        if (_signer.IsDue)
            Checkpoint();
        else
            _signer.PrepareBeside();
    }

    /// <summary>Signs a checkpoint over all entries so far. Where that cannot be done the chain says why, once, and goes on without.</summary>
    internal void Checkpoint()
    {
        _signer.Add();
        Commit();
    }

    /// <summary>After the entry about the agent's start: names the first key of a chain that has none, or says why nothing can be signed.</summary>
    internal void BeginSigning()
    {
        _signer.Begin();
        Commit();
    }

    /// <summary>Begins a new segment when the first entry of this one is older than a time, so that it can go when that is old.</summary>
    /// <param name="micros">Microseconds since 1970.</param>
    internal void RollOver(long micros)
    {
        if (_segment.Length == 0 || !(ChainLine.FirstMicros(_segment.Place.Path) < micros))
            return;
        StartSegment();
        Commit();
    }

    /// <summary>
    /// After a failure: what was not known to be on disk is left behind, attested by the entry that begins the next
    /// segment. May be called again when it fails itself.
    /// </summary>
    internal void Recover()
    {
        _pending.GiveUp(_durable);
        _signer.GiveUp();
        Reports = _durable.Reports;
        _pending.Signatures = ReadSignatures(Segments.In(_places.Audit), _pending.ChainId, _pending.NextSeq);
        var place = _segment.Place;
        var known = place.First == _durable.Segment ? _durable.Offset : 0;
        if (_torn.TrueForAll(t => t.Segment != place.Name) && TornEnd.In(place, known) is { } torn)
            _torn.Add(torn);
        if (_torn.Count == 0)
        {
            _segment.Use(place);
            AddRotate();
            Commit();
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
        _segment.Dispose();
        _headFile.Dispose();
        _signer?.Dispose();
    }

    private void Remember() =>
        _durable = new ChainHead(_pending.ChainId, _pending.NextSeq - 1, _pending.Head, _segment.Place.First, _segment.Length, Reports);

    private void Attest()
    {
        foreach (var torn in _torn)
        {
            _pending.Append(
                AuditEvents.Recovered,
                [new("segment", torn.Segment), new("offset", torn.Offset), new("length", torn.Length), new("sha256", torn.Digest)]);
        }
    }

    private ChainSignatures ReadSignatures(List<Segment> segments, string chain, long end) =>
        ChainSignatures.Read(segments, TreeFile.Read(TreeFile.Of(_places.AuditState), chain), end);

    private void Resume(ChainHead? head)
    {
        var segments = Segments.In(_places.Audit);
        string? gone = null;
        if (head is null && segments.TrueForAll(s => s.Bytes == 0))
        {
            if (ChainTail.HasBeen(_places.AuditState))
                Alarm(gone = ChainTail.LogGone);
            // Remembered first: a beginning that a crash cuts is then none that somebody took away.
            head = new ChainHead(Convert.ToHexStringLower(RandomBytes.Get(16)), -1, default, 0, 0, 0);
            _headFile.Write(head, sync: true);
        }

        var tail = ChainTail.Find(segments, head);
        if (tail.Segment.Path is { } last)
            AppendFile.SyncFile(last);
        _torn = [.. tail.Torn];
        Reports = tail.Reports;
        _pending = new PendingEntries(_time, new EntryEncoder(tail.Chain, tail.NextSeq, tail.Previous), ReadSignatures(segments, tail.Chain, tail.NextSeq));
        _signer = new ChainSigner(_places, _settings, _pending, _time, broken: tail.Alarm is not null);
        if (tail.NextSeq == 0)
        {
            AddGenesis();
            if (gone is not null)
                _pending.Append(AuditEvents.Shrunk, [new("reason", gone)]);
        }
        else
        {
            _durable = new ChainHead(tail.Chain, tail.NextSeq - 1, tail.Previous, head?.Segment ?? 0, Math.Max(0, head?.Offset ?? 0), tail.Reports);
            GoOn(tail);
            _signer.NameAgain();
        }

        Commit();
        _torn.Clear();
        SyncHead();
    }

    private void Alarm(string message) => new AlarmFile(_places.AuditState).Add(UnixMicros.Of(_time.GetUtcNow()), message);

    private void AddGenesis()
    {
        var first = _signer.MakeFirst();
        StartSegment();
        _pending.AppendGenesis(first);
        Attest();
    }

    private void GoOn(ChainTail tail)
    {
        if (tail.Torn.Count == 0 && tail.Alarm is null)
        {
            _segment.Use(tail.Segment);
            Remember();
            AddRotate();
            return;
        }

        StartSegment();
        Attest();
        if (tail.Alarm is { } shrunk)
        {
            Alarm(shrunk);
            _pending.Append(
                AuditEvents.Shrunk,
                [new("reason", shrunk), new("expected_seq", tail.NextSeq - 1), new("expected_hash", tail.Previous.ToString()),
                new("found_bytes", tail.Segment.Path is null ? 0 : tail.Segment.Bytes)]);
        }
    }

    private void StartSegment()
    {
        _segment.Begin(_pending.NextSeq);
        if (_pending.NextSeq > 0)
            AddRotate();
    }

    // Which segment this one follows, and how much is in it. It may have been made and left, by a crash or a failure, before its first line.
    private void AddRotate()
    {
        if (_segment.Length == 0 && _segment.Before is { } before)
            _pending.Append(AuditEvents.Rotate, [new("segment", before.Name), new("entries", _segment.Place.First - before.First), new("bytes", before.Bytes)]);
    }
}
