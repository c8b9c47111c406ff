using System.Diagnostics;
using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcAgent.Verbs;
using CcConsole.Core.Audit;

namespace CcAgent.Runs;

/// <summary>
/// Sees by their marks which runs go on and which were lost. One that goes on for a second gets its `job.started`; of a
/// shorter one its report says all. A mark that nobody holds becomes a report that the run was lost, unless the run has one.
/// Marks in root's spool come from anyone: each costs no more than a report does, and tells of its owner alone.
/// </summary>
internal sealed class RunWatch : IDaemonPart, IDisposable
{
    // A run that lasts so long is told of; a mark that was let go is looked at after a moment, since the kernel says that it is
    // closed before it takes the lock away; all are looked at so often while any goes on.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1), Moment = TimeSpan.FromMilliseconds(100), Soon = TimeSpan.FromSeconds(5),
        Round = TimeSpan.FromSeconds(60);

    private const int MostDue = 4096, MostAtOnce = 64, MostLooks = 10;

    private readonly AgentPlaces _places;
    private readonly Recorder _recorder;
    private readonly TimeProvider _time;
    private readonly SpoolWatch _watch;
    private readonly List<SpoolEvent> _events = [];
    private readonly PriorityQueue<Look, long> _due = new();

    // Of those whose start was recorded: which are looked for in the spools, and which were not found there.
    private List<RunMark> _missed = [];

    // What could neither be recorded nor taken away is said once.
    private readonly HashSet<string> _stuck = new(StringComparer.Ordinal);
    // What is being recorded in this turn: a mark may be due for two reasons.
    private readonly HashSet<string> _now = new(StringComparer.Ordinal);
    private readonly BegunRuns _begun;
    private readonly MarkRound _marks;
    private StartedRuns? _started;
    private long _round;

    // Whether something of this turn could not be recorded.
    private bool _refused;

    internal RunWatch(AgentPlaces places, Recorder recorder, TimeProvider time, BegunRuns begun)
    {
        (_places, _recorder, _time, _begun) = (places, recorder, time, begun);
        _watch = new SpoolWatch(places.Spools, RunMark.Suffix, closes: true);
        _marks = new MarkRound(places.Spools, time);
        _round = Stopwatch.GetTimestamp();
    }

    /// <summary>A mark to be looked at.</summary>
    /// <param name="Path">Where it lies.</param>
    /// <param name="LetGo">Whether its wrapper was seen to let it go.</param>
    /// <param name="Times">How often it has been looked at for this reason.</param>
    private readonly record struct Look(string Path, bool LetGo, int Times);

    public int Descriptor => _watch.Descriptor;

    public int TimeoutMs
    {
        get
        {
            if (_marks.GoesOn || _missed.Count > 0)
                return 0;
            var next = _round;
            if (_due.TryPeek(out _, out var due))
                next = Math.Min(next, due);
            var begun = _begun.TimeoutMs;
            if (next == long.MaxValue)
                return begun;
            var timeout = (int)Math.Clamp(Math.Ceiling((next - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency), 0, int.MaxValue);
            return begun < 0 ? timeout : Math.Min(begun, timeout);
        }
    }

    public void Ready()
    {
        TakeEvents();
        var (batch, started) = (new List<RecordRequest>(), new List<RunMark>());
        _now.Clear();
        _refused = false;
        // Their marks, if they have one, have been recorded since.
        foreach (var run in _missed.Where(_begun.Contains))
            batch.Add(LostRun.Unmarked(run, _time.GetUtcNow(), answer => Forget(run, answer)));
        _missed = [];
        LookAround(batch, started);
        for (var i = 0; i < MostAtOnce && _due.TryPeek(out var look, out var due) && due <= Stopwatch.GetTimestamp(); i++)
        {
            _due.Dequeue();
            Take(look, MarkFile.Look(look.Path), batch, started);
        }

        if (batch.Count > 0)
            _recorder.Record(batch);
        foreach (var mark in started)
        {
            _started!.Add(mark);
            _marks.Add(mark);
            _begun.Remove(mark.Uid, mark.RunId);
        }

        // Nothing can be recorded now: going on with the next would not help.
        if (_refused)
        {
            _marks.Stop();
            _round = Math.Min(_round, After(Round));
        }

        // From now on it is looked after.
        if (started.Count > 0 && _round == long.MaxValue)
            _round = After(Round);
    }

    public void Dispose()
    {
        _started?.Save(_recorder.NextEntry);
        _marks.Dispose();
        _watch.Dispose();
    }

    private static long After(TimeSpan time) => Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);

    private void TakeEvents()
    {
        _watch.Take(_events, out var lost);
        foreach (var happened in _events)
            Add(new Look(happened.Path, happened.Closed, 0), happened.Closed ? Moment : Long);
        _events.Clear();
        if (lost)
            _round = Math.Min(_round, After(Soon));
    }

    private void Add(Look look, TimeSpan after)
    {
        if (_due.Count < MostDue)
            _due.Enqueue(look, After(after));
        else
            _round = Math.Min(_round, After(Soon));
    }

    // Finds what no event has told of: at the start, and when events were lost. A few at a time, and so it comes to each, however many
    // others one user has put there.
    private void LookAround(List<RecordRequest> batch, List<RunMark> started)
    {
        if (!_marks.GoesOn)
        {
            var gone = _begun.Lost(MostAtOnce);
            if (gone.Count == 0 && _round > Stopwatch.GetTimestamp())
                return;
            _marks.Begin(gone);
            _round = long.MaxValue;
        }

        foreach (var file in _marks.Step())
        {
            var unknown = file.State == MarkState.Running && _started is { } known && !known.Contains(file.Mark!);
            if (unknown && file.Made >= (_time.GetUtcNow() - Long).ToUnixTimeSeconds())
                Add(new Look(file.Path, false, 0), Long);
            else if (unknown || file.State is MarkState.Left or MarkState.Bad)
                Take(new Look(file.Path, false, 0), MarkFile.Look(file.Path), batch, started);
        }

        if (_marks.GoesOn)
            return;
        _missed = _marks.Sought;
        var first = _started is null;
        _started ??= StartedRuns.Load(_places, _marks.Running);
        _started.Keep(_marks.Running);
        _started.Save(_recorder.NextEntry);
        // Only now is it known which of them have their entry.
        _round = Math.Min(_round, _marks.Running.Count > 0 && first ? Stopwatch.GetTimestamp()
            : _marks.Running.Count > 0 || _watch.Descriptor < 0 ? After(Round) : long.MaxValue);
    }

    private void Take(Look look, MarkFile file, List<RecordRequest> batch, List<RunMark> started)
    {
        if (_now.Contains(look.Path) || Request(look, file, started) is not { } request)
            return;
        _now.Add(look.Path);
        batch.Add(request);
    }

    private RecordRequest? Request(Look look, MarkFile file, List<RunMark> started)
    {
        switch (file.State)
        {
            case MarkState.Running when look.LetGo:
                if (look.Times < MostLooks)
                    Add(look with { Times = look.Times + 1 }, Moment);
                return null;
            // Whether it has its entry is not known until all have been looked at.
            case MarkState.Running when _started is null:
                Add(look, Long);
                return null;
            case MarkState.Running when !_started.Contains(file.Mark!):
                if (!_begun.Contains(file.Mark!))
                    return Started(file, started);
                started.Add(file.Mark!);
                return null;
            case MarkState.Left when HasReport(file):
                // The spool is drained beside this.
                Add(look with { Times = look.Times + 1 }, look.Times < MostLooks ? Long : Round);
                return null;
            case MarkState.Left:
                return LostRun.Report(file, _time.GetUtcNow(), look.LetGo, answer => Remove(file, answer));
            case MarkState.Bad:
                return new RejectedRequest
                {
                    Uid = file.Owner,
                    Reason = "a run mark in the spool: " + file.Problem,
                    Bytes = default,
                    Retried = true,
                    Answer = answer => Remove(file, answer),
                };
            default:
                return null;
        }
    }

    private static bool HasReport(MarkFile file) =>
        Libc.TryStatus(file.Path[..^RunMark.Suffix.Length] + SpoolWriter.Suffix, out var report) && report.IsRegular && report.Owner == file.Owner;

    private void Forget(RunMark run, RecordAnswer answer)
    {
        _refused |= !answer.Recorded;
        if (answer.Recorded)
            _begun.Remove(run.Uid, run.RunId);
    }

    private EntryRequest Started(MarkFile file, List<RunMark> started)
    {
        var mark = file.Mark!;
        return new EntryRequest
        {
            Uid = file.Owner,
            Event = AuditEvents.JobStarted,
            Members = EntryMembers.Started(mark, UserAccount.Of(file.Owner).Name),
            Answer = answer =>
            {
                _refused |= !answer.Recorded;
                if (answer.Recorded)
                    started.Add(mark);
            },
        };
    }

    private void Remove(MarkFile file, RecordAnswer answer)
    {
        _refused |= !answer.Recorded;
        if (!answer.Recorded)
            return;
        if (file.Mark is { } mark)
            _begun.Remove(file.Owner, mark.RunId);
        if (!SpoolWalk.PutAway(file.Path) && _stuck.Add(file.Path))
            StandardStreams.Say($"{PlainText.Of(file.Path)} is recorded but cannot be removed: {Libc.ErrorText(Libc.LastError)}", "remove it by hand");
    }
}
