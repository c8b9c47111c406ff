using System.Globalization;
using System.Text;
using System.Text.Json;
using CcAgent.Journal;
using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core.Audit;

namespace CcAgent.Runs;

/// <summary>
/// Which of the runs that go on have their entry in the chain, so that each gets one however often the daemon is begun. A file
/// remembers them up to some entry; what the chain says from there on is read when the daemon begins. Lost with the host, it
/// is of no use any more: so are the runs.
/// </summary>
internal sealed class StartedRuns
{
    // One user may have so many at once; what goes on beside them is not told of.
    private const int MostOfOne = 1024;

    // How many entries of the chain a start may have to read through, about.
    private const int MostToRead = 100_000;

    private readonly string _path;
    private readonly Dictionary<string, uint> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<uint, int> _counts = [];
    private bool _changed;
    private long _saved;

    private StartedRuns(string path) => _path = path;

    internal int Count => _keys.Count;

    /// <summary>Takes up what was known of the runs that go on when the last daemon ended.</summary>
    internal static StartedRuns Load(AgentPlaces places, IEnumerable<RunMark> running)
    {
        var going = running.Select(Key).ToHashSet(StringComparer.Ordinal);
        var started = new StartedRuns(places.AuditState + "/started");
        var lines = SmallFile.Read(started._path) is { } bytes ? Encoding.UTF8.GetString(bytes).Split('\n') : [];
        if (going.Count == 0)
            return started;
        // Its last line is empty; one that was cut short is not believed.
        var whole = lines.Length >= 2 && lines[^1].Length == 0 && long.TryParse(lines[0], CultureInfo.InvariantCulture, out _);
        var from = whole ? long.Parse(lines[0], CultureInfo.InvariantCulture) : 0;
        foreach (var line in whole ? lines.AsSpan(1..^1) : default)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && uint.TryParse(line.AsSpan(0, colon), CultureInfo.InvariantCulture, out var uid))
                Take(uid, line[(colon + 1)..]);
        }

        JournalReading.From(Segments.In(places.Audit), from, (_, line) =>
        {
            if (line.IndexOf("\"job.started\""u8) >= 0 && Run(line) is var (uid, run))
                Take(uid, run);
            return true;
        });
        return started;

        void Take(uint uid, string run)
        {
            if (going.Contains(ReportLine.RunKey(uid, run)))
                started.Add(uid, run);
        }
    }

    /// <summary>Whether the run has its entry, or is to have none because its user has too many.</summary>
    internal bool Contains(RunMark mark) => _keys.ContainsKey(Key(mark)) || _counts.GetValueOrDefault(mark.Uid) >= MostOfOne;

    internal void Add(RunMark mark) => Add(mark.Uid, mark.RunId);

    /// <summary>Forgets all that do not go on any more.</summary>
    internal void Keep(IEnumerable<RunMark> running)
    {
        var still = running.Select(Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, uid) in _keys)
        {
            if (still.Contains(key))
                continue;
            _keys.Remove(key);
            _counts[uid]--;
            _changed = true;
        }
    }

    /// <summary>Writes them down, if they are others than before or that was long ago.</summary>
    /// <param name="nextEntry">The number of the chain's next entry: whatever is older is in the file.</param>
    internal void Save(long nextEntry)
    {
        if (!_changed && (Count == 0 || nextEntry - _saved < MostToRead))
            return;
        var part = _path + ".part";
        _ = Libc.unlink(part);
        var fd = Libc.open(part, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        var text = string.Create(CultureInfo.InvariantCulture, $"{nextEntry}\n") + string.Concat(_keys.Keys.Select(static key => key + "\n"));
        // Where it cannot be written the older file stands, and more of the chain is read at the next start.
        if (fd < 0 || !StandardStreams.WriteAll(fd, Encoding.UTF8.GetBytes(text)) || Libc.rename(part, _path) != 0)
            StandardStreams.Say($"{_path} cannot be written: {Libc.ErrorText(Libc.LastError)}");
        else
            (_changed, _saved) = (false, nextEntry);
        if (fd >= 0)
            _ = Libc.close(fd);
    }

    private static string Key(RunMark mark) => ReportLine.RunKey(mark.Uid, mark.RunId);

    private void Add(uint uid, string run)
    {
        if (!_keys.TryAdd(ReportLine.RunKey(uid, run), uid))
            return;
        _counts[uid] = _counts.GetValueOrDefault(uid) + 1;
        _changed = true;
    }

    // The user and the run of an entry, if it is the daemon's own about the start of one.
    private static (uint Uid, string Run)? Run(ReadOnlySpan<byte> line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line.ToArray());
            var root = entry.RootElement;
            return root.GetProperty("event").ValueEquals(AuditEvents.JobStarted)
                && root.GetProperty("uid").TryGetUInt32(out var uid) && root.GetProperty("run_id").GetString() is { } run
                ? (uid, run)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
