using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Places;

/// <summary>
/// Checks that nobody but its owner and root can have a hand in a directory: itself and each parent through which it is
/// reached. Each is opened below the one before, which has been checked, so nobody can exchange it meanwhile. A link on
/// the way is followed only when root or this user made it, and where it leads is checked too.
/// </summary>
internal static class SecureDirectory
{
    /// <summary>The permission bits of a directory that is its owner's alone.</summary>
    internal const uint Private = 0x1C0;

    /// <summary>Those of the audit log's: its owner's group may look.</summary>
    internal const uint Audit = 0x1E8;

    private const int MostLinks = 16;

    /// <summary>Checks a directory that must exist.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="self">This process's user.</param>
    /// <param name="exactMode">The permission bits it must have; null for any that let neither group nor others write.</param>
    /// <param name="rootMayOwn">Whether root may own it too, for a user who uses root's agent.</param>
    /// <exception cref="ProblemException">A check failed; the message says which, the hint how to mend it.</exception>
    internal static void Require(string path, uint self, uint? exactMode = null, bool rootMayOwn = false) =>
        Hold(path, self, exactMode, rootMayOwn).Dispose();

    /// <summary>As <see cref="Require"/>, and what was checked stays open.</summary>
    internal static HeldDirectory Hold(string path, uint self, uint? exactMode = null, bool rootMayOwn = false) =>
        Checked(Walk(path, self, makeParents: false, null), self, exactMode, rootMayOwn);

    /// <summary>Makes a directory of the given mode where there is none, then checks it. Its parent must exist.</summary>
    internal static void Make(string path, uint self, uint mode, bool exact = true) => HoldMade(path, self, mode, exact).Dispose();

    /// <summary>As <see cref="Make"/>, and what was checked stays open.</summary>
    internal static HeldDirectory HoldMade(string path, uint self, uint mode, bool exact = true) =>
        Checked(Walk(path, self, makeParents: false, mode), self, exact ? mode : null, rootMayOwn: false);

    /// <summary>Makes a directory and what is missing above it, each 0700, then checks all.</summary>
    internal static void MakePath(string path, uint self) =>
        Checked(Walk(path, self, makeParents: true, Private), self, null, rootMayOwn: false).Dispose();

    internal static string Octal(uint mode) => "0" + Convert.ToString((int)mode, 8);

    // Goes from the root to the directory, and makes sure that its parents are nobody's who could exchange it.
    private static HeldDirectory Walk(string path, uint self, bool makeParents, uint? make)
    {
        if (path is not ['/', ..])
            throw new ProblemException($"{path} is not an absolute path");
        var rest = new Stack<string>();
        Add(rest, path);
        var links = 0;
        var at = Root();
        try
        {
            while (rest.TryPop(out var name))
            {
                RequireParent(at.Path, at.Status, self);
                var full = at.Path == "/" ? "/" + name : at.Path + "/" + name;
                if (name == "..")
                    full = Path.GetDirectoryName(at.Path) ?? "/";
                var next = Next(at, name, full, self, rest.Count > 0 ? makeParents ? Private : null : make);
                if (next.Status.IsLink && rest.Count > 0)
                {
                    var target = Target(next, self, ref links);
                    next.Dispose();
                    if (target is ['/', ..])
                    {
                        at.Dispose();
                        at = Root();
                    }

                    Add(rest, target);
                    continue;
                }

                at.Dispose();
                at = next;
            }

            return at;
        }
        catch (ProblemException)
        {
            at.Dispose();
            throw;
        }
    }

    private static HeldDirectory Root()
    {
        var fd = HeldDirectory.Open(-1, "/", "/", out var status);
        return new HeldDirectory("/", fd, status);
    }

    private static void Add(Stack<string> rest, string path)
    {
        var names = path.Split('/');
        for (var i = names.Length - 1; i >= 0; i--)
        {
            if (names[i] is not ("" or "."))
                rest.Push(names[i]);
        }
    }

    private static HeldDirectory Next(HeldDirectory at, string name, string full, uint self, uint? make)
    {
        var fd = HeldDirectory.Open(at.Descriptor, name, full, out var status);
        if (fd < 0 && status == default && make is { } mode && Libc.LastError == Errno.NoEntry)
        {
            // mkdir(2) takes the umask away from the mode.
            if (Libc.mkdir(at.At(name), mode) != 0 && Libc.LastError != Errno.Exists)
                throw Missing(full, Libc.LastError, self);
            fd = HeldDirectory.Open(at.Descriptor, name, full, out status);
            if (status.IsDirectory && status.Owner == self && status.Permissions != mode)
            {
                if (Libc.chmod(fd >= 0 ? HeldDirectory.DescriptorPath(fd) : full, mode) != 0)
                    throw new ProblemException($"{full} cannot be given mode {Octal(mode)}: {Libc.ErrorText(Libc.LastError)}");
                status = status with { Mode = (status.Mode & ~0xFFFu) | mode };
            }
        }

        if (fd < 0 && status == default)
            throw Missing(full, Libc.LastError, self);
        return new HeldDirectory(full, fd, status);
    }

    private static HeldDirectory Checked(HeldDirectory directory, uint self, uint? exactMode, bool rootMayOwn)
    {
        var (path, status) = (directory.Path, directory.Status);
        var problem =
            status.IsLink ? new ProblemException($"{path} is a symbolic link", "put a real directory there, or name the directory that it points to")
            : !status.IsDirectory ? new ProblemException($"{path} is not a directory", "move it away and make a directory there")
            : status.Owner != self && !(rootMayOwn && status.Owner == 0) ? new ProblemException(
                $"{path} is owned by {UserAccount.Of(status.Owner).Name}, not by {UserAccount.Of(self).Name}",
                self == 0 ? $"chown root: {path}" : "move it away, and find out who made it")
            : exactMode is { } mode && status.Permissions != mode ? new ProblemException(
                $"{path} has mode {Octal(status.Permissions)}, not {Octal(mode)}", $"chmod {Octal(mode)} {path}")
            : exactMode is null && status.WritableByOthers ? new ProblemException(
                $"{path} can be written by others (mode {Octal(status.Permissions)})", $"chmod go-w {path}")
            : null;
        if (problem is null)
            return directory;
        directory.Dispose();
        throw problem;
    }

    private static void RequireParent(string parent, FileStatus status, uint self)
    {
        if (!status.IsDirectory)
            throw new ProblemException($"{parent} is not a directory", "name another place, or make a directory of it");
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

    private static string Target(HeldDirectory link, uint self, ref int links)
    {
        if (link.Status.Owner != 0 && link.Status.Owner != self)
        {
            throw new ProblemException(
                $"{link.Path} is a symbolic link made by {UserAccount.Of(link.Status.Owner).Name}", "name the directory that it points to");
        }

        var target = ++links > MostLinks ? "" : Libc.ReadLink(link.Descriptor, link.Path);
        return target.Length > 0 ? target
            : throw new ProblemException($"{link.Path} is a symbolic link that leads nowhere", "name the directory that it should point to");
    }

    private static ProblemException Missing(string path, int error, uint self) => new(
        $"{path}: {Libc.ErrorText(error)}",
        error != Errno.NoEntry ? "" : self == 0 ? $"install -d -m 0755 -o root -g root {path}" : $"mkdir -m 0700 {path}");
}
