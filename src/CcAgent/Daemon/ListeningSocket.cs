using CcAgent.Native;
using CcAgent.Places;
using CcConsole.Core;

namespace CcAgent.Daemon;

/// <summary>The daemon's socket: born 0660, in place of one that a dead daemon left.</summary>
internal sealed unsafe class ListeningSocket : IDisposable
{
    private readonly HeldDirectory _directory;
    private readonly string _name;
    private readonly ulong _inode;

    private ListeningSocket(HeldDirectory directory, string name, int fd, ulong inode) =>
        (_directory, _name, Descriptor, _inode) = (directory, name, fd, inode);

    internal int Descriptor { get; }

    /// <summary>Whether a client waits to be let in.</summary>
    internal bool IsAwaited
    {
        get
        {
            var entry = new PollEntry { Descriptor = Descriptor, Events = PollEntry.In };
            return Libc.poll(&entry, 1, 0) > 0;
        }
    }

    /// <summary>Checks, before anything is begun, that a socket can lie there, and that nothing else lies there.</summary>
    /// <exception cref="ProblemException">It cannot, or something does.</exception>
    internal static void RequirePlace(HeldDirectory directory, string path, uint self)
    {
        // It could be bound all the same; but other programs that report find it by this path.
        if (System.Text.Encoding.UTF8.GetByteCount(path) > Libc.SocketPathLimit)
            throw new ProblemException($"{path} is longer than the {Libc.SocketPathLimit} bytes that a socket's path may have", "use a shorter --dir");
        _ = directory.FindSocket(Path.GetFileName(path), self, out var held);
        if (held >= 0)
            _ = Libc.close(held);
    }

    /// <summary>Binds it. Only under the data directory's lock: who holds it knows that no other daemon serves this path.</summary>
    /// <param name="directory">The socket's directory, checked; ends with what is returned.</param>
    /// <param name="path">The socket's absolute path.</param>
    /// <param name="self">This process's user.</param>
    /// <param name="group">The group whose members may connect; null for this process's own.</param>
    /// <exception cref="ProblemException">It cannot be bound.</exception>
    internal static ListeningSocket Open(HeldDirectory directory, string path, uint self, uint? group = null)
    {
        var name = Path.GetFileName(path);
        if (directory.FindSocket(name, self, out var there) is { } old)
        {
            var answers = Answers(old);
            if (there >= 0)
                _ = Libc.close(there);
            if (answers)
                throw new ProblemException($"another daemon serves {path}", "cc-agent status");
            _ = Libc.unlink(directory.At(name));
        }

        var fd = Libc.OpenUnixSocket(blocking: false);
        var mask = Libc.umask(0x4F);
        var bound = fd >= 0 && Libc.BindUnix(fd, directory.At(name));
        var error = Libc.LastError;
        _ = Libc.umask(mask);
        if (!bound || Libc.listen(fd, 512) != 0)
        {
            error = bound ? Libc.LastError : error;
            _ = Libc.close(fd);
            throw new ProblemException($"{path} cannot be bound: {Libc.ErrorText(error)}");
        }

        const uint asItIs = uint.MaxValue;
        if (group is { } members && Libc.lchown(directory.At(name), asItIs, members) != 0)
            StandardStreams.Say($"{path} cannot be given to its group: {Libc.ErrorText(Libc.LastError)}", "users other than root hand over their reports through the spool");
        _ = Libc.TryStatus(directory.At(name), out var status);
        return new ListeningSocket(directory, name, fd, status.Inode);
    }

    public void Dispose()
    {
        if (Libc.TryStatus(_directory.At(_name), out var status) && status.Inode == _inode)
            _ = Libc.unlink(_directory.At(_name));
        _ = Libc.close(Descriptor);
        _directory.Dispose();
    }

    private static bool Answers(string path)
    {
        var probe = Libc.OpenUnixSocket(blocking: false);
        var answers = probe >= 0 && (Libc.ConnectUnix(probe, path) || Libc.LastError == Errno.Again);
        _ = Libc.close(probe);
        return answers;
    }
}
