using System.Diagnostics;
using CcAgent.Journal;
using CcAgent.Places;
using CcAgent.Sealing;
using CcConsole.Core;

namespace CcAgent.Daemon;

/// <summary>
/// Lets old entries of the chain go, where the settings ask for it: at the daemon's start, and every hour. What is to go is
/// looked for on a thread of its own; each segment has an entry of its own, so the chain begins at every moment where an
/// entry says that it does.
/// </summary>
internal sealed class ChainRetention : IDaemonPart
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private const int LookMs = 100;

    private readonly AgentPlaces _places;
    private readonly AuditSettings _settings;
    private readonly Recorder _recorder;
    private readonly AuditSeal _seal;
    private readonly TimeProvider _time;
    private Task<PrunedEntries?>? _looking;
    private long _last;

    internal ChainRetention(AgentPlaces places, AuditSettings settings, Recorder recorder, AuditSeal seal, TimeProvider time) =>
        (_places, _settings, _recorder, _seal, _time) = (places, settings, recorder, seal, time);

    public int Descriptor => -1;

    public int TimeoutMs => _last == 0 ? 0
        : _looking is { IsCompleted: true } ? 0
        : _looking is not null ? LookMs
        : _settings.Prunes ? (int)Math.Max(0, Math.Ceiling((Period - Stopwatch.GetElapsedTime(_last)).TotalMilliseconds))
        : -1;

    public void Ready()
    {
        if (_looking is null)
        {
            _last = Stopwatch.GetTimestamp();
            // What a daemon before this one began is finished whatever the settings say now.
            Finish();
            if (_settings.Prunes)
                Look();
        }
        else if (_looking.IsCompleted)
        {
            var found = _looking;
            _looking = null;
            if (found.GetAwaiter().GetResult() is { } pruned && Prune(pruned))
                Look();
        }
    }

    private void Look()
    {
        if (_settings.MaxAgeDays > 0)
            _recorder.RollOver(_time.GetUtcNow() - TimeSpan.FromDays(Math.Max(1, _settings.MaxAgeDays / 8.0)));
        _looking = OwnThread.Start(() => ChainPruning.Next(_places, _settings, _time.GetUtcNow()));
    }

    private bool Prune(PrunedEntries pruned)
    {
        new PruneNote(pruned.First, pruned.Last, _recorder.NextEntry).Put(_places.AuditState);
        if (!_recorder.Append(CcConsole.Core.Audit.AuditEvents.Prune, pruned.Members).Good)
            return false;
        _recorder.SyncHead();
        Finish();
        return true;
    }

    /// <exception cref="ProblemException">A segment could not be removed.</exception>
    private void Finish()
    {
        // While the log cannot be written, an entry that stands in it may yet be given up.
        if (_recorder.Problem is not null || PruneNote.Read(_places.AuditState) is not { } note)
            return;
        var segments = Segments.In(_places.Audit);
        if (ChainPruning.Find(segments, (note.First, note.Last), note.From) is var (by, held))
        {
            foreach (var segment in segments)
            {
                if (segment.First >= note.First && segment.First <= note.Last)
                    _seal.Remove(segment, by, held, ChainPruning.Torn(segments, segment.Name, note.Last));
            }
        }

        PruneNote.Remove(_places.AuditState);
    }
}
