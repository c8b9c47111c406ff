using CcAgent.Native;
using CcConsole.Core;

namespace CcAgent.Journal;

/// <summary>
/// A file that is only ever appended to, opened by open(2) with O_APPEND: .NET's own streams open without it and could
/// not write to a file that `chattr +a` protects.
/// </summary>
internal sealed unsafe class AppendFile : IDisposable
{
    private int _fd;

    private AppendFile(string path, int fd, long length) => (Path, _fd, Length) = (path, fd, length);

    internal string Path { get; }

    /// <summary>How many bytes the file has.</summary>
    internal long Length { get; private set; }

    internal int Descriptor => _fd;

    /// <summary>Opens or creates a regular file.</summary>
    /// <exception cref="ProblemException">It cannot be opened, or is not a regular file.</exception>
    internal static AppendFile Open(string path, uint mode)
    {
        var fd = Libc.open(
            path, OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.Create | OpenFlags.NoFollow | OpenFlags.CloseOnExec, mode);
        if (fd < 0)
            throw Failed(path, "cannot be opened for appending");
        if (!Libc.TryStatus(fd, out var status) || !status.IsRegular)
        {
            _ = Libc.close(fd);
            throw new ProblemException($"{path} is not a regular file", "move it away, and find out who made it");
        }

        return new AppendFile(path, fd, status.Size);
    }

    /// <summary>Appends by one write(2). A short write is a failure: what there is of it stays.</summary>
    /// <exception cref="ProblemException">Not all of it was written.</exception>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        nint written;
        fixed (byte* at = bytes)
        {
            while ((written = Libc.write(_fd, at, (nuint)bytes.Length)) < 0 && Libc.LastError == Errno.Interrupted)
            {
            }
        }

        if (written > 0)
            Length += written;
        if (written < 0)
            throw Failed(Path, "cannot be written");
        if (written != bytes.Length)
            throw new ProblemException($"{Path}: only {written} of {bytes.Length} bytes could be written", "make room on its file system");
    }

    /// <summary>Returns when all that was written is on disk.</summary>
    /// <exception cref="ProblemException">The system could not say so.</exception>
    internal void Sync()
    {
        if ((OperatingSystem.IsMacOS() ? Libc.fsync(_fd) : Libc.fdatasync(_fd)) != 0)
            throw Failed(Path, "cannot be brought to disk");
    }

    /// <summary>
    /// Brings to disk what a file has: a daemon that was killed before it could may have left lines that only the system's
    /// memory holds, and what is built on them must not outlive them.
    /// </summary>
    internal static void SyncFile(string path)
    {
        using var file = Open(path, 0x180);
        file.Sync();
    }

    /// <summary>Brings the names in a directory to disk.</summary>
    internal static void SyncDirectory(string directory)
    {
        var fd = Libc.open(directory, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
            throw Failed(directory, "cannot be opened");
        // Before close(2) has a say in why.
        var problem = Libc.fsync(fd) == 0 ? null : Failed(directory, "cannot be brought to disk");
        _ = Libc.close(fd);
        if (problem is not null)
            throw problem;
    }

    public void Dispose()
    {
        if (_fd >= 0)
            _ = Libc.close(_fd);
        _fd = -1;
    }

    private static ProblemException Failed(string path, string what) => new(
        $"{path} {what}: {Libc.ErrorText(Libc.LastError)}",
        Libc.LastError == Errno.NoSpace ? "make room on its file system" : "");
}
