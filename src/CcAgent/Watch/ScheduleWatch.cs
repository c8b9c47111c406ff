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
internal sealed class ScheduleWatch : IDaemonPart, IRecordListener, IDisposable
{
    // Editors and package tools change a file by several steps, and an edit by `serve` is recorded after it was made.
    private const long SettleMs = 10_000, LongestMs = 60_000;

    // A due time is judged no sooner, nor the watch woken more often.
    private const long LeastMs = 10_000, MostMs = 10 * 60_000, SpoolMs = 5 * 60_000;

    private const int MostReports = 50_000;

    // Cron reads the tables anew at the start of each minute.
    private static readonly TimeSpan Reread = TimeSpan.FromMinutes(1), LargestStep = TimeSpan.FromHours(3);

    private readonly AgentPlaces _places;
    private readonly Recorder _recorder;
    private readonly TimeProvider _time;
    private readonly TableFolders _folders = new();
    private readonly FolderNotices _notices = new();
    private readonly TableScan _scan;
    private readonly HostEvidence _host;
    private readonly MissedRuns _missed = new();
    private readonly TableChanges _changes;
    private readonly OwnTable? _own;
    private readonly WatchProgress _progress;
    private readonly Queue<AuditAppendParams> _edits = new();
    private readonly long _started = Environment.TickCount64;

    // No due time before it is judged.
    private DateTimeOffset _from;
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

    /// <exception cref="ProblemException">What was kept of the tables cannot be read or made.</exception>
    internal ScheduleWatch(AgentPlaces places, Recorder recorder, TimeProvider time)
    {
        (_places, _recorder, _time) = (places, recorder, time);
        (_host, _scan) = (new HostEvidence(time), new TableScan(_folders, time));
        var (folder, path) = (places.Data + "/watch", places.Data + "/watch/state.json");
        var kept = new KeptTables(folder, places.Owner);
        var state = WatchState.Read(path, out var alive);
        var records = state is null ? new WatchRecords() : WatchRecords.Read(places, state.Chain);
        foreach (var noted in state?.Noted ?? [])
            records.Missed.TryAdd((noted.Table, noted.Job), UnixMicros.Time(noted.Until));
        _progress = new WatchProgress(places, recorder, path, records.Missed);
        _changes = new TableChanges(kept, records.Tables, state is null, new PendingEdits(places), _progress.Note);
        _from = state is null ? _host.Now : UnixMicros.Time(state.Until);
        // A clock that was set back that far counts from now on.
        if (_from > _host.Now + LargestStep)
            _from = _host.Now;
        if (state is not null && state.Boot != HostFacts.BootId)
            _host.Booted(state.End == WatchState.Stopped ? HostTime.DownOrOn : HostTime.Down, alive);
        if (places.Mode == AgentMode.User)
            _own = new OwnTable(_folders, time, TableShell.Take(), TakeOwn);
        _scanAt = _started;
        _judgeAt = _started + LeastMs;
        _savedAt = _started;
        recorder.Listener = this;
        Listen();
    }

    /// <summary>What has to be on the daemon's loop.</summary>
    internal IEnumerable<IDaemonPart> Parts => _own is null ? [this, _host.Cron] : [this, _host.Cron, _own];

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
        _missed.Flush(_progress.Tell);
        _progress.WriteTold();
        if (_runsRead)
            Save(File.Exists("/run/nologin") || File.Exists("/run/systemd/shutdown/scheduled") ? WatchState.ShutDown : WatchState.Stopped);
    }

    public void Dispose()
    {
        _recorder.Listener = null;
        _own?.Dispose();
        _host.Dispose();
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
        _own?.Outdate();
        Notice(Environment.TickCount64);
    }

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
        TakeEdits();
        if (_own is not null)
        {
            if (_entersAll || now < _lookAt || _own.MayHaveChanged())
                _own.Begin();
        }
        else
        {
            if (!_scan.IsGoing)
                _scan.Begin(_changes.Names, Gone);
            if (!_scan.ReadSome(Take))
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

    private void TakeEdits()
    {
        // One that is taken is taken once, though the next may fail.
        for (; _edits.TryPeek(out var edit); _edits.Dequeue())
            _changes.Edited(edit);
    }

    private void Take(WatchedFile file, FoundTable found, CronDialect dialect)
    {
        if (_changes.Found(file.Name, found, _isFirst) || _entersAll)
            Enter(file, found, dialect);
    }

    private void Gone(string name)
    {
        _changes.Gone(name, _isFirst);
        _missed.Watch(name, [], static _ => default, _progress.Tell);
    }

    private void TakeOwn(TableRead read)
    {
        // What was read is from after all that was recorded until now.
        TakeEdits();
        var user = UserAccount.Of(_places.Owner).Name;
        var file = new WatchedFile(WatchedFile.NameOf(user), "", TablePlace.Spool, user);
        switch (read)
        {
            case TableRead.Present present:
                var found = new FoundTable(present.Bytes, Sha256.Hash(present.Bytes), present.Bytes.Length, null, _time.GetUtcNow(), false);
                Take(file, found, present.Host.Dialect);
                break;
            case TableRead.None:
                Gone(file.Name);
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

    private void Enter(WatchedFile file, FoundTable found, CronDialect dialect)
    {
        var entries = found.Ignored ? [] : WatchedEntry.Of(
            file.Name, CrontabDocument.Parse(found.Bytes, dialect, file.Place != TablePlace.Spool), file.User, TimeZoneInfo.Local, IsReported);
        var since = UnixMicros.Time(_changes.Seen(file.Name)!.Since) + Reread;
        if (since < _from)
            since = _from;
        _missed.Watch(file.Name, entries, entry => _progress.CountsSince(entry, since), _progress.Tell);
    }

    private bool IsReported(uint uid, string? socket) => (socket
        ?? (uid == 0 ? AgentPlaces.SystemDirectory : AgentPlaces.UserSocketDirectory(uid)) + "/cc-agent.sock") == _places.Socket;

    private void Judge(long now)
    {
        if (_host.ReadClock() > LargestStep)
            _missed.Restart(_host.Now);
        if (_host.ZoneHasChanged())
            TakeAllAnew();
        if (!_runsRead || (now - _started < SpoolMs && _from < _host.Now - MissedRuns.Grace && IsSpooled()))
        {
            // What is not read yet says when it is.
            _judgeAt = now + (_runsRead ? LeastMs : MostMs);
            return;
        }

        if (_missed.Next <= _host.Now)
        {
            _host.Look();
            _missed.Judge(_host.Now, _host, _progress.Tell);
            _host.Forget();
        }

        _progress.WriteTold();
        var left = _missed.Next is { } next ? (next - _host.Now).TotalMilliseconds : MostMs;
        _judgeAt = left <= 0 ? now : now + (long)Math.Clamp(left, LeastMs, MostMs);
        if (left > 0 && (now - _savedAt >= MostMs || _reports > MostReports || !_progress.Touch(_host.Now)))
            Save(null);
    }

    // A report that waits to be taken in may be of a run that seems to be missing.
    private bool IsSpooled() => _places.Spools.Any(static spool => Directory.Exists(spool) && Directory.EnumerateFiles(spool, "*" + SpoolWriter.Suffix).Any());

    // Every entry is due at other times now, and nobody knows which of them cron has taken up already.
    private void TakeAllAnew()
    {
        _scan.Forget();
        (_entersAll, _from) = (true, _host.Now);
        _missed.Restart(_host.Now);
        _scanAt = Environment.TickCount64;
    }

    private void Save(string? end)
    {
        _progress.Save(_isFirst ? _from : _missed.Until(_host.Now), end);
        (_savedAt, _reports) = (Environment.TickCount64, 0);
    }
}
