using System.Runtime.InteropServices;

namespace CcConsole.Tui.Terminal;

/// <summary>The system calls that a terminal needs. A termios differs from system to system: an opaque block of 256 bytes.</summary>
internal static unsafe partial class Libc
{
    public const int TermiosSize = 256;
    public const int InputFd = 0;
    public const int OutputFd = 1;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int SetNow = 0;

    /// <summary>SIGSTOP, which no process can refuse.</summary>
    public static readonly int SigStop = OperatingSystem.IsMacOS() ? 17 : 19;

    private static readonly int InputQueue = OperatingSystem.IsMacOS() ? 1 : 0;
    private static readonly nuint GetWindowSize = OperatingSystem.IsMacOS() ? 0x40087468u : 0x5413u;

    public static bool IsTerminal(int fd) => isatty(fd) == 1;

    public static void DropInput() => _ = tcflush(InputFd, InputQueue);

    /// <summary>Columns and rows; 0 where the terminal does not say.</summary>
    public static (int Columns, int Rows) WindowSize(int fd)
    {
        var size = stackalloc ushort[4];
        // The call is variadic. On Apple's ARM64 such arguments go on the stack, which the fillers bring about.
        var result = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? ioctl_filled(fd, GetWindowSize, 0, 0, 0, 0, 0, 0, size)
            : ioctl(fd, GetWindowSize, size);
        return result == 0 ? (size[1], size[0]) : (0, 0);
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Revents;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int tcgetattr(int fd, byte* termios);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int tcsetattr(int fd, int when, byte* termios);

    [LibraryImport("libc")]
    public static partial void cfmakeraw(byte* termios);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(PollFd* fds, nuint count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int pipe(int* fds);

    [LibraryImport("libc")]
    public static partial int close(int fd);

    [LibraryImport("libc")]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    private static partial int isatty(int fd);

    [LibraryImport("libc")]
    private static partial int tcflush(int fd, int queue);

    [LibraryImport("libc")]
    private static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int ioctl_filled(int fd, nuint request, nint a, nint b, nint c, nint d, nint e, nint f, void* argument);
}
