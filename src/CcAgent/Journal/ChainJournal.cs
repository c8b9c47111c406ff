using System.Buffers;
using System.Diagnostics;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Audit.Checkpoints;

namespace CcAgent.Journal;

/// <summary>
/// The audit chain's one writer. Nothing that is written is ever changed: after a crash the torn end of a segment stays
/// as it is, and the next segment begins with an entry that names its place, length and digest, linked to the last good
/// entry. A log that is shorter than the remembered head, or differs from it, is continued from the remembered head with
/// an `audit.shrunk` entry, so that every later verification fails at that place.
/// </summary>
internal sealed class ChainJournal : IDisposable
{
    private const string Lost = "; without its file nothing more of this chain is ever signed: stop the agent, move audit and audit-state away as evidence, and start it, so that it begins a new log";

    private readonly AgentPlaces _places;
    private readonly TimeProvider _time;
    private readonly AuditSeal _seal;
    private readonly AuditSettings _settings;
    private readonly long _segmentBytes;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly HeadFile _headFile;
    private readonly AlarmFile _alarms;
    private EntryEncoder _encoder = null!;
    private ChainSignatures _signatures = null!;
    private Ratchet _ratchet = null!;
    private AppendFile _segment = null!;
    private Segment _place;
    private ChainHead _durable = null!;
    private List<TornEnd> _torn = [];
    private int _unsynced;

    // The tree that a checkpoint in the batch signs.
    private CompactRange? _signed;

    // Entries are missing from the log: which key is in force is not for it to say.
    private bool _broken;

    // What is to be under a checkpoint without delay is in the chain.
    private bool _urgent;
    private string? _noted;

    private ChainJournal(AgentPlaces places, TimeProvider time, AuditSeal seal, AuditSettings settings, HeadFile headFile)
    {
        (_places, _time, _seal, _settings, _headFile) = (places, time, seal, settings, headFile);
        _alarms = new AlarmFile(places.AuditState);
        _segmentBytes = settings.MaxMegabytes > 0 ? Math.Min(Segments.MaxBytes, settings.MaxMegabytes * (1024L * 1024 / 8)) : Segments.MaxBytes;
    }

    internal string ChainId => _encoder.ChainId;

    internal long NextSeq => _encoder.NextSeq;

    internal Hash32 Head => _encoder.Head;

    /// <summary>How many reports have their entry in the chain.</summary>
    internal long Reports { get; private set; }

    /// <summary>"on", or why the log is not append-only.</summary>
    internal string AppendOnly { get; private set; } = "off";

    /// <summary>Why checkpoints cannot be signed; null while they can.</summary>
    internal string? Unsigned => _ratchet.Problem;

    /// <summary>The last checkpoint's sequence number and its time in microseconds since 1970; null when there is none.</summary>
    internal (long Seq, long Micros)? LastCheckpoint =>
        _signatures.Checkpoint < 0 ? null : (_signatures.Checkpoint, _signatures.SignedMicros);

    /// <summary>How long until <see cref="Tend"/> has a checkpoint to sign though nothing happens.</summary>
    internal TimeSpan CheckpointDue => _ratchet.Left;

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
        if (_pending.WrittenCount > 0)
            return;
        if (_segment.Length >= _segmentBytes)
            StartSegment();
        if (_signatures.Since < _ratchet.Entries && _signatures.Since + entries > Ratchet.MostEntries && !_ratchet.IsReady)
            Checkpoint();
    }

    /// <summary>Adds an entry to the batch. Where a checkpoint is due by then and can be signed at once, it follows in the same batch.</summary>
    internal Hash32 Add(string eventName, params ReadOnlySpan<AuditMember> members)
    {
        var hash = Append(eventName, members);
        _urgent |= eventName == AuditEvents.CrontabEdited;
        if (_signed is null && _signatures.Since >= _ratchet.Entries && _ratchet.MayTry && _ratchet.IsReady)
            AddCheckpoint();
        return hash;
    }

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
        if (_signed is { } tree)
        {
            _signed = null;
            _ratchet.Advance(tree);
        }

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
        if (_ratchet.MayTry && (_urgent || _signatures.Since >= _ratchet.Entries || _ratchet.Left <= TimeSpan.Zero))
            Checkpoint();
        else if (_signatures.Since >= _ratchet.Entries * 3L / 4)
            _ratchet.PrepareBeside();
    }

    /// <summary>Signs a checkpoint over all entries so far. Where that cannot be done the chain says why, once, and goes on without.</summary>
    internal void Checkpoint()
    {
        _urgent = false;
        if (_signatures.InForce is null && !_ratchet.HasKey)
            AddFirstKey();
        if (_ratchet.Prepare())
            AddCheckpoint();
        else
            AddUnsigned();
        Commit();
    }

    /// <summary>After the entry about the agent's start: names the first key of a chain that has none, or says why nothing can be signed.</summary>
    internal void BeginSigning()
    {
        if (_signatures.InForce is null && !_broken)
            AddFirstKey();
        AddUnsigned();
        Commit();
    }

    /// <summary>Begins a new segment when the first entry of this one is older than a time, so that it can go when that is old.</summary>
    /// <param name="micros">Microseconds since 1970.</param>
    internal void RollOver(long micros)
    {
        if (_segment.Length == 0 || !(ChainLine.FirstMicros(_place.Path) < micros))
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
        _pending.ResetWrittenCount();
        _signed = null;
        _encoder = new EntryEncoder(_durable.Chain, _durable.Seq + 1, _durable.Hash);
        Reports = _durable.Reports;
        _signatures = ReadSignatures(Segments.In(_places.Audit));
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
        _ratchet?.Dispose();
    }

    private long NowMicros => UnixMicros.Of(_time.GetUtcNow());

    private static long MonoMicros => (long)(Stopwatch.GetTimestamp() * (1_000_000.0 / Stopwatch.Frequency));

    private Hash32 Append(string eventName, params ReadOnlySpan<AuditMember> members)
    {
        var start = _pending.WrittenCount;
        var hash = _encoder.Append(_pending, eventName, NowMicros, MonoMicros, members);
        _signatures.Add(_pending.WrittenSpan[start..^1]);
        return hash;
    }

    private void Remember() =>
        _durable = new ChainHead(_encoder.ChainId, _encoder.NextSeq - 1, _encoder.Head, _place.First, _segment.Length, Reports);

    private void Attest()
    {
        foreach (var torn in _torn)
        {
            Append(
                AuditEvents.Recovered,
                [new("segment", torn.Segment), new("offset", torn.Offset), new("length", torn.Length), new("sha256", torn.Digest)]);
        }
    }

    // The announcement lies inside of what the checkpoint signs.
    private void AddCheckpoint()
    {
        // The entry that named the key was given up with its batch.
        if (_signatures.InForce is null)
            Append(AuditEvents.KeyNext, [new("vkey", _ratchet.InForce.Text)]);
        Append(AuditEvents.KeyNext, [new("vkey", _ratchet.Announcement.Text)]);
        var tree = _signatures.Tree.Copy();
        if (_ratchet.Sign(tree) is not { } note)
        {
            // What was announced is announced again; until then the key in force stays what it is.
            AddUnsigned();
            return;
        }

        _signed = tree;
        Append(AuditEvents.Checkpoint, [new("note", note)]);
        _noted = null;
    }

    private void AddFirstKey()
    {
        if (_ratchet.MakeFirst() is { } first)
            Append(AuditEvents.KeyNext, [new("vkey", first.Text)]);
    }

    private void AddUnsigned()
    {
        if (_ratchet.Problem is not { } problem || problem == _noted)
            return;
        // What may pass is not looked after for ever.
        if (!_ratchet.HasKey)
            Alarm("checkpoints cannot be signed: " + problem + (_signatures.InForce is null ? "" : Lost));
        Append(AuditEvents.Unsigned, [new("reason", EntryMembers.Cut(problem, 512))]);
        _noted = problem;
    }

    private void Alarm(string message)
    {
        try
        {
            if (!_alarms.Read().Any(alarm => alarm.EndsWith(message, StringComparison.Ordinal)))
                _alarms.Add(NowMicros, message);
        }
        catch (ProblemException e)
        {
            StandardStreams.Say($"the audit log: {message}; and the alarm cannot be kept: {e.Message}", e.Hint);
        }
    }

    private ChainSignatures ReadSignatures(List<Segment> segments) =>
        ChainSignatures.Read(segments, TreeFile.Read(TreeFile.Of(_places.AuditState), _encoder.ChainId), _encoder.NextSeq);

    private void Resume(ChainHead? head)
    {
        var segments = Segments.In(_places.Audit);
        if (head is null && segments.TrueForAll(s => s.Bytes == 0))
        {
            // Remembered first: a beginning that a crash cuts is then none that somebody took away.
            head = new ChainHead(Convert.ToHexStringLower(RandomBytes.Get(16)), -1, default, 0, 0, 0);
            _headFile.Write(head, sync: true);
        }

        var tail = ChainTail.Find(segments, head);
        if (tail.Segment.Path is { } last)
            AppendFile.SyncFile(last);
        _torn = [.. tail.Torn];
        _encoder = new EntryEncoder(tail.Chain, tail.NextSeq, tail.Previous);
        Reports = tail.Reports;
        _signatures = ReadSignatures(segments);
        _broken = tail.Alarm is not null;
        var age = TimeSpan.FromMicroseconds(_signatures.SignedMicros > 0 ? NowMicros - _signatures.SignedMicros : 0);
        _ratchet = Ratchet.Open(_places, _settings, tail.Chain, _signatures, age, _broken);
        if (tail.NextSeq == 0)
        {
            AddGenesis();
        }
        else
        {
            _durable = new ChainHead(tail.Chain, tail.NextSeq - 1, tail.Previous, head?.Segment ?? 0, Math.Max(0, head?.Offset ?? 0), tail.Reports);
            GoOn(tail);
            // With what is missing the chain may have lost the name of the key in force: it is named again before this can be found whole.
            if (_broken && _ratchet.Prepare())
                AddCheckpoint();
        }

        Commit();
        _torn.Clear();
        SyncHead();
    }

    private void AddGenesis()
    {
        var first = _ratchet.MakeFirst();
        StartSegment();
        _encoder.AppendGenesis(_pending, HostFacts.Name, HostFacts.BootId, NowMicros, MonoMicros, first);
        _signatures.Add(_pending.WrittenSpan[..^1]);
        Attest();
    }

    private void GoOn(ChainTail tail)
    {
        if (tail.Torn.Count == 0 && tail.Alarm is null)
        {
            _segment = Use(tail.Segment);
            Remember();
            // A crash between its making and its first line.
            if (_segment.Length == 0)
                AddRotate();
            return;
        }

        StartSegment();
        Attest();
        if (tail.Alarm is { } shrunk)
        {
            _alarms.Add(NowMicros, shrunk);
            Append(
                AuditEvents.Shrunk,
                [new("reason", shrunk), new("expected_seq", tail.NextSeq - 1), new("expected_hash", tail.Previous.ToString()),
                new("found_bytes", tail.Segment.Path is null ? 0 : tail.Segment.Bytes)]);
        }
    }

    private void StartSegment()
    {
        _segment?.Dispose();
        _segment = Use(Segments.Begin(_places.Audit, _encoder.NextSeq));
        AppendFile.SyncDirectory(_places.Audit);
        if (_encoder.NextSeq > 0)
            AddRotate();
    }

    // Which segment this one follows, and how much is in it.
    private void AddRotate()
    {
        var before = Segments.In(_places.Audit).FindLast(s => (s.First, s.Attempt).CompareTo((_place.First, _place.Attempt)) < 0 && s.Bytes > 0);
        if (before.Path is not null)
            Append(AuditEvents.Rotate, [new("segment", before.Name), new("entries", _place.First - before.First), new("bytes", before.Bytes)]);
    }

    private AppendFile Use(Segment segment)
    {
        var file = AppendFile.Open(segment.Path, 0x1A0);
        _place = segment;
        AppendOnly = _seal.Apply(segment);
        return file;
    }
}
