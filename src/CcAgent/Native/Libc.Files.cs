using System.Runtime.InteropServices;
using System.Text;

namespace CcAgent.Native;

internal static unsafe partial class Libc
{
    internal const int CurrentDirectory = -100;

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int openat(int directory, string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(int directory, string path, byte* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pread(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pwrite(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fsync(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fdatasync(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fallocate(int fd, int mode, long offset, long length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ftruncate(int fd, long length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int flock(int fd, int operation);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mkdir(string path, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chmod(string path, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rename(string from, string to);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlink(string path);

    /// <summary>Of unlinkat(2): what is to go is a directory.</summary>
    internal static int RemoveDirectory => OperatingSystem.IsMacOS() ? 0x80 : 0x200;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unlinkat(int directory, byte* path, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rmdir(string path);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint opendir(string path);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint readdir(nint stream);

    [LibraryImport(Library)]
    internal static partial int dirfd(nint stream);

    [LibraryImport(Library)]
    internal static partial int closedir(nint stream);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport(Library, EntryPoint = "lstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MacLinkStat(string path, byte* buffer);

    [LibraryImport(Library, EntryPoint = "fstat", SetLastError = true)]
    private static partial int MacFileStat(int fd, byte* buffer);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int inotify_init1(int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int inotify_add_watch(int fd, string path, uint mask);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getrlimit(int resource, ulong* limit);

    /// <summary>How many descriptors this process may have at once.</summary>
    internal static long DescriptorLimit
    {
        get
        {
            // RLIMIT_NOFILE; a structure of two 64-bit numbers, the soft limit first.
            var limit = stackalloc ulong[2];
            return getrlimit(OperatingSystem.IsMacOS() ? 8 : 7, limit) == 0 ? (long)Math.Min(limit[0], int.MaxValue) : 256;
        }
    }

    /// <summary>The status of a path itself, a link not followed. False sets <see cref="LastError"/>.</summary>
    internal static bool TryStatus(string path, out FileStatus status)
    {
        var buffer = stackalloc byte[256];
        var result = OperatingSystem.IsMacOS()
            ? MacLinkStat(path, buffer)
            : statx(CurrentDirectory, path, FileStatus.NoFollow, FileStatus.Basic, buffer);
        status = result == 0 ? FileStatus.From(buffer) : default;
        return result == 0;
    }

    /// <summary>Where a symbolic link leads; empty when it cannot be told.</summary>
    /// <param name="fd">The link itself, opened as a path (Linux); -1 to take it by its path.</param>
    /// <param name="path">The link's absolute path.</param>
    internal static string ReadLink(int fd, string path)
    {
        const int most = 4096;
        var buffer = stackalloc byte[most];
        var length = ReadLinkAt(fd, fd >= 0 ? "" : path, buffer, most);
        return length is > 0 and < most ? Encoding.UTF8.GetString(buffer, (int)length) : "";
    }

    /// <summary>The status of what is open. False sets <see cref="LastError"/>.</summary>
    internal static bool TryStatus(int fd, out FileStatus status)
    {
        var buffer = stackalloc byte[256];
        var result = OperatingSystem.IsMacOS()
            ? MacFileStat(fd, buffer)
            : statx(fd, "", FileStatus.EmptyPath, FileStatus.Basic, buffer);
        status = result == 0 ? FileStatus.From(buffer) : default;
        return result == 0;
    }
}

/// <summary>The flags of open(2), which Linux and macOS number differently.</summary>
internal static class OpenFlags
{
    internal const int ReadOnly = 0, WriteOnly = 1, ReadWrite = 2;

    internal static int Create => OperatingSystem.IsMacOS() ? 0x200 : 0x40;

    internal static int Exclusive => OperatingSystem.IsMacOS() ? 0x800 : 0x80;

    internal static int Append => OperatingSystem.IsMacOS() ? 0x8 : 0x400;

    internal static int NonBlocking => OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    internal static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    // Arm numbers these two differently from the other architectures of Linux.
    /// <summary>Linux alone has it.</summary>
    internal const int PathOnly = 0x200000;

    internal static int Directory => OperatingSystem.IsMacOS() ? 0x100000 : IsArm ? 0x4000 : 0x10000;

    internal static int NoFollow => OperatingSystem.IsMacOS() ? 0x100 : IsArm ? 0x8000 : 0x20000;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
}

/// <summary>What poll(2) waits for, and what came.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    internal const short In = 1, Out = 4, Error = 8, HangUp = 16, Invalid = 32;

    internal int Descriptor;
    internal short Events;
    internal short Came;
}
