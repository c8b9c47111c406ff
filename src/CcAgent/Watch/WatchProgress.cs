using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;
using CcConsole.Core.Audit;

namespace CcAgent.Watch;

/// <summary>
/// How far the watch has come: which missed runs are told, in the chain; and up to when all is judged, in a file, so that the next
/// start tells nothing twice and leaves nothing out.
/// </summary>
internal sealed class WatchProgress
{
    private readonly AgentPlaces _places;
    private readonly Recorder _recorder;
    private readonly string _path;
    private readonly Dictionary<(string Table, string Job), DateTimeOffset> _told;
    private readonly List<IReadOnlyList<AuditMember>> _untold = [];

    /// <param name="places">Whose chain.</param>
    /// <param name="recorder">Writes the entries.</param>
    /// <param name="path">The file.</param>
    /// <param name="told">Up to when the missed runs of a job of a table are in the chain.</param>
    internal WatchProgress(AgentPlaces places, Recorder recorder, string path, Dictionary<(string Table, string Job), DateTimeOffset> told) =>
        (_places, _recorder, _path, _told) = (places, recorder, path, told);

    /// <summary>From when on due times of an entry count that is watched since a time: those up to the last one that was told do not.</summary>
    internal DateTimeOffset CountsSince(WatchedEntry entry, DateTimeOffset since) =>
        _told.TryGetValue((entry.Table, entry.Key.JobId), out var told) && told > since ? told : since;

    /// <summary>Takes missed runs; they are told by <see cref="WriteTold"/>.</summary>
    internal void Tell(MissedRun missed)
    {
        _untold.Add(MissedEntry.Of(missed));
        _told[(missed.Entry.Table, missed.Entry.Key.JobId)] = missed.Last;
    }

    /// <summary>Writes the entries about missed runs.</summary>
    /// <exception cref="ProblemException">They could not be written; they are kept, and the next call tries again.</exception>
    internal void WriteTold()
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

    /// <summary>Writes another entry of the watch.</summary>
    /// <exception cref="ProblemException">It could not be written.</exception>
    internal void Note(string name, IReadOnlyList<AuditMember> members)
    {
        if (!_recorder.Append(name, members).Recorded)
            throw Unrecorded();
    }

    /// <summary>Writes the file.</summary>
    /// <param name="until">All that was due up to then is judged.</param>
    /// <param name="end">How the daemon ends; null when it does not.</param>
    internal void Save(DateTimeOffset until, string? end)
    {
        foreach (var old in _told.Where(told => told.Value <= until).Select(static told => told.Key).ToList())
            _told.Remove(old);
        var state = new WatchState(UnixMicros.Of(until), _recorder.NextEntry, HostFacts.BootId, end)
        {
            Noted = [.. _told.Select(static told => new NotedUntil(told.Key.Table, told.Key.Job, UnixMicros.Of(told.Value)))],
        };
        state.Write(_path);
    }

    /// <summary>Says by the file's time that the daemon, and so the host, was there; false when there is no such file.</summary>
    internal bool Touch(DateTimeOffset now)
    {
        try
        {
            File.SetLastWriteTimeUtc(_path, now.UtcDateTime);
            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static ProblemException Unrecorded() => new("what the watch found cannot be recorded", "it is tried again");
}
