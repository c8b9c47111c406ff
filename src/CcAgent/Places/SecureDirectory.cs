using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Places;

/// <summary>
/// Checks that nobody but its owner and root can have a hand in a directory: itself and each parent through which it is
/// reached. A link on the way is followed only when root or this user made it, and where it leads is checked too.
/// </summary>
internal static class SecureDirectory
{
    private const int MostLinks = 16;

    /// <summary>Checks a directory that must exist.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="self">This process's user.</param>
    /// <param name="exactMode">The permission bits it must have; null for any that let neither group nor others write.</param>
    /// <param name="rootMayOwn">Whether root may own it too, for a user who uses root's agent.</param>
    /// <exception cref="ProblemException">A check failed; the message says which, the hint how to mend it.</exception>
    internal static void Require(string path, uint self, uint? exactMode = null, bool rootMayOwn = false)
    {
        RequireParents(path, self);
        if (!Libc.TryStatus(path, out var named))
            throw Missing(path, Libc.LastError, self);
        if (named.IsLink)
            throw new ProblemException($"{path} is a symbolic link", "put a real directory there, or name the directory that it points to");
        if (!named.IsDirectory)
            throw new ProblemException($"{path} is not a directory", "move it away and make a directory there");

        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
        {
            // A directory that may be entered but not listed is checked by its path; its parents cannot be swapped.
            if (Libc.LastError != Errno.AccessDenied)
                throw new ProblemException($"{path} cannot be opened: {Libc.ErrorText(Libc.LastError)}");
            RequireStatus(path, named, self, exactMode, rootMayOwn);
            return;
        }

        try
        {
            if (!Libc.TryStatus(fd, out var opened))
                throw new ProblemException($"{path} cannot be examined: {Libc.ErrorText(Libc.LastError)}");
            if (opened.Inode != named.Inode || opened.Device != named.Device)
                throw new ProblemException($"{path} was exchanged while it was checked", "find out who writes to the directory around it");
            RequireStatus(path, opened, self, exactMode, rootMayOwn);
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    /// <summary>Makes a directory of the given mode where there is none, then checks it. Its parent must exist.</summary>
    internal static void Make(string path, uint self, uint mode, bool exact = true)
    {
        if (Libc.mkdir(path, mode) == 0)
        {
            // mkdir(2) takes the umask away from the mode.
            if (Libc.chmod(path, mode) != 0)
                throw new ProblemException($"{path} cannot be given mode {Octal(mode)}: {Libc.ErrorText(Libc.LastError)}");
        }
        else if (Libc.LastError != Errno.Exists)
        {
            throw Missing(path, Libc.LastError, self);
        }

        Require(path, self, exact ? mode : null);
    }

    /// <summary>Makes a directory and what is missing above it, each 0700, then checks all.</summary>
    internal static void MakePath(string path, uint self)
    {
        for (var at = path.IndexOf('/', 1); at > 0; at = path.IndexOf('/', at + 1))
        {
            if (Libc.mkdir(path[..at], 0x1C0) != 0 && Libc.LastError is not (Errno.Exists or Errno.AccessDenied))
                throw Missing(path[..at], Libc.LastError, self);
        }

        Make(path, self, 0x1C0, exact: false);
    }

    private static void RequireStatus(string path, FileStatus status, uint self, uint? exactMode, bool rootMayOwn)
    {
        if (status.Owner != self && !(rootMayOwn && status.Owner == 0))
        {
            throw new ProblemException(
                $"{path} is owned by {UserAccount.Of(status.Owner).Name}, not by {UserAccount.Of(self).Name}",
                self == 0 ? $"chown root: {path}" : "move it away, and find out who made it");
        }

        if (exactMode is { } mode && status.Permissions != mode)
            throw new ProblemException($"{path} has mode {Octal(status.Permissions)}, not {Octal(mode)}", $"chmod {Octal(mode)} {path}");
        if (exactMode is null && status.WritableByOthers)
            throw new ProblemException($"{path} can be written by others (mode {Octal(status.Permissions)})", $"chmod go-w {path}");
    }

    private static void RequireParents(string path, uint self)
    {
        if (path is not ['/', ..])
            throw new ProblemException($"{path} is not an absolute path");
        var links = 0;
        for (var at = 1; ;)
        {
            var next = path.IndexOf('/', at);
            var parent = at == 1 ? "/" : path[..(at - 1)];
            if (!Libc.TryStatus(parent, out var status))
                throw Missing(parent, Libc.LastError, self);
            if (status.IsLink)
            {
                path = Follow(parent, status, self, ref links) + path[(at - 1)..];
                at = 1;
                continue;
            }

            RequireParent(parent, status, self);
            if (next < 0)
                return;
            at = next + 1;
        }
    }

    private static void RequireParent(string parent, FileStatus status, uint self)
    {
        if (!status.IsDirectory)
            throw new ProblemException($"{parent} is not a directory");
        if (status.Owner != 0 && status.Owner != self)
        {
            throw new ProblemException(
                $"{parent} is owned by {UserAccount.Of(status.Owner).Name}, who could exchange what lies in it",
                "use a directory below one that belongs to you or to root");
        }

        if (status.WritableByOthers && !status.Sticky)
        {
            throw new ProblemException(
                $"{parent} can be written by others (mode {Octal(status.Permissions)}), who could exchange what lies in it", $"chmod go-w {parent}");
        }
    }

    private static string Follow(string link, FileStatus status, uint self, ref int links)
    {
        if (status.Owner != 0 && status.Owner != self)
            throw new ProblemException($"{link} is a symbolic link made by {UserAccount.Of(status.Owner).Name}", "name the directory that it points to");
        var target = ++links > MostLinks ? null : new FileInfo(link).LinkTarget;
        if (target is null)
            throw new ProblemException($"{link} is a symbolic link that leads nowhere");
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, Path.GetDirectoryName(link)!));
    }

    private static ProblemException Missing(string path, int error, uint self) => new(
        $"{path}: {Libc.ErrorText(error)}",
        error != Errno.NoEntry ? "" : self == 0 ? $"install -d -m 0755 -o root -g root {path}" : $"mkdir -m 0700 {path}");

    internal static string Octal(uint mode) => "0" + Convert.ToString((int)mode, 8);
}
