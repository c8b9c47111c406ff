using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Journal;

/// <summary>
/// The one writer of reports and chain. A batch is written in this order: reports, to disk; their entries, to disk; then
/// the answers. So whatever is answered is durable, and a report without its entry can only be left by a crash, and gets
/// its entry at the next start. Not for use by several threads at once.
/// </summary>
internal sealed class Recorder : IDisposable
{
    private readonly AgentPlaces _places;
    private readonly TimeProvider _time;
    private readonly DuplicateReports _duplicates;
    private readonly ReportJournal _reports;
    private readonly ChainJournal _chain;
    private readonly MissingEntries _missing;
    private readonly BatchWriter _writer;
    private readonly PulledMark _pulled;
    private readonly AuditGap _gap;
    private readonly GapNote _gapNote;
    private bool _failed;

    /// <exception cref="ProblemException">The journals cannot be opened.</exception>
    /// <param name="places">Where they lie.</param>
    /// <param name="time">The clock.</param>
    /// <param name="seal">What makes the log append-only.</param>
    /// <param name="settings">Of how much the reports may come to, an eighth is the most that one segment has.</param>
    internal Recorder(AgentPlaces places, TimeProvider time, AuditSeal seal, AgentSettings settings)
    {
        (_places, _time, _duplicates) = (places, time, new DuplicateReports(places.Reports));
        var users = new UserNames();
        Suppression = new Suppression(users);
        _reports = ReportJournal.Open(places, Math.Min(Segments.MaxBytes, settings.Reports.MaxMegabytes * (1024L * 1024 / 8)));
        try
        {
            SecureDirectory.Make(places.AuditState, places.Owner, SecureDirectory.Private);
            Ballast = new Ballast(places.AuditState, settings.Audit.BallastMegabytes * 1024L * 1024);
            Ballast.Make();
            _pulled = new PulledMark(places.AuditState);
            _gap = new AuditGap(places.AuditState);
            _chain = Opened(() => ChainJournal.Open(places, time, seal, settings.Audit));
            _gapNote = new GapNote(_chain, _gap);
            _missing = new MissingEntries(_reports, _chain, users);
            _writer = new BatchWriter(_reports, _chain, _duplicates, Suppression, users, time);
        }
        catch
        {
            _gap?.Dispose();
            _reports.Dispose();
            throw;
        }
    }

    internal string AppendOnly => _chain.AppendOnly;

    /// <summary>The room that is held back for the time when the disk is full.</summary>
    internal Ballast Ballast { get; }

    /// <summary>Which refusals have an entry each, and which are only counted.</summary>
    internal Suppression Suppression { get; }

    /// <summary>Whether there is something that could not be recorded and is not told yet.</summary>
    internal bool HasGap => _gap.Count > 0;

    /// <summary>Why nothing can be recorded, as it was found last; null when all is well.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The sequence number of the chain's next entry.</summary>
    internal long NextEntry => _chain.NextSeq;

    internal IReadOnlyList<string> Alarms => new AlarmFile(_places.AuditState).Read();

    /// <summary>Who hears of reports and entries; null for nobody.</summary>
    internal IRecordListener? Listener
    {
        get => _writer.Listener;
        set => _writer.Listener = value;
    }

    /// <summary>How long until <see cref="Checkpoint"/> is due, in milliseconds.</summary>
    internal int CheckpointTimeoutMs => (int)Math.Clamp(Math.Ceiling(_chain.CheckpointDue.TotalMilliseconds), 0, int.MaxValue);

    /// <summary>The last checkpoint's sequence number and its time in microseconds since 1970; null when there is none.</summary>
    internal (long Seq, long Micros)? LastCheckpoint => _chain.LastCheckpoint;

    /// <summary>Why checkpoints cannot be signed; null while they can.</summary>
    internal string? Unsigned => _chain.Unsigned;

    /// <summary>Signs a checkpoint over all entries so far.</summary>
    /// <exception cref="ProblemException">The chain could not be written.</exception>
    internal void Checkpoint()
    {
        Written(() =>
        {
            _chain.Begin(2);
            _chain.Checkpoint();
        });
    }

    /// <summary>
    /// Writes the entry about the agent's start, and then what is left of the run before: a verifier learns by that entry whether the
    /// host was booted, so nothing else may come before it.
    /// </summary>
    /// <exception cref="ProblemException">The journals cannot be written.</exception>
    internal void Begin(params ReadOnlySpan<AuditMember> members)
    {
        Note(AuditEvents.AgentStarted, members);
        _missing.Add();
        _gapNote.Write();
        _chain.BeginSigning();
    }

    /// <summary>Writes an entry about the agent itself.</summary>
    internal void Note(string eventName, params ReadOnlySpan<AuditMember> members)
    {
        var entry = members.ToArray();
        try
        {
            Put(eventName, entry);
        }
        catch (ProblemException e)
        {
            Failed(e);
            if (!Ballast.Release())
                throw;
            Put(eventName, entry);
        }
    }

    /// <summary>Brings the remembered head to disk, so that what was recorded last is never taken for missing.</summary>
    internal void SyncHead() => _chain.SyncHead();

    /// <summary>Begins a new segment of the chain when the first entry of this one came before a time, so that it can go when that is old.</summary>
    internal void RollOver(DateTimeOffset time)
    {
        Written(() => _chain.RollOver(UnixMicros.Of(time)));
    }

    /// <summary>Begins a new segment of reports when the first one of this came before a time, so that it can go when that is old.</summary>
    internal void RollOverReports(DateTimeOffset time)
    {
        Written(() => _reports.RollOver(UnixMicros.Of(time)));
    }

    /// <summary>Tries to go on after a failure, and to have the ballast again; what is wrong still stays in <see cref="Problem"/>.</summary>
    internal void Mend()
    {
        try
        {
            Ready();
            _gapNote.Write();
            Ballast.Make();
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            Failed(e);
        }
    }

    /// <summary>Records an entry of the daemon's own; unlike <see cref="Note"/> its failure, which has been said, is the answer.</summary>
    internal RecordAnswer Append(string eventName, IReadOnlyList<AuditMember> members)
    {
        var answer = default(RecordAnswer);
        Record([new EntryRequest { Uid = _places.Owner, Event = eventName, Members = members, Answer = given => answer = given }]);
        return answer;
    }

    /// <summary>The sequence number of the last report that a console holds; -1 for none.</summary>
    internal long LastPulled => _pulled.Seq;

    /// <summary>A console holds the reports up to one of them, durably.</summary>
    /// <exception cref="ProblemException">There is no such report, or it could not be remembered.</exception>
    internal void Pulled(long seq)
    {
        if (seq < 0 || seq >= _reports.NextSeq)
            throw new ProblemException($"there is no report {seq}", "pull the reports anew");
        _pulled.Set(seq);
    }

    /// <summary>Records a batch and answers each request.</summary>
    internal void Record(IReadOnlyList<RecordRequest> batch)
    {
        if (batch.Count <= BatchWriter.MostAtOnce)
        {
            RecordAtOnce(batch);
            return;
        }

        foreach (var some in batch.Chunk(BatchWriter.MostAtOnce))
            RecordAtOnce(some);
    }

    private void RecordAtOnce(IReadOnlyList<RecordRequest> batch)
    {
        var answers = new RecordAnswer[batch.Count];
        try
        {
            Ready();
            _writer.Write(batch, answers);
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            Failed(e);
            StandardStreams.Say(e.Message, (e as ProblemException)?.Hint ?? "");
            Array.Fill(answers, new RecordAnswer(false, false, -1, e.Message));
            Miss(batch, e.Message);
        }

        for (var i = 0; i < answers.Length; i++)
            batch[i].Answer(answers[i]);
        Tend();
    }

    public void Dispose()
    {
        _reports.Dispose();
        _chain.Dispose();
        _gap.Dispose();
    }

    private void Put(string eventName, AuditMember[] members)
    {
        Ready();
        _chain.Put(eventName, members);
    }

    // With a full disk, what a crash left could else not be attested.
    private ChainJournal Opened(Func<ChainJournal> open)
    {
        try
        {
            return open();
        }
        catch (ProblemException) when (Ballast.Release())
        {
            return open();
        }
    }

    // What reached the disk is unknown, so it counts as nothing: the next batch begins in new segments.
    private void Failed(Exception e)
    {
        _failed = true;
        _duplicates.Forget();
        Suppression.Forget();
        Problem = e.Message;
    }

    // What is tried again unasked is not missing. The ballast is given up whatever the reason, since there are more than
    // one for which there is no room; that the log could not be written is told before anything else may take that room.
    private void Miss(IReadOnlyList<RecordRequest> batch, string reason)
    {
        var missed = batch.Count(static request => request is not EntryRequest && !request.Retried);
        if (missed > 0)
            _gap.Add(missed, UnixMicros.Of(_time.GetUtcNow()), reason);
        if (!Ballast.Release())
            return;
        StandardStreams.Say("the room that was held back for it is given up, so that the log can tell of this", "make room on the file system of the audit log");
        Mend();
    }

    private void Ready()
    {
        if (!_failed)
            return;
        _reports.Recover();
        _chain.Recover();
        _missing.Add();
        _gapNote.Write();
        (_failed, Problem) = (false, null);
    }

    // Whatever fails in it is left behind as a batch that fails is: what waits to be written must not be written a second time.
    private void Written(Action step)
    {
        try
        {
            Ready();
            step();
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            Failed(e);
            throw;
        }
    }

    private static bool IsOfDisk(Exception e) => e is ProblemException or IOException or UnauthorizedAccessException;

    // Whoever was answered does not wait for it.
    private void Tend()
    {
        if (_failed)
            return;
        try
        {
            _chain.Tend();
        }
        catch (Exception e) when (IsOfDisk(e))
        {
            Failed(e);
            StandardStreams.Say(e.Message, (e as ProblemException)?.Hint ?? "");
            Miss([], e.Message);
        }
    }
}
