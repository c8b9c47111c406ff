using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CcConsole.Store.Access;

/// <summary>What .NET does not do with a descriptor: locks that say whether they are held, and folders put on disk.</summary>
internal static class Descriptor
{
    private const int InterruptedCall = 4;

    /// <summary>Opens what exists, a folder too, for reading; not kept by programs that are started.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path)
    {
        int closeOnExec = OperatingSystem.IsMacOS() ? 0x0100_0000 : 0x8_0000;
        int descriptor;
        do
        {
            descriptor = OpenFile(path, closeOnExec);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == InterruptedCall);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(path);
    }

    /// <summary>flock(2) without waiting; false when another holds it so that both cannot.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for the error.</param>
    /// <param name="shared">Held beside others that share it, and by none alone.</param>
    /// <exception cref="IOException">The file system has no locks.</exception>
    public static bool TryLock(SafeFileHandle file, string path, bool shared)
    {
        const int alone = 2, beside = 1, nonBlocking = 4, wouldBlock = 11, wouldBlockOnMac = 35;
        while (LockFile(file, (shared ? beside : alone) | nonBlocking) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != InterruptedCall)
            {
                return error is wouldBlock or wouldBlockOnMac ? false : throw Failure(path);
            }
        }

        return true;
    }

    /// <summary>
    /// Gives a lock back. Closing alone does not while a program that is being started has the descriptor too: until it runs,
    /// a new process holds what this one had open.
    /// </summary>
    public static void Unlock(SafeFileHandle file)
    {
        const int none = 8;
        while (LockFile(file, none) != 0 && Marshal.GetLastPInvokeError() == InterruptedCall)
        {
        }
    }

    /// <summary>Puts a folder's entries on disk: a file that was moved into it is there after a loss of power too.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = Open(path);
        const int notSupported = 22;
        while (SyncFile(directory) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == notSupported)
            {
                return;
            }

            if (error != InterruptedCall)
            {
                throw Failure(path);
            }
        }
    }

    private static IOException Failure(string path) => new($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static extern int LockFile(SafeFileHandle file, int operation);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int SyncFile(SafeFileHandle file);
}
