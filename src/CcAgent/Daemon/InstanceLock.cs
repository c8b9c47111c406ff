using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Daemon;

/// <summary>Holds a data directory for one daemon: an flock(2), which the kernel takes back however the daemon ends.</summary>
internal sealed class InstanceLock : IDisposable
{
    private readonly int _fd;

    private InstanceLock(int fd) => _fd = fd;

    /// <exception cref="ProblemException">Another daemon holds it.</exception>
    internal static InstanceLock Take(string data)
    {
        const int exclusive = 2, nonBlocking = 4;
        var path = data + "/daemon.lock";
        var fd = Libc.open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        if (fd < 0)
            throw new ProblemException($"{path} cannot be opened: {Libc.ErrorText(Libc.LastError)}");
        if (Libc.flock(fd, exclusive | nonBlocking) == 0)
            return new InstanceLock(fd);
        _ = Libc.close(fd);
        throw new ProblemException($"another daemon keeps {data}", "cc-agent status");
    }

    public void Dispose() => _ = Libc.close(_fd);
}
