using System.Globalization;
using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Places;

/// <summary>
/// A checked directory that is held open, so that what is done in it is done in this very one, wherever its name leads by
/// then. On Linux it is an O_PATH descriptor and what lies in it is named through /proc/self/fd. Where there is neither,
/// it is named by its path: nobody but its owner and root could exchange what has been checked.
/// </summary>
internal sealed class HeldDirectory : IDisposable
{
    internal HeldDirectory(string path, int fd, FileStatus status) => (Path, Descriptor, Status) = (path, fd, status);

    /// <summary>The name under which it was asked for, for people.</summary>
    internal string Path { get; }

    /// <summary>The descriptor; -1 where the system has none for the purpose.</summary>
    internal int Descriptor { get; private set; }

    /// <summary>What it was when it was opened.</summary>
    internal FileStatus Status { get; }

    /// <summary>A path for system calls that leads to what lies in this directory.</summary>
    internal string At(string name) => Descriptor >= 0 ? DescriptorPath(Descriptor) + "/" + name : Path + "/" + name;

    /// <summary>Holds what lies in this directory itself, a link not followed. -1 sets <see cref="Libc.LastError"/>.</summary>
    internal int Open(string name, out FileStatus status) => Open(Descriptor, name, Path + "/" + name, out status);

    /// <summary>Finds a socket of this user's or root's that lies here.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="self">This process's user.</param>
    /// <param name="held">The socket itself, opened as a path, to be closed; -1 where there is none or the system has no such thing.</param>
    /// <returns>A path that leads to this very socket while it is held; null when there is nothing of the name.</returns>
    /// <exception cref="ProblemException">What lies there is no socket of theirs.</exception>
    internal string? FindSocket(string name, uint self, out int held)
    {
        var full = Path + "/" + name;
        held = Open(name, out var status);
        if (held < 0 && status == default)
            return Libc.LastError == Errno.NoEntry ? null : throw new ProblemException($"{full}: {Libc.ErrorText(Libc.LastError)}");

        var problem = status.IsLink ? new ProblemException($"{full} is a symbolic link", "remove it, and find out who made it")
            : !status.IsSocket ? new ProblemException($"{full} is there and is not a socket", "move it away, and find out who made it")
            : status.Owner != self && status.Owner != 0
                ? new ProblemException($"{full} is owned by {UserAccount.Of(status.Owner).Name}", "remove it, and find out who made it")
                : null;
        if (problem is null)
            return held >= 0 ? DescriptorPath(held) : full;
        if (held >= 0)
            _ = Libc.close(held);
        held = -1;
        throw problem;
    }

    /// <summary>Opens one component of a path. Without O_PATH only its status is taken, and -1 returned with it.</summary>
    internal static int Open(int parent, string name, string path, out FileStatus status)
    {
        status = default;
        if (!OperatingSystem.IsLinux())
        {
            _ = Libc.TryStatus(path, out status);
            return -1;
        }

        var fd = Libc.openat(parent, name, OpenFlags.PathOnly | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0);
        if (fd >= 0 && !Libc.TryStatus(fd, out status))
        {
            _ = Libc.close(fd);
            return -1;
        }

        return fd;
    }

    internal static string DescriptorPath(int fd) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{fd}");

    public void Dispose()
    {
        if (Descriptor >= 0)
            _ = Libc.close(Descriptor);
        Descriptor = -1;
    }
}
