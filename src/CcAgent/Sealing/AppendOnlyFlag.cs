using System.Runtime.InteropServices;
using CcAgent.Native;

namespace CcAgent.Sealing;

/// <summary>The append-only attribute of a file (chattr +a): the kernel then lets nobody change or cut what is written.</summary>
internal static unsafe class AppendOnlyFlag
{
    // FS_IOC_GETFLAGS for a 64-bit system, FS_APPEND_FL.
    private const nuint GetFlags = 0x80086601;
    private const int AppendOnly = 0x20;

    /// <summary>Whether a file or directory has it.</summary>
    internal static bool IsOn(string path)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
            return false;
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
            return false;
        long flags = 0;
        var on = Libc.ioctl(fd, GetFlags, &flags) == 0 && (flags & AppendOnly) != 0;
        _ = Libc.close(fd);
        return on;
    }
}
