using System.Runtime.InteropServices;
using System.Text;
using CcAgent.Native;

namespace CcAgent.Daemon;

/// <summary>What has happened to a file in a spool.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Closed">Whether someone who had it open for writing let it go; else it came under its name.</param>
internal readonly record struct SpoolEvent(string Path, bool Closed);

/// <summary>Notices that a file of one kind has come into a spool: inotify(7), or a look every 30 s where the system has none.</summary>
internal sealed unsafe class SpoolWatch : IDisposable
{
    // IN_MOVED_TO, IN_CLOSE_WRITE, IN_Q_OVERFLOW, IN_EXCL_UNLINK: nothing of what has lost its name.
    private const uint MovedTo = 0x80, CloseWrite = 0x8, Overflow = 0x4000, NoUnlinked = 0x0400_0000;

    // struct inotify_event: wd, mask, cookie, len, then the name with NULs after it.
    private const int Header = 16;

    private readonly byte[] _suffix;
    private readonly Dictionary<int, string> _spools = [];

    /// <param name="spools">The spools.</param>
    /// <param name="suffix">What the names of the files end in that are of interest.</param>
    /// <param name="closes">Whether it is also of interest that a writer lets one go.</param>
    internal SpoolWatch(IReadOnlyList<string> spools, string suffix, bool closes = false)
    {
        const int nonBlocking = 0x800, closeOnExec = 0x80000;
        _suffix = Encoding.ASCII.GetBytes(suffix);
        Descriptor = OperatingSystem.IsLinux() ? Libc.inotify_init1(nonBlocking | closeOnExec) : -1;
        foreach (var spool in spools)
        {
            if (Descriptor < 0)
                break;
            var watch = Libc.inotify_add_watch(Descriptor, spool, closes ? MovedTo | CloseWrite | NoUnlinked : MovedTo);
            if (watch < 0)
            {
                _ = Libc.close(Descriptor);
                Descriptor = -1;
            }
            else
            {
                _spools[watch] = spool;
            }
        }
    }

    /// <summary>Readable when something has happened; -1 where there is no inotify.</summary>
    internal int Descriptor { get; }

    /// <summary>How long to wait before looking unasked, in milliseconds; -1 for ever.</summary>
    internal int PollMs => Descriptor >= 0 ? -1 : 30_000;

    /// <summary>Takes what inotify has to say.</summary>
    /// <param name="events">Receives what happened to the files of interest; null when it is enough that something did.</param>
    /// <param name="lost">Whether more has happened than was told, or there is no inotify.</param>
    /// <returns>Whether something has happened to files of interest.</returns>
    internal bool Take(List<SpoolEvent>? events, out bool lost)
    {
        // Whoever makes files faster than they can be read of here is not to hold this up: the rest is read the next time.
        const int size = 8192, mostReads = 16;
        var buffer = stackalloc byte[size];
        lost = Descriptor < 0;
        var any = lost;
        nint count;
        for (var i = 0; i < mostReads && Descriptor >= 0 && (count = Libc.read(Descriptor, buffer, size)) > 0; i++)
        {
            var left = new ReadOnlySpan<byte>(buffer, (int)count);
            while (left.Length >= Header)
            {
                var header = MemoryMarshal.Cast<byte, uint>(left[..Header]);
                var name = left.Slice(Header, (int)header[3]);
                var (watch, mask) = ((int)header[0], header[1]);
                left = left[(Header + name.Length)..];
                if ((mask & Overflow) != 0)
                    any = lost = true;
                name = name.TrimEnd((byte)0);
                if (!name.EndsWith(_suffix) || !_spools.TryGetValue(watch, out var spool))
                    continue;
                any = true;
                events?.Add(new SpoolEvent($"{spool}/{Encoding.UTF8.GetString(name)}", (mask & CloseWrite) != 0));
            }
        }

        return any;
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
            _ = Libc.close(Descriptor);
    }
}
