using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Daemon;

/// <summary>The daemon's socket: born 0660, in place of one that a dead daemon left.</summary>
internal sealed class ListeningSocket : IDisposable
{
    private readonly string _path;
    private readonly ulong _inode;

    private ListeningSocket(string path, int fd, ulong inode) => (_path, Descriptor, _inode) = (path, fd, inode);

    internal int Descriptor { get; }

    /// <summary>Only under the data directory's lock: who holds it knows that no other daemon serves this path.</summary>
    /// <exception cref="ProblemException">It cannot be bound.</exception>
    internal static ListeningSocket Open(string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) > Libc.SocketPathLimit)
            throw new ProblemException($"{path} is longer than the {Libc.SocketPathLimit} bytes that a socket's path may have", "use a shorter --dir");
        if (Libc.TryStatus(path, out var there))
        {
            if (!there.IsSocket)
                throw new ProblemException($"{path} is there and is not a socket", "move it away, and find out who made it");
            if (Answers(path))
                throw new ProblemException($"another daemon serves {path}", "cc-agent status");
            _ = Libc.unlink(path);
        }

        var fd = Libc.OpenUnixSocket(blocking: false);
        var mask = Libc.umask(0x4F);
        var bound = fd >= 0 && Libc.BindUnix(fd, path);
        var error = Libc.LastError;
        _ = Libc.umask(mask);
        if (!bound || Libc.listen(fd, 512) != 0)
        {
            error = bound ? Libc.LastError : error;
            _ = Libc.close(fd);
            throw new ProblemException($"{path} cannot be bound: {Libc.ErrorText(error)}");
        }

        _ = Libc.TryStatus(path, out var status);
        return new ListeningSocket(path, fd, status.Inode);
    }

    public void Dispose()
    {
        if (Libc.TryStatus(_path, out var status) && status.Inode == _inode)
            _ = Libc.unlink(_path);
        _ = Libc.close(Descriptor);
    }

    private static bool Answers(string path)
    {
        var probe = Libc.OpenUnixSocket(blocking: false);
        var answers = probe >= 0 && (Libc.ConnectUnix(probe, path) || Libc.LastError == Errno.Again);
        _ = Libc.close(probe);
        return answers;
    }
}
