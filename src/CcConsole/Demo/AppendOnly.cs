using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CcConsole.Demo;

/// <summary>
/// Takes the append-only attribute from a file (ioctl_iflags(2)), as root can: to tamper with a log, and to
/// remove the demo's folder.
/// </summary>
internal static unsafe partial class AppendOnly
{
    private const nuint GetFlags = 0x80086601, SetFlags = 0x40086602; // FS_IOC_GETFLAGS, FS_IOC_SETFLAGS of 64-bit systems
    private const int Append = 0x20;                                  // FS_APPEND_FL

    /// <summary>Takes it where it is set and may be taken; anything else shows when the file is written or removed.</summary>
    public static void Clear(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        using SafeFileHandle file = File.OpenHandle(path);
        long flags = 0;
        if (ioctl((int)file.DangerousGetHandle(), GetFlags, &flags) != 0 || (flags & Append) == 0) return;
        flags &= ~Append;
        _ = ioctl((int)file.DangerousGetHandle(), SetFlags, &flags);
    }

    [LibraryImport("libc")]
    private static partial int ioctl(int fd, nuint request, long* argument);
}
