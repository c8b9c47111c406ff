using CcAgent.Native;
using Xunit;

namespace CcAgent.Tests.Runs;

/// <summary>A file that is held as a wrapper holds its mark.</summary>
internal static class HeldFile
{
    private const int Exclusive = 2, Unlock = 8;

    internal static int Hold(string path)
    {
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        Assert.Equal(0, Libc.flock(fd, Exclusive));
        return fd;
    }

    /// <summary>It is held no more, though what another test just starts may still have the descriptor until it is its own program.</summary>
    internal static void LetGo(int fd)
    {
        Assert.Equal(0, Libc.flock(fd, Unlock));
        _ = Libc.close(fd);
    }
}
