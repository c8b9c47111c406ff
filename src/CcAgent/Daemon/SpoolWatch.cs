using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>Notices that a report has come into a spool: inotify(7), or a look every 30 s where the system has none.</summary>
internal sealed unsafe class SpoolWatch : IDisposable
{
    internal SpoolWatch(IReadOnlyList<string> spools)
    {
        const int nonBlocking = 0x800, closeOnExec = 0x80000;
        const uint movedTo = 0x80;
        Descriptor = OperatingSystem.IsLinux() ? Libc.inotify_init1(nonBlocking | closeOnExec) : -1;
        foreach (var spool in spools)
        {
            if (Descriptor >= 0 && Libc.inotify_add_watch(Descriptor, spool, movedTo) < 0)
            {
                _ = Libc.close(Descriptor);
                Descriptor = -1;
            }
        }
    }

    /// <summary>Readable when something has come; -1 where there is no inotify.</summary>
    internal int Descriptor { get; }

    /// <summary>How long to wait before looking unasked, in milliseconds; -1 for ever.</summary>
    internal int PollMs => Descriptor >= 0 ? -1 : 30_000;

    /// <summary>Takes what inotify has to say.</summary>
    internal void Take()
    {
        var buffer = stackalloc byte[4096];
        while (Descriptor >= 0 && Libc.read(Descriptor, buffer, 4096) > 0)
        {
        }
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
            _ = Libc.close(Descriptor);
    }
}
