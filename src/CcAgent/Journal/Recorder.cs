using System.Diagnostics;
using System.Text.Json;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Protocol;
using CcConsole.Core.Reports;

namespace CcAgent.Journal;

/// <summary>Hears what is recorded, on the daemon's thread and before it is durable.</summary>
internal interface IRecordListener
{
    /// <summary>A run, and who reported it as the kernel says.</summary>
    void Reported(ExecutionReport report, uint uid);

    /// <summary>An entry that `serve` asked for.</summary>
    void Appended(AuditAppendParams entry);
}

/// <summary>
/// The one writer of reports and chain. A batch is written in this order: reports, to disk; their entries, to disk; then
/// the answers. So whatever is answered is durable, and a report without its entry can only be left by a crash, and gets
/// its entry at the next start. Not for use by several threads at once.
/// </summary>
internal sealed class Recorder : IDisposable
{
    /// <summary>How long after an audit.gap entry the next one is written at the soonest.</summary>
    internal static readonly TimeSpan GapPeriod = TimeSpan.FromSeconds(10);

    // In one write, before which a checkpoint may be due and in which there is room for one alone.
    private const int MostAtOnce = 512;

    private readonly AgentPlaces _places;
    private readonly TimeProvider _time;
    private RecentRuns _recent = new();
    private readonly KnownRuns _known;
    private readonly Dictionary<uint, string> _users = [];
    private readonly ReportJournal _reports;
    private readonly ChainJournal _chain;
    private readonly PulledMark _pulled;
    private readonly AuditGap _gap;
    private readonly Suppression _suppression = new();
    private bool _failed;
    private long _told;

    /// <exception cref="ProblemException">The journals cannot be opened.</exception>
    /// <param name="places">Where they lie.</param>
    /// <param name="time">The clock.</param>
    /// <param name="seal">What makes the log append-only.</param>
    /// <param name="settings">Of how much the reports may come to, an eighth is the most that one segment has.</param>
    internal Recorder(AgentPlaces places, TimeProvider time, AuditSeal seal, AgentSettings settings)
    {
        (_places, _time, _known) = (places, time, new KnownRuns(places.Reports));
        _reports = ReportJournal.Open(places, Math.Min(Segments.MaxBytes, settings.Reports.MaxMegabytes * (1024L * 1024 / 8)));
        try
        {
            SecureDirectory.Make(places.AuditState, places.Owner, SecureDirectory.Private);
            Ballast = new Ballast(places.AuditState, settings.Audit.BallastMegabytes * 1024L * 1024);
            Ballast.Make();
            _pulled = new PulledMark(places.AuditState);
            _gap = new AuditGap(places.AuditState);
            _chain = Opened(() => ChainJournal.Open(places, time, seal, settings.Audit));
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

    /// <summary>Whether there is something that could not be recorded and is not told yet.</summary>
    internal bool HasGap => _gap.Count > 0;

    /// <summary>Why nothing can be recorded, as it was found last; null when all is well.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The sequence number of the chain's next entry.</summary>
    internal long NextEntry => _chain.NextSeq;

    internal IReadOnlyList<string> Alarms => new AlarmFile(_places.AuditState).Read();

    /// <summary>Who hears of reports and entries; null for nobody.</summary>
    internal IRecordListener? Listener { get; set; }

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
        AddMissingEntries();
        TellGap();
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
        Written(() => _chain.RollOver((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>Tries to go on after a failure, and to have the ballast again; what is wrong still stays in <see cref="Problem"/>.</summary>
    internal void Mend()
    {
        try
        {
            Ready();
            TellGap();
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

    /// <summary>A console holds the reports up to one of them, durably.</summary>
    /// <exception cref="ProblemException">There is no such report, or it could not be remembered.</exception>
    internal void Pulled(long seq)
    {
        if (seq < 0 || seq >= _reports.NextSeq)
            throw new ProblemException($"there is no report {seq}", "pull the reports anew");
        _pulled.Set(seq);
    }

    /// <summary>Lets go of the reports whose time is over; the chain tells which, before they go.</summary>
    /// <exception cref="ProblemException">A segment could not be removed, or the chain not be written.</exception>
    internal void Prune(ReportRetention retention)
    {
        var now = _time.GetUtcNow();
        var oldest = now - TimeSpan.FromDays(Math.Max(1, retention.MaxAgeDays / 8.0));
        Written(() => _reports.RollOver((oldest - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond));
        foreach (var pruned in ReportPruning.Due(Segments.In(_places.Reports), retention, _pulled.Seq, now))
        {
            var answer = Append(
                AuditEvents.Prune,
                [new("of", "reports"), new("segment", pruned.Segment.Name), new("first", pruned.Segment.First), new("count", pruned.End - pruned.Segment.First),
                new("bytes", pruned.Bytes), new("reason", pruned.Reason)]);
            if (!answer.Good)
                return;
            if (Libc.unlink(pruned.Segment.Path) != 0)
                throw new ProblemException($"{pruned.Segment.Path} cannot be removed: {Libc.ErrorText(Libc.LastError)}");
            AppendFile.SyncDirectory(_places.Reports);
        }
    }

    /// <summary>How long until <see cref="NoteSuppressed"/> is due, in milliseconds; -1 when there is nothing to note.</summary>
    internal int SuppressedTimeoutMs => _suppression.TimeoutMs;

    /// <summary>Writes the entries about refusals that were only counted.</summary>
    internal void NoteSuppressed()
    {
        var pending = _suppression.Pending(User);
        if (pending.Count == 0)
            return;
        var good = true;
        Record([.. pending.Select(members => new EntryRequest
        {
            Uid = _places.Owner,
            Event = AuditEvents.Suppressed,
            Members = members,
            Answer = answer => good &= answer.Good,
        })]);
        if (good)
            _suppression.Clear();
        else
            _suppression.Postpone();
    }

    /// <summary>Records a batch and answers each request.</summary>
    internal void Record(IReadOnlyList<RecordRequest> batch)
    {
        if (batch.Count <= MostAtOnce)
        {
            RecordAtOnce(batch);
            return;
        }

        foreach (var some in batch.Chunk(MostAtOnce))
            RecordAtOnce(some);
    }

    private void RecordAtOnce(IReadOnlyList<RecordRequest> batch)
    {
        var answers = new RecordAnswer[batch.Count];
        try
        {
            Ready();
            Write(batch, answers);
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
        _chain.Begin(1);
        _chain.Add(eventName, members);
        _chain.Commit();
        _chain.SyncHead();
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
        _recent = new RecentRuns();
        _known.Forget();
        Problem = e.Message;
    }

    // What is tried again unasked is not missing. The ballast is given up whatever the reason, since there are more than
    // one for which there is no room; that the log could not be written is told before anything else may take that room.
    private void Miss(IReadOnlyList<RecordRequest> batch, string reason)
    {
        var missed = batch.Count(static request => request is ReportRequest { Spooled: null } or RejectedRequest or AppendRequest);
        if (missed > 0)
            _gap.Add(missed, NowMicros, reason);
        if (!Ballast.Release())
            return;
        StandardStreams.Say("the room that was held back for it is given up, so that the log can tell of this", "make room on the file system of the audit log");
        Mend();
    }

    private long NowMicros => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private void TellGap()
    {
        // Where there is room for its entries and not for reports, there is not one for each report.
        if (_gap.Count == 0 || (_told != 0 && Stopwatch.GetElapsedTime(_told) < GapPeriod))
            return;
        _told = Stopwatch.GetTimestamp();
        _chain.Begin(1);
        _chain.Add(AuditEvents.Gap, _gap.Members());
        _chain.Commit();
        _chain.SyncHead();
        _gap.Clear();
    }

    private void Ready()
    {
        if (!_failed)
            return;
        _reports.Recover();
        _chain.Recover();
        AddMissingEntries();
        TellGap();
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

    // A crash between the two writes of a batch leaves reports without an entry.
    private void AddMissingEntries()
    {
        if (_chain.Reports >= _reports.NextSeq)
            return;
        var added = 0;
        _chain.Begin(MostAtOnce);
        JournalReading.From(Segments.In(_places.Reports), _chain.Reports, (seq, line) =>
        {
            if (Recorded(line) is { } recorded)
            {
                Finished(recorded.Report, seq, Sha256.Hash(line[..^1]), recorded.Uid);
            }
            else
            {
                _chain.Add(
                    AuditEvents.ReportRejected,
                    [new("reason", "a line of the report journal that has no entry is not a report"), new("report", seq),
                    new("report_sha256", Sha256.Hash(line[..^1]).ToString())]);
            }

            if (++added % MostAtOnce == 0)
            {
                _chain.Commit(seq + 1);
                _chain.Tend();
                _chain.Begin(MostAtOnce);
            }

            return seq + 1 < _reports.NextSeq;
        });
        _chain.Commit(_reports.NextSeq);
    }

    private static RecordedReport? Recorded(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ReportJson.Default.RecordedReport);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Write(IReadOnlyList<RecordRequest> batch, RecordAnswer[] answers)
    {
        var lines = new Hash32[batch.Count];
        var seqs = new long[batch.Count];
        var again = new bool[batch.Count];
        var received = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        _known.Trim();
        Cover(batch);
        for (var i = 0; i < batch.Count; i++)
        {
            seqs[i] = -1;
            if (batch[i] is not ReportRequest report)
                continue;
            if (report.Report.RunId is { } run)
            {
                var key = ReportLine.RunKey(report.Uid, run);
                var content = ReportLine.ContentKey(key, report.Bytes.Span);
                again[i] = IsKnown(report, key);
                // That a run was lost is worth nothing once there is any report of it.
                if (again[i] && (report.Report.Lost == true || IsKnown(report, content)))
                    continue;
                foreach (var each in (ReadOnlySpan<string>)[key, content])
                {
                    _recent.Add(each);
                    _known.Add(each);
                }
            }

            seqs[i] = _reports.NextSeq;
            lines[i] = Sha256.Hash(_reports.Add(received, report.Uid, report.Bytes.Span));
        }

        _reports.Commit();
        _chain.Begin(batch.Count);
        for (var i = 0; i < batch.Count; i++)
            answers[i] = Entry(batch[i], seqs[i], lines[i], again[i]);
        _chain.Commit(_reports.NextSeq);
    }

    private RecordAnswer Entry(RecordRequest request, long seq, Hash32 line, bool again)
    {
        switch (request)
        {
            case ReportRequest when seq < 0:
                return new RecordAnswer(true, true, -1, "it was recorded before");
            case ReportRequest report:
                Listener?.Reported(report.Report, report.Uid);
                return new RecordAnswer(true, true, _chain.NextSeq, Finished(report.Report, seq, line, report.Uid, again).ToString());
            case RejectedRequest rejected when !_suppression.Admits(rejected.Uid, AuditEvents.ReportRejected, rejected.Reason):
                return new RecordAnswer(false, true, -1, rejected.Reason);
            case RejectedRequest rejected:
                var at = _chain.NextSeq;
                _chain.Add(AuditEvents.ReportRejected, [.. EntryMembers.Rejected(rejected, User(rejected.Uid))]);
                return new RecordAnswer(false, true, at, rejected.Reason);
            case EntryRequest entry:
                return new RecordAnswer(true, true, _chain.NextSeq, _chain.Add(entry.Event, [.. entry.Members]).ToString());
            // Who has a key with a policy can be refused as often as he likes.
            case AppendRequest { Entry: { Event: AuditEvents.AccessRefused } refused } when !_suppression.Admits(request.Uid, refused.Event, refused.Method ?? ""):
                return new RecordAnswer(false, true, -1, "so many were refused that this one is only counted");
            default:
                var append = (AppendRequest)request;
                Listener?.Appended(append.Entry);
                return new RecordAnswer(
                    true, true, _chain.NextSeq,
                    _chain.Add(append.Entry.Event, [.. EntryMembers.Appended(append.Entry, append.Uid, User(append.Uid))]).ToString());
        }
    }

    private bool IsKnown(ReportRequest report, string key) => _recent.Contains(key) || (report.Spooled is not null && _known.Contains(key));

    private Hash32 Finished(ExecutionReport report, long seq, Hash32 line, uint uid, bool again = false) =>
        _chain.Add(EntryMembers.Event(report), [.. EntryMembers.Finished(report, seq, line, uid, User(uid), again)]);

    // A report is spooled when the daemon did not answer within seconds, and is taken in soon after.
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    // A spooled report may have been recorded before a crash that kept its file: after its run began, which is its own word,
    // and not long before its file was made, which is the kernel's; so nobody can have the whole journal read.
    private void Cover(IReadOnlyList<RecordRequest> batch)
    {
        DateTimeOffset? earliest = null;
        foreach (var request in batch)
        {
            if (request is not ReportRequest { Spooled: { } spooled, Report: { RunId: not null, StartTime: var start } })
                continue;
            var since = start > spooled - Margin ? start : spooled - Margin;
            // A start after the file was made: the clock has been set back since.
            if (since > spooled)
                since = spooled;
            if (earliest is null || since < earliest)
                earliest = since;
        }

        if (earliest is { } first)
            _known.Cover((first - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
    }

    private string User(uint uid)
    {
        if (!_users.TryGetValue(uid, out var name))
        {
            if (_users.Count > 1000)
                _users.Clear();
            _users[uid] = name = UserAccount.Of(uid).Name;
        }

        return name;
    }
}
