using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CcAgent.Native;

internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int posix_spawnp(int* pid, byte* file, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setpgroup(void* attributes, int group);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport(Library)]
    internal static partial int sigemptyset(void* set);

    [LibraryImport(Library)]
    internal static partial int sigaddset(void* set, int signal);

    [LibraryImport(Library, EntryPoint = "signal")]
    internal static partial nint SetDisposition(int signal, nint disposition);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitpid(int pid, int* status, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitid(int kind, int id, void* information, int options);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    private static partial int LinuxPipe(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = "pipe", SetLastError = true)]
    private static partial int MacPipe(int* ends);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport(Library, EntryPoint = "_NSGetEnviron")]
    private static partial byte*** MacEnvironment();

    [LibraryImport(Library)]
    internal static partial int isatty(int fd);

    /// <summary>The two ends of a pipe, closed on exec. False sets <see cref="LastError"/>.</summary>
    internal static bool TryPipe(out int reading, out int writing)
    {
        var ends = stackalloc int[2];
        var result = OperatingSystem.IsMacOS() ? MacPipe(ends) : LinuxPipe(ends, OpenFlags.CloseOnExec);
        (reading, writing) = result == 0 ? (ends[0], ends[1]) : (-1, -1);
        if (result == 0 && OperatingSystem.IsMacOS())
        {
            const int setFlags = 2, closeOnExec = 1;
            _ = fcntl(reading, setFlags, closeOnExec);
            _ = fcntl(writing, setFlags, closeOnExec);
        }

        return result == 0;
    }

    /// <summary>A descriptor that becomes readable when the process ends; -1 where the kernel (before 5.3) has none.</summary>
    internal static int ProcessDescriptor(int pid)
    {
        const int pidfdOpen = 434;
        return OperatingSystem.IsLinux() ? (int)SystemCall(pidfdOpen, pid, 0) : -1;
    }

    [LibraryImport("cc_agent_start", EntryPoint = "cc_agent_job_environment")]
    private static partial byte** JobEnvironment();

    [LibraryImport("cc_agent_start", EntryPoint = "cc_agent_pipe_ignored")]
    private static partial int PipeWasIgnored();

    /// <summary>Whether whoever started this process ignored SIGPIPE, which the runtime does in any case; false where that is not known.</summary>
    internal static bool PipeIgnored => !RuntimeFeature.IsDynamicCodeSupported && PipeWasIgnored() != 0;

    /// <summary>
    /// The environment as it was given to this process, byte for byte, for the job. Compiled ahead of time the agent's own
    /// has none of the variables that could change what it does (clean_start.c).
    /// </summary>
    internal static byte** Environment => RuntimeFeature.IsDynamicCodeSupported ? OwnEnvironment : JobEnvironment();

    /// <summary>This process's own environment as it is now.</summary>
    internal static byte** OwnEnvironment
    {
        get
        {
            if (OperatingSystem.IsMacOS())
                return *MacEnvironment();
            return *(byte***)NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "environ");
        }
    }
}

/// <summary>The signals that are told apart by number.</summary>
internal static class Signals
{
    internal const int HangUp = 1, Interrupt = 2, Quit = 3, Kill = 9, Pipe = 13, Terminate = 15;

    internal static int Child => OperatingSystem.IsMacOS() ? 20 : 17;

    internal static int User1 => OperatingSystem.IsMacOS() ? 30 : 10;

    internal static int User2 => OperatingSystem.IsMacOS() ? 31 : 12;
}
