using System.Runtime.InteropServices;
using System.Text;
using CcAgent.Native;

namespace CcAgent.Watch;

/// <summary>Says that something happened to a name in one of several folders (inotify(7)).</summary>
internal sealed unsafe class FolderNotices : IDisposable
{
    private const int NonBlocking = 0x800, CloseOnExec = 0x80000;

    // IN_ATTRIB, CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE; ONLYDIR.
    private const uint Wanted = 0x4 | 0x8 | 0x40 | 0x80 | 0x100 | 0x200 | 0x0100_0000;
    private const int HeaderBytes = 16;

    private readonly Dictionary<int, string[]?> _folders = [];

    internal FolderNotices() => Descriptor = OperatingSystem.IsLinux() ? Libc.inotify_init1(NonBlocking | CloseOnExec) : -1;

    /// <summary>Readable when something has happened; -1 where there is no inotify.</summary>
    internal int Descriptor { get; }

    /// <summary>Watches a folder, or goes on to; false when there is no such folder or it may not be watched.</summary>
    /// <param name="folder">Its path.</param>
    /// <param name="names">The names in it that matter; null for all.</param>
    internal bool Add(string folder, string[]? names)
    {
        var watch = Descriptor < 0 ? -1 : Libc.inotify_add_watch(Descriptor, folder, Wanted);
        if (watch >= 0)
            _folders[watch] = names;
        return watch >= 0;
    }

    /// <summary>Takes what there is to be said, and tells whether any of it matters.</summary>
    internal bool Take()
    {
        var matters = false;
        var buffer = stackalloc byte[8192];
        nint length;
        while (Descriptor >= 0 && (length = Libc.read(Descriptor, buffer, 8192)) > 0)
        {
            for (nint at = 0; at + HeaderBytes <= length; at += HeaderBytes + (nint)(*(uint*)(buffer + at + 12)))
            {
                var watch = *(int*)(buffer + at);
                var name = new ReadOnlySpan<byte>(buffer + at + HeaderBytes, *(int*)(buffer + at + 12));
                // No folder: the queue has overflown, and what is lost is not known.
                matters |= watch < 0 || (_folders.TryGetValue(watch, out var names) && Matters(names, name));
            }
        }

        return matters;
    }

    public void Dispose()
    {
        if (Descriptor >= 0)
            _ = Libc.close(Descriptor);
    }

    private static bool Matters(string[]? names, ReadOnlySpan<byte> padded)
    {
        if (names is null)
            return true;
        fixed (byte* at = padded)
        {
            var name = padded.Length == 0 ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at));
            return Array.IndexOf(names, name) >= 0;
        }
    }
}
