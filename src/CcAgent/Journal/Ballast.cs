using CcAgent.Native;

namespace CcAgent.Journal;

/// <summary>
/// A file that only takes room: when the disk is full it goes, so that there is room to record just that. The file system is asked
/// for the room where it keeps what it promises; else it is written, and its bytes are random, since one that compresses would
/// keep no room for zeros.
/// </summary>
internal sealed unsafe class Ballast
{
    // It is made where so much would be left beside it: taking the last room would make the next write fail.
    private const int Times = 2;

    private const int Piece = 64 * 1024;

    private readonly string _path;
    private readonly long _bytes;

    /// <param name="stateDirectory">Where it lies.</param>
    /// <param name="bytes">How large it is; 0 for none.</param>
    internal Ballast(string stateDirectory, long bytes) => (_path, _bytes) = (stateDirectory + "/ballast", bytes);

    /// <summary>Whether one is wanted.</summary>
    internal bool Wanted => _bytes > 0;

    /// <summary>Whether it is there.</summary>
    internal bool Held { get; private set; }

    /// <summary>How it stands, in a word: held, released, none.</summary>
    internal string State => Held ? "held" : Wanted ? "released" : "none";

    /// <summary>Makes it, unless it is there or there is not room enough; what could not be made whole goes again.</summary>
    internal void Make()
    {
        if (Libc.TryStatus(_path, out var status))
        {
            Held = Wanted && status.IsRegular && status.Size == _bytes;
            if (Held)
                return;
            _ = Libc.unlink(_path);
        }

        if (!Wanted || Room() < Times * _bytes)
            return;
        var fd = Libc.open(
            _path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.CloseOnExec, 0x180);
        Held = fd >= 0 && (Reserve(fd) || Fill(fd)) && Libc.fsync(fd) == 0;
        if (fd >= 0)
            _ = Libc.close(fd);
        if (!Held)
            _ = Libc.unlink(_path);
    }

    /// <summary>Gives up its room; false when there was none.</summary>
    internal bool Release()
    {
        if (!Held)
            return false;
        Held = false;
        return Libc.unlink(_path) == 0;
    }

    private long Room()
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(_path)!).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    // A GiB takes no longer so than a MiB. Where the kernel says that it has and has not (zfs), or cannot, it is written. The runtime's
    // own signals interrupt it (tmpfs), and what it had done by then is undone.
    private bool Reserve(int fd)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        int result;
        while ((result = Libc.fallocate(fd, 0, 0, _bytes)) != 0 && Libc.LastError == Errno.Interrupted)
        {
        }

        const int block = 512;
        return result == 0 && Libc.TryStatus(fd, out var status) && status.Blocks * block >= _bytes;
    }

    private bool Fill(int fd)
    {
        var piece = new byte[Piece];
#pragma warning disable CA5394 // Not for secrecy: only not to be compressed.
        Random.Shared.NextBytes(piece);
        for (long left = _bytes; left > 0; left -= Piece)
        {
            Random.Shared.NextBytes(piece.AsSpan(0, 1024));
#pragma warning restore CA5394
            if (!StandardStreams.WriteAll(fd, piece.AsSpan(0, (int)Math.Min(left, Piece))))
                return false;
        }

        return true;
    }
}
