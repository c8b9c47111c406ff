using System.Runtime.InteropServices;

namespace CcAgent.Native;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    private static partial int setrlimit(int resource, ulong* limit);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int setpriority(int kind, uint id, int nice);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int execvpe(byte* file, byte** arguments, byte** environment);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int execvp(byte* file, byte** arguments);

    /// <summary>Sets the niceness of this thread, which is the process's when it becomes another program. -1 sets <see cref="LastError"/>.</summary>
    internal static int SetNice(int nice) => setpriority(0, 0, nice);

    /// <summary>
    /// Lowers a limit of setrlimit(2), for good; one that is lower already stays. False sets <see cref="LastError"/>.
    /// </summary>
    internal static bool TryLimit(int resource, ulong soft, ulong hard)
    {
        var limit = stackalloc ulong[2];
        if (getrlimit(resource, limit) != 0)
            return false;
        limit[1] = Math.Min(limit[1], hard);
        limit[0] = Math.Min(limit[0], soft);
        return setrlimit(resource, limit) == 0;
    }

    /// <summary>Becomes a program, looked up in PATH. Returns only when that failed, and sets <see cref="LastError"/>.</summary>
    internal static int Execute(byte* file, byte** arguments, byte** environment) =>
        // On macOS this process's own environment is the job's.
        OperatingSystem.IsMacOS() ? execvp(file, arguments) : execvpe(file, arguments, environment);
}

/// <summary>The limits of setrlimit(2), which Linux and macOS number differently.</summary>
internal static class ResourceLimit
{
    internal const int CpuSeconds = 0;

    internal static int Memory => OperatingSystem.IsMacOS() ? 5 : 9;

    internal static int Processes => OperatingSystem.IsMacOS() ? 7 : 6;

    internal static int Files => OperatingSystem.IsMacOS() ? 8 : 7;
}
