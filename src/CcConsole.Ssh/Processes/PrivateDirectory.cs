using System.Runtime.InteropServices;
using CcConsole.Core;

namespace CcConsole.Ssh;

/// <summary>A directory for sockets that nobody else may enter. Made with mode 0700, or checked; never repaired.</summary>
internal static partial class PrivateDirectory
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const int WantOwner = 0x8;

    /// <exception cref="ProblemException">It is a link, another user's, open to others, or cannot be made.</exception>
    internal static void Ensure(string path)
    {
        const UnixFileMode Others = (UnixFileMode)0b000_111_111;
        DirectoryInfo directory = new(path);
        try
        {
            if (!directory.Exists && !OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(
                    path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                directory.Refresh();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                $"The directory {path} for connections cannot be made: {Plain.Text(e.Message)}",
                "Check XDG_RUNTIME_DIR and XDG_STATE_HOME.", e);
        }
        string? wrong = directory.LinkTarget is not null ? "is a link"
            : !directory.Exists ? "is not a directory"
            : (directory.UnixFileMode & Others) != 0 ? "can be entered by other users"
            : !IsOurs(path) ? "belongs to another user" : null;
        if (wrong is not null)
        {
            throw new ProblemException(
                $"The directory {path} for connections {wrong}",
                $"Look at it with 'ls -ld {path}'; remove it when nothing needs it, it is made again with mode 0700.");
        }
    }

    // A directory of mode 0700 that another user owns cannot be entered anyhow, except by root.
    private static unsafe bool IsOurs(string path)
    {
        if (!OperatingSystem.IsLinux())
            return true;
        byte* status = stackalloc byte[256];
        const int OwnerAt = 20; // statx(2): stx_mask, stx_blksize, stx_attributes (8), stx_nlink, stx_uid
        return Statx(CurrentDirectory, path, DoNotFollow, WantOwner, status) == 0
            && *(uint*)(status + OwnerAt) == EffectiveUser();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* status);
}
