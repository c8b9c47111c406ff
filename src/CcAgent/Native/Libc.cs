using System.Runtime.InteropServices;

namespace CcAgent.Native;

/// <summary>The C library's functions that .NET does not offer, or not early and cheaply enough for a wrapper.</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    internal static int LastError => Marshal.GetLastPInvokeError();

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    /// <summary>Ends the process at once: nothing is buffered, and the runtime's own ending takes time.</summary>
    [LibraryImport(Library)]
    internal static partial void _exit(int status);

    [LibraryImport(Library)]
    internal static partial uint umask(uint mask);

    [LibraryImport(Library)]
    internal static partial int getentropy(void* buffer, nuint length);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint getenv(string name);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chdir(string path);

    [LibraryImport(Library, EntryPoint = "getpwuid_r")]
    internal static partial int getpwuid_r(uint uid, byte* record, byte* buffer, nuint length, out nint result);

    [LibraryImport(Library, EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int getpwnam_r(string name, byte* record, byte* buffer, nuint length, out nint result);

    [LibraryImport(Library)]
    internal static partial nint strerror(int error);

    /// <summary>What the system calls an error.</summary>
    internal static string ErrorText(int error) => Marshal.PtrToStringUTF8(strerror(error)) ?? $"error {error}";
}

/// <summary>The error numbers that are told apart; equal on Linux and macOS but for those chosen by the system.</summary>
internal static class Errno
{
    internal const int NotPermitted = 1, NoEntry = 2, NoProcess = 3, Interrupted = 4, NoMemory = 12, AccessDenied = 13, Exists = 17, SystemFiles = 23,
        ProcessFiles = 24, NotTerminal = 25, NoSpace = 28,
        NotSupported = 95;

    internal static int Again => OperatingSystem.IsMacOS() ? 35 : 11;

    internal static int Aborted => OperatingSystem.IsMacOS() ? 53 : 103;

    internal static int NoBuffers => OperatingSystem.IsMacOS() ? 55 : 105;

    internal static int Loop => OperatingSystem.IsMacOS() ? 62 : 40;
}
