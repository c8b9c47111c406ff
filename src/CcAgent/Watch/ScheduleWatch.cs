using System.Diagnostics;
using CcAgent.Daemon;
using CcAgent.Edits;
using CcAgent.Exec;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Audit;
using CcConsole.Core.Cron;
using CcConsole.Core.Crontab;
using CcConsole.Core.Crontab.Lint;
using CcConsole.Core.Protocol;
using CcConsole.Core.Reports;

namespace CcAgent.Watch;

/// <summary>
/// Watches what cron is told to do: records tables that others changed, and runs that were due and did not begin. One
/// timer, for what is due next; a look at everything every ten minutes, for what inotify(7) does not tell.
/// </summary>
internal sealed class ScheduleWatch : IDaemonPart, IRecordListener, IRunEvidence, IDisposable
{
    // Editors and package tools change a file by several steps, and an edit by `serve` is recorded after it was made.
    private const long SettleMs = 10_000, LongestMs = 60_000;

    // A due time is judged no sooner, nor the watch woken more often.
    private const long LeastMs = 10_000, MostMs = 10 * 60_000, SpoolMs = 5 * 60_000;

    private const int MostReports = 50_000;

    // Within a few milliseconds others have their turn.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    // Cron reads the tables anew at the start of each minute.
    private static readonly TimeSpan Reread = TimeSpan.FromMinutes(1), LargestStep = TimeSpan.FromHours(3);

    private readonly AgentPlaces _places;
    private readonly Recorder _recorder;
    private readonly TimeProvider _time;
    private readonly TableFolders _folders = new();
    private readonly FolderNotices _notices = new();
    private readonly CronPresence _cron;
    private readonly GoingRuns _going = new();
    private readonly HostHistory _history = new();
    private readonly MissedRuns _missed = new();
    private readonly TableChanges _changes;
    private readonly OwnTable? _own;
    private readonly Dictionary<(string Table, string Job), DateTimeOffset> _told;
    private readonly Dictionary<string, (FileStatus Status, long Read)> _files = new(StringComparer.Ordinal);
    private readonly Queue<WatchedFile> _unread = new();
    private readonly List<IReadOnlyList<AuditMember>> _untold = [];
    private readonly Queue<AuditAppendParams> _edits = new();
    private readonly long _started = Environment.TickCount64;

    // No due time before it is judged.
    private DateTimeOffset _from;
    private HostClock _clock;
    private FileStatus _zone;
    private bool _isFirst = true;
    private bool _runsRead;

    // Whether a session is about to record what has been seen already.
    private bool _awaitsEdit;

    // Whether it is told when tables change; in user mode by the time of the spool's folder, which crontab(1) sets.
    private bool _hears;
    private bool _entersAll = true;
    private string _said = "";
    private long _scanAt, _judgeAt, _lookAt = long.MaxValue, _firstNotice = -1;
    private long _savedAt;
    private int _reports;
    private long _spoolChanged;

    /// <exception cref="ProblemException">What was kept of the tables cannot be read or made.</exception>
    internal ScheduleWatch(AgentPlaces places, Recorder recorder, TimeProvider time)
    {
        (_places, _recorder, _time) = (places, recorder, time);
        _clock = HostClock.Read(time);
        var kept = new KeptTables(Folder, places.Owner);
        var state = WatchState.Read(StatePath, out var alive);
        var records = state is null ? new WatchRecords() : WatchRecords.Read(places, state.Chain);
        _changes = new TableChanges(kept, records.Tables, state is null, new PendingEdits(places), Note);
        _told = records.Missed;
        foreach (var noted in state?.Noted ?? [])
            _told.TryAdd((noted.Table, noted.Job), UnixMicros.Time(noted.Until));
        _from = state is null ? _clock.Now : UnixMicros.Time(state.Until);
        // A clock that was set back that far counts from now on.
        if (_from > _clock.Now + LargestStep)
            _from = _clock.Now;
        if (state is not null && state.Boot != HostFacts.BootId)
            _history.Add(state.End == WatchState.Stopped ? HostTime.DownOrOn : HostTime.Down, alive, _clock.Boot);
        _ = Libc.TryStatus("/etc/localtime", out _zone);
        _cron = new CronPresence(time);
        if (places.Mode == AgentMode.User)
            _own = new OwnTable(TakeOwn);
        _scanAt = _started;
        _judgeAt = _started + LeastMs;
        _savedAt = _started;
        recorder.Listener = this;
        Listen();
    }

    /// <summary>What has to be on the daemon's loop.</summary>
    internal IEnumerable<IDaemonPart> Parts => _own is null ? [this, _cron] : [this, _cron, _own];

    private string Folder => _places.Data + "/watch";

    private string StatePath => Folder + "/state.json";

    /// <inheritdoc/>
    public int Descriptor => _notices.Descriptor;

    /// <inheritdoc/>
    public int TimeoutMs => (int)Math.Clamp(Math.Min(Math.Min(_scanAt, _judgeAt), _lookAt) - Environment.TickCount64, 0, int.MaxValue);

    /// <inheritdoc/>
    public void Ready()
    {
        var now = Environment.TickCount64;
        if (_notices.Take())
            Notice(now);
        if (now >= _lookAt && _scanAt > now)
            _scanAt = now;
        if (now >= _scanAt)
            Scan(now);
        if (now >= _judgeAt)
            Judge(now);
    }

    /// <summary>The daemon ends: what was collected is recorded, and how far the watch has come.</summary>
    internal void Stop()
    {
        _missed.Flush(Tell);
        WriteTold();
        if (_runsRead)
            Save(File.Exists("/run/nologin") || File.Exists("/run/systemd/shutdown/scheduled") ? WatchState.ShutDown : WatchState.Stopped);
    }

    public void Dispose()
    {
        _recorder.Listener = null;
        _own?.Dispose();
        _cron.Dispose();
        _notices.Dispose();
    }

    void IRecordListener.Reported(ExecutionReport report, uint uid)
    {
        _reports++;
        // What comes before the journal is read is read there.
        if (_runsRead)
            Begun(report, uid);
    }

    private void Begun(ExecutionReport report, uint uid)
    {
        // A run that is tried again is cron's one run; one that says to begin later than now takes no due time.
        if (report.Attempt is null or 1 && report.StartTime <= _time.GetUtcNow() + MissedRuns.Grace)
            _missed.Begun(new RunKey(uid, report.JobId), report.StartTime);
    }

    void IRecordListener.Appended(AuditAppendParams entry)
    {
        if (entry.Event != AuditEvents.CrontabEdited)
            return;
        _edits.Enqueue(entry);
        Notice(Environment.TickCount64);
    }

    HostTime IRunEvidence.HostAt(DateTimeOffset moment, out DateTimeOffset end) => _history.At(moment, out end);

    bool? IRunEvidence.CronAt(DateTimeOffset moment) => _cron.At(moment);

    IReadOnlyList<DateTimeOffset> IRunEvidence.Going(RunKey key) => _going.Of(key, _clock.Boot);

    private void Notice(long now)
    {
        if (_firstNotice < 0)
            _firstNotice = now;
        if (!_isFirst)
            _scanAt = Math.Min(now + SettleMs, _firstNotice + LongestMs);
    }

    private void Listen()
    {
        _hears = false;
        var above = Path.GetDirectoryName(_folders.Spool);
        foreach (var (folder, names) in _folders.Watched())
            _hears |= _notices.Add(folder, names) && (_own is null || folder == above);
    }

    private void Scan(long now)
    {
        // One that is taken is taken once, though the next may fail.
        for (; _edits.TryPeek(out var edit); _edits.Dequeue())
            _changes.Edited(edit);
        if (_own is not null)
        {
            if (_entersAll || now < _lookAt || SpoolHasChanged())
                _own.Begin();
        }
        else
        {
            if (_unread.Count == 0)
                List();
            if (!ReadSome())
            {
                _scanAt = now;
                return;
            }

            Seen();
        }

        Listen();
        _firstNotice = -1;
        _scanAt = _awaitsEdit ? now + SettleMs : long.MaxValue;
        _lookAt = now + (_hears ? MostMs : LongestMs);
    }

    private void List()
    {
        var files = _folders.Find();
        var names = files.Select(static file => file.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _changes.Names.Where(name => !names.Contains(name)).ToList())
        {
            _changes.Gone(gone, _isFirst);
            _files.Remove(gone);
            _missed.Watch(gone, [], static _ => default, Tell);
        }

        foreach (var file in files)
        {
            if (!IsAsRead(file))
                _unread.Enqueue(file);
        }
    }

    private bool IsAsRead(WatchedFile file)
    {
        // Within the second in which it was read it may have been changed again unseen.
        return Libc.TryStatus(file.Path, out var status) && _files.TryGetValue(file.Name, out var known)
            && status == known.Status && status.Changed < known.Read - 1;
    }

    private bool ReadSome()
    {
        var began = Stopwatch.GetTimestamp();
        while (_unread.TryPeek(out var file))
        {
            var read = _time.GetUtcNow().ToUnixTimeSeconds();
            if (TableReading.Read(file, Dialect, out var status) is { } found)
            {
                var changed = _changes.Found(file.Name, found, _isFirst);
                if (changed || _entersAll)
                    Enter(file, found);
                _files[file.Name] = (status, read);
            }

            _unread.Dequeue();
            if (Stopwatch.GetElapsedTime(began) > Turn)
                return _unread.Count == 0;
        }

        return true;
    }

    private void TakeOwn(TableRead read)
    {
        var user = UserAccount.Of(_places.Owner).Name;
        var file = new WatchedFile(WatchedFile.NameOf(user), "", TablePlace.Spool, user);
        switch (read)
        {
            case TableRead.Present present:
                var found = new FoundTable(present.Bytes, Sha256.Hash(present.Bytes), present.Bytes.Length, null, _time.GetUtcNow(), false);
                if (_changes.Found(file.Name, found, _isFirst) || _entersAll)
                    Enter(file, found, present.Host.Dialect);
                break;
            case TableRead.None:
                _changes.Gone(file.Name, _isFirst);
                _missed.Watch(file.Name, [], static _ => default, Tell);
                break;
            case TableRead.Failed failed:
                if (_said != failed.Problem)
                    StandardStreams.Say($"the table cannot be watched: {failed.Problem}", failed.Hint);
                _said = failed.Problem;
                return;
        }

        Seen();
    }

    // All tables have been looked at once.
    private void Seen()
    {
        if (!_runsRead)
            WatchRecords.RunsSince(_places, _from - MissedRuns.KeptRuns, Begun);
        _runsRead = true;
        (_isFirst, _entersAll) = (false, false);
        if (_changes.IsBaseline)
        {
            _changes.IsBaseline = false;
            Save(null);
        }

        _awaitsEdit = _changes.Settle();
        if (_awaitsEdit)
            _scanAt = Math.Min(_scanAt, Environment.TickCount64 + SettleMs);
        _judgeAt = Math.Min(_judgeAt, Environment.TickCount64 + LeastMs);
    }

    private void Enter(WatchedFile file, FoundTable found, CronDialect? dialect = null)
    {
        var entries = found.Ignored ? [] : WatchedEntry.Of(
            file.Name, CrontabDocument.Parse(found.Bytes, dialect ?? Dialect, file.Place != TablePlace.Spool), file.User, TimeZoneInfo.Local, IsReported);
        var since = UnixMicros.Time(_changes.Seen(file.Name)!.Since) + Reread;
        if (since < _from)
            since = _from;
        _missed.Watch(file.Name, entries, entry => _told.TryGetValue((entry.Table, entry.Key.JobId), out var told) && told > since ? told : since, Tell);
    }

    private bool IsReported(uint uid, string? socket) => (socket
        ?? (uid == 0 ? AgentPlaces.SystemDirectory : AgentPlaces.UserSocketDirectory(uid)) + "/cc-agent.sock") == _places.Socket;

    private static CronDialect Dialect =>
        File.Exists("/usr/sbin/cron") || !File.Exists("/usr/sbin/crond") ? CronDialect.Debian
        : new FileInfo("/usr/sbin/crond").LinkTarget?.EndsWith("busybox", StringComparison.Ordinal) == true ? CronDialect.Busybox
        : CronDialect.Cronie;

    private bool SpoolHasChanged()
    {
        // The folder's time tells what crontab(1) did in it, though its files cannot be seen.
        if (_folders.Spool is { } spool && Libc.TryStatus(spool, out var status))
        {
            var same = status.Changed == _spoolChanged && status.Changed < _time.GetUtcNow().ToUnixTimeSeconds() - 1;
            _spoolChanged = status.Changed;
            return !same;
        }

        return true;
    }

    private void Judge(long now)
    {
        var clock = HostClock.Read(_time);
        var back = clock.Since(_clock, _history);
        _clock = clock;
        if (back > LargestStep)
            _missed.Restart(clock.Now);
        FollowZone(clock.Now);
        if (!_runsRead || (now - _started < SpoolMs && _from < clock.Now - MissedRuns.Grace && IsSpooled()))
        {
            // What is not read yet says when it is.
            _judgeAt = now + (_runsRead ? LeastMs : MostMs);
            return;
        }

        if (_missed.Next <= clock.Now)
        {
            _cron.Look();
            _going.Forget();
            _missed.Judge(clock.Now, this, Tell);
            _going.Forget();
        }

        WriteTold();
        var left = _missed.Next is { } next ? (next - clock.Now).TotalMilliseconds : MostMs;
        _judgeAt = left <= 0 ? now : now + (long)Math.Clamp(left, LeastMs, MostMs);
        if (left > 0 && (now - _savedAt >= MostMs || _reports > MostReports))
            Save(null);
        else if (left > 0)
            Touch(clock.Now);
    }

    // A report that waits to be taken in may be of a run that seems to be missing.
    private bool IsSpooled() => _places.Spools.Any(static spool => Directory.Exists(spool) && Directory.EnumerateFiles(spool, "*" + SpoolWriter.Suffix).Any());

    private void FollowZone(DateTimeOffset now)
    {
        _ = Libc.TryStatus("/etc/localtime", out var zone);
        if (zone == _zone)
            return;
        _zone = zone;
        TimeZoneInfo.ClearCachedData();
        // Every entry is due at other times now, and nobody knows which of them cron has taken up already.
        _files.Clear();
        (_entersAll, _from) = (true, now);
        _missed.Restart(now);
        _scanAt = Environment.TickCount64;
    }

    private void Note(string name, IReadOnlyList<AuditMember> members)
    {
        if (!_recorder.Append(name, members).Recorded)
            throw Unrecorded();
    }

    private static ProblemException Unrecorded() => new("what the watch found cannot be recorded", "it is tried again");

    private void Tell(MissedRun missed)
    {
        _untold.Add(MissedEntry.Of(missed));
        _told[(missed.Entry.Table, missed.Entry.Key.JobId)] = missed.Last;
    }

    private void WriteTold()
    {
        if (_untold.Count == 0)
            return;
        var recorded = true;
        _recorder.Record([.. _untold.Select(members => (RecordRequest)new EntryRequest
        {
            Uid = _places.Owner, Event = AuditEvents.JobMissed, Members = members, Answer = answer => recorded &= answer.Recorded,
        })]);
        if (!recorded)
            throw Unrecorded();
        _untold.Clear();
    }

    private void Save(string? end)
    {
        var until = _isFirst ? _from : _missed.Until(_clock.Now);
        foreach (var old in _told.Where(told => told.Value <= until).Select(static told => told.Key).ToList())
            _told.Remove(old);
        var state = new WatchState(UnixMicros.Of(until), _recorder.NextEntry, HostFacts.BootId, end)
        {
            Noted = [.. _told.Select(static told => new NotedUntil(told.Key.Table, told.Key.Job, UnixMicros.Of(told.Value)))],
        };
        state.Write(StatePath);
        (_savedAt, _reports) = (Environment.TickCount64, 0);
    }

    // That the daemon, and so the host, was there.
    private void Touch(DateTimeOffset now)
    {
        try
        {
            File.SetLastWriteTimeUtc(StatePath, now.UtcDateTime);
        }
        catch (FileNotFoundException)
        {
            Save(null);
        }
    }
}
