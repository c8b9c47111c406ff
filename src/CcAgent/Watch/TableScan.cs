using System.Diagnostics;
using CcAgent.Native;
using CcConsole.Core;
using CcConsole.Core.Cron;

namespace CcAgent.Watch;

/// <summary>Takes a table that was read.</summary>
internal delegate void TableTaken(WatchedFile file, FoundTable found, CronDialect dialect);

/// <summary>A look at all files of tables, some at a time; those that are as they were when they were read are passed over.</summary>
internal sealed class TableScan
{
    // Within a few milliseconds others have their turn.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    private readonly TableFolders _folders;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, (FileStatus Status, long Read)> _files = new(StringComparer.Ordinal);
    private readonly Queue<WatchedFile> _unread = new();

    internal TableScan(TableFolders folders, TimeProvider time) => (_folders, _time) = (folders, time);

    /// <summary>Whether there is more to read of the look that was begun last.</summary>
    internal bool IsGoing => _unread.Count > 0;

    /// <summary>Begins a look.</summary>
    /// <param name="known">The names of the tables that were there.</param>
    /// <param name="gone">Takes the name of one that is there no more.</param>
    /// <exception cref="ProblemException">A folder cannot be read.</exception>
    internal void Begin(IReadOnlyCollection<string> known, Action<string> gone)
    {
        var files = _folders.Find();
        var names = files.Select(static file => file.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in known.Where(name => !names.Contains(name)).ToList())
        {
            gone(name);
            _files.Remove(name);
        }

        foreach (var file in files)
        {
            if (!IsAsRead(file))
                _unread.Enqueue(file);
        }
    }

    /// <summary>Reads on for a while; true when all has been read.</summary>
    internal bool ReadSome(TableTaken taken)
    {
        var began = Stopwatch.GetTimestamp();
        while (_unread.TryPeek(out var file))
        {
            var (read, dialect) = (_time.GetUtcNow().ToUnixTimeSeconds(), Dialect);
            if (TableReading.Read(file, dialect, out var status) is { } found)
            {
                taken(file, found, dialect);
                _files[file.Name] = (status, read);
            }

            _unread.Dequeue();
            if (Stopwatch.GetElapsedTime(began) > Turn)
                return _unread.Count == 0;
        }

        return true;
    }

    /// <summary>All files are to be read anew.</summary>
    internal void Forget() => _files.Clear();

    private bool IsAsRead(WatchedFile file)
    {
        // Within the second in which it was read it may have been changed again unseen.
        return Libc.TryStatus(file.Path, out var status) && _files.TryGetValue(file.Name, out var known)
            && status == known.Status && status.Changed < known.Read - 1;
    }

    private static CronDialect Dialect =>
        File.Exists("/usr/sbin/cron") || !File.Exists("/usr/sbin/crond") ? CronDialect.Debian
        : new FileInfo("/usr/sbin/crond").LinkTarget?.EndsWith("busybox", StringComparison.Ordinal) == true ? CronDialect.Busybox
        : CronDialect.Cronie;
}
