using System.Text;
using CcConsole.Core;

namespace CcConsole.Store.Access;

/// <summary>
/// The console's own folders (0700) and files (0600): made so, and checked before each use. A wrong owner or a mode that
/// lets others in stops the action; there is no fallback to another place.
/// </summary>
public static class PrivatePath
{
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the folder and its missing parents with mode 0700, and checks it.</summary>
    /// <exception cref="ProblemException">It cannot be made, is no folder, is another user's, or is open to others.</exception>
    public static void EnsureDirectory(string path)
    {
        try
        {
            Make(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException($"The folder {path} cannot be made: {e.Message}", "Check who owns the folder above it, and its mode.", e);
        }

        CheckDirectory(path);
    }

    /// <summary>Checks that a folder exists, is the current user's, and closed to others.</summary>
    /// <exception cref="ProblemException">It is not.</exception>
    public static void CheckDirectory(string path) => Check(path, directory: true);

    /// <summary>Checks that a file, where it exists, is a regular one, the current user's, and closed to others. False when there is none.</summary>
    /// <exception cref="ProblemException">It is not.</exception>
    public static bool CheckFile(string path) => Check(path, directory: false);

    /// <summary>Makes an empty file with mode 0600; it must not exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="share">What others may do with it meanwhile.</param>
    /// <exception cref="IOException">It exists, or cannot be made.</exception>
    public static FileStream CreateFile(string path, FileShare share = FileShare.None) => new(path, new FileStreamOptions
    {
        Mode = System.IO.FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = share,
        UnixCreateMode = FileMode,
    });

    /// <summary>
    /// Replaces a file's content in one step: a temporary file beside it (0600), fsync, rename, fsync of the folder. A crash leaves the
    /// old content or the new, never a part, and the new once this has returned.
    /// </summary>
    /// <exception cref="ProblemException">It cannot be written; the old content is still there.</exception>
    public static void WriteAtomically(string path, ReadOnlySpan<byte> content)
    {
        CheckFile(path);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        bool moved = false;
        try
        {
            using (FileStream file = CreateFile(temporary))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            moved = true;
            Descriptor.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (IOException e) when (moved)
        {
            throw new ProblemException($"{path} was written, but its folder could not be put on disk: {e.Message}; after a loss of power the old content may be back",
                "Check that the disk is healthy.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new ProblemException($"{path} could not be written: {e.Message}; its old content is unchanged",
                "Check the free space and who owns the folder.", e);
        }
    }

    /// <summary>Moves a file or a folder that is on disk to a place in the same file system where nothing is; it is there for good when this returns.</summary>
    /// <exception cref="IOException">Something is there, or it cannot be moved.</exception>
    public static void Place(string path, string destination)
    {
        if (Directory.Exists(path))
        {
            foreach (string folder in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories))
            {
                Descriptor.SyncDirectory(folder);
            }

            Descriptor.SyncDirectory(path);
            Directory.Move(path, destination);
        }
        else
        {
            File.Move(path, destination, overwrite: false);
        }

        Descriptor.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(destination))!);
    }

    private static void Make(string path)
    {
        if (FileStatus.Of(path, followLink: false) is null)
        {
            if (Path.GetDirectoryName(path) is { } parent)
            {
                Make(parent);
            }

            Directory.CreateDirectory(path, DirectoryMode);
        }
    }

    private static bool Check(string path, bool directory)
    {
        FileStatus status;
        try
        {
            if (FileStatus.Of(path, followLink: false) is not { } itself)
            {
                return !directory ? false : throw new ProblemException($"The folder {path} does not exist", $"Make it: mkdir -m 700 '{path}'");
            }

            // A link is followed only where nobody else could have placed it.
            if (itself.IsLink)
            {
                CheckOwner(path, itself, rootAllowed: true);
            }

            status = FileStatus.Of(path, followLink: true)
                ?? throw new ProblemException($"{path} is a link to something that does not exist", "Remove the link or mend it.");
        }
        catch (IOException e)
        {
            throw new ProblemException($"{path} cannot be looked at: {e.Message}", "Check the modes of the folders above it.", e);
        }

        if (directory ? !status.IsDirectory : !status.IsRegular)
        {
            throw new ProblemException($"{path} is not a {(directory ? "folder" : "regular file")}", "Move it away; the console makes its own.");
        }

        CheckOwner(path, status, rootAllowed: false);
        const uint others = 0x3F;
        if ((status.Permissions & others) != 0)
        {
            throw new ProblemException($"{path} is open to other users (mode {Octal(status.Permissions)})",
                $"If nobody else should have had access: chmod {(directory ? "700" : "600")} '{path}'");
        }

        return true;
    }

    private static void CheckOwner(string path, FileStatus status, bool rootAllowed)
    {
        uint me = FileStatus.EffectiveUser();
        if (status.Owner != me && !(rootAllowed && status.Owner == 0))
        {
            throw new ProblemException($"{path} belongs to the user with id {status.Owner}, not to you ({me})",
                "Use the console as that user, or move the file away, or set XDG_STATE_HOME and XDG_CONFIG_HOME to folders of your own.");
        }
    }

    private static string Octal(uint permissions) =>
        new StringBuilder(4).Append('0').Append(permissions >> 6).Append((permissions >> 3) & 7).Append(permissions & 7).ToString();
}
