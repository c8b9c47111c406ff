using System.Runtime.InteropServices;
using System.Text;
using CcAgent.Daemon;
using CcAgent.Exec;
using CcAgent.Native;

namespace CcAgent.Runs;

/// <summary>
/// A look at all marks in the spools, a few in a turn. Everyone may put marks into root's spool: none is read a second time, and
/// however many one user has put there, it comes to the others' too.
/// </summary>
internal sealed class MarkRound : IDisposable
{
    // So many in a turn: names, marks, and bytes of them.
    private const int MostNames = 256, MostMarks = 64, MostBytes = 128 * 1024;

    // So many runs of one user are known again.
    private const int MostOfOne = 16 * 1024;

    // Before a run's id in the name of its report stand its start's digits and a hyphen.
    private const int BeforeId = 18;

    // A wrapper makes a mark in a moment; what is older will never be one.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    private static readonly byte[] ReportEnding = Encoding.ASCII.GetBytes(SpoolWriter.Suffix);

    private readonly IReadOnlyList<string> _spools;
    private readonly TimeProvider _time;
    private readonly Dictionary<uint, int> _counts = [];
    private Dictionary<string, MarkFile> _known = new(StringComparer.Ordinal), _before = [];
    private SpoolWalk? _walk;

    internal MarkRound(IReadOnlyList<string> spools, TimeProvider time) => (_spools, _time) = (spools, time);

    /// <summary>Whether there is more to look at.</summary>
    internal bool GoesOn => _walk is not null;

    /// <summary>The runs that were found to go on, without what they run.</summary>
    internal List<RunMark> Running { get; } = [];

    /// <summary>Of the runs that are looked for, those of which no report has been found.</summary>
    internal List<RunMark> Sought { get; private set; } = [];

    /// <summary>Begins.</summary>
    /// <param name="sought">Runs whose wrappers are gone, whose report may lie in a spool.</param>
    internal void Begin(List<RunMark> sought)
    {
        Stop();
        (_before, _known) = (_known, new Dictionary<string, MarkFile>(StringComparer.Ordinal));
        Running.Clear();
        _counts.Clear();
        Sought = sought;
        _walk = new SpoolWalk(_spools);
    }

    /// <summary>Breaks off.</summary>
    internal void Stop()
    {
        _walk?.Dispose();
        _walk = null;
    }

    /// <summary>A run has been found to go on beside this, which may not come to it.</summary>
    internal void Add(RunMark mark)
    {
        if (GoesOn)
            Running.Add(Short(mark));
    }

    /// <summary>Looks at the next few and returns the marks among them.</summary>
    internal List<MarkFile> Step()
    {
        var marks = new List<MarkFile>();
        var bytes = 0;
        for (var i = 0; i < MostNames && marks.Count < MostMarks && bytes < MostBytes; i++)
        {
            if (!_walk!.Next(out var name))
            {
                Stop();
                _before = [];
                break;
            }

            if (MarkFile.IsMark(name))
                bytes += Look(_walk.PathOf(name), marks);
            else if (MarkFile.IsUnfinished(name))
                bytes += RemoveUnfinished(_walk.PathOf(name));
            else if (Sought.Count > 0)
                Seek(name);
        }

        return marks;
    }

    public void Dispose() => Stop();

    private int Look(string path, List<MarkFile> marks)
    {
        var file = MarkFile.Look(path, _before.GetValueOrDefault(path));
        // Of thousands that anyone may have put there, their commands would be hundreds of MiB.
        if (file.Mark is { } mark)
            file = file with { Mark = Short(mark) };
        marks.Add(file);
        if (file.State != MarkState.Running)
            return file.Read;
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, file.Owner, out _);
        if (count++ < MostOfOne)
        {
            _known[path] = file;
            Running.Add(file.Mark!);
        }

        return file.Read;
    }

    private int RemoveUnfinished(string path)
    {
        var file = MarkFile.Look(path);
        if (file.State is MarkState.Left or MarkState.Bad && file.Made <= (_time.GetUtcNow() - Moment).ToUnixTimeSeconds())
            _ = Libc.unlink(path);
        return file.Read;
    }

    // The time of a run in its report's name is not the one at which it asked to begin.
    private void Seek(ReadOnlySpan<byte> name)
    {
        if (name.Length <= BeforeId + ReportEnding.Length || !name.EndsWith(ReportEnding))
            return;
        var id = Encoding.UTF8.GetString(name[BeforeId..^ReportEnding.Length]);
        var path = _walk!.PathOf(name);
        Sought.RemoveAll(run => run.RunId == id && Libc.TryStatus(path, out var report) && report.IsRegular && report.Owner == run.Uid);
    }

    private static RunMark Short(RunMark mark) => mark.Command.Length + mark.JobId.Length + mark.Boot.Length == 0 ? mark : mark with { Command = "", JobId = "", Boot = "" };
}
