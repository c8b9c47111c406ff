using System.Runtime.InteropServices;

namespace CcAgent.Native;

/// <summary>The names in a directory, byte for byte, as many at a time as wanted: readdir(3). What comes in meanwhile may be left out.</summary>
internal sealed unsafe class DirectoryStream : IDisposable
{
    // struct dirent with 64-bit numbers: on macOS the length of the name stands before its kind.
    private static readonly int NameAt = OperatingSystem.IsMacOS() ? 21 : 19;

    private nint _stream;

    private DirectoryStream(nint stream) => _stream = stream;

    /// <summary>Null sets <see cref="Libc.LastError"/>.</summary>
    internal static DirectoryStream? Open(string path) => Libc.opendir(path) is var stream and not 0 ? new DirectoryStream(stream) : null;

    /// <summary>The next name but . and ..; false at the end.</summary>
    /// <param name="name">Good until the next call, with a NUL after it.</param>
    internal bool Next(out ReadOnlySpan<byte> name)
    {
        while (Libc.readdir(_stream) is var entry and not 0)
        {
            name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + NameAt);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                return true;
        }

        name = default;
        return false;
    }

    /// <summary>Takes away what <see cref="Next"/> has just named: a file, a link or a directory that is empty.</summary>
    internal bool Remove(ReadOnlySpan<byte> name)
    {
        var directory = Libc.dirfd(_stream);
        fixed (byte* at = name)
            return Libc.unlinkat(directory, at, 0) == 0 || Libc.unlinkat(directory, at, Libc.RemoveDirectory) == 0;
    }

    public void Dispose()
    {
        if (_stream != 0)
            _ = Libc.closedir(_stream);
        _stream = 0;
    }
}
