using CcAgent.Native;
using CcAgent.Places;

namespace CcAgent.Serve;

/// <summary>
/// Waits until the daemon has written something: inotify(7) on the file that remembers the head, which is written when a
/// batch is on disk; a look each second where the system has no inotify, or the file is not there yet.
/// </summary>
internal sealed unsafe class ChangeWatch : IDisposable
{
    private readonly int _inotify = -1;
    private readonly int _wakeReading;
    private readonly int _wakeWriting;

    internal ChangeWatch(AgentPlaces places)
    {
        const int nonBlocking = 0x800, closeOnExec = 0x80000;
        const uint modify = 2;
        _ = Libc.TryPipe(out _wakeReading, out _wakeWriting);
        if (!OperatingSystem.IsLinux())
            return;
        _inotify = Libc.inotify_init1(nonBlocking | closeOnExec);
        if (_inotify >= 0 && Libc.inotify_add_watch(_inotify, places.AuditState + "/head", modify) < 0)
        {
            _ = Libc.close(_inotify);
            _inotify = -1;
        }
    }

    /// <summary>Waits for a change, or for <see cref="Wake"/>.</summary>
    internal void Wait()
    {
        var entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { Descriptor = _wakeReading, Events = PollEntry.In };
        entries[1] = new PollEntry { Descriptor = _inotify, Events = PollEntry.In };
        _ = Libc.poll(entries, 2, _inotify >= 0 ? -1 : 1000);
        var buffer = stackalloc byte[4096];
        while (_inotify >= 0 && Libc.read(_inotify, buffer, 4096) > 0)
        {
        }
    }

    /// <summary>Ends the wait, now and for ever.</summary>
    internal void Wake()
    {
        byte one = 1;
        _ = Libc.write(_wakeWriting, &one, 1);
    }

    public void Dispose()
    {
        if (_inotify >= 0)
            _ = Libc.close(_inotify);
        _ = Libc.close(_wakeReading);
        _ = Libc.close(_wakeWriting);
    }
}
