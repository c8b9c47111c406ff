using System.Runtime.InteropServices;
using CcAgent.Native;

namespace CcAgent.Journal;

/// <summary>The append-only attribute of a file (chattr +a): the kernel then lets nobody change or cut what is written.</summary>
internal static unsafe class AppendOnlyFlag
{
    internal const string On = "on";

    // FS_IOC_GETFLAGS and FS_IOC_SETFLAGS for a 64-bit system, FS_APPEND_FL.
    private const nuint GetFlags = 0x80086601, SetFlags = 0x40086602;
    private const int AppendOnly = 0x20;

    /// <summary>Sets it; the answer is <see cref="On"/> or why it cannot be had.</summary>
    internal static string Set(int fd)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
            return "this system has no append-only attribute that the agent knows";
        long flags = 0;
        if (Libc.ioctl(fd, GetFlags, &flags) != 0)
            return "the file system has no append-only attribute";
        if ((flags & AppendOnly) != 0)
            return On;
        flags |= AppendOnly;
        return Libc.ioctl(fd, SetFlags, &flags) == 0 ? On
            : Libc.LastError == Errno.NotPermitted ? "only root (CAP_LINUX_IMMUTABLE) may set the append-only attribute"
            : $"the file system refuses the append-only attribute: {Libc.ErrorText(Libc.LastError)}";
    }
}
