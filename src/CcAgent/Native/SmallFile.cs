namespace CcAgent.Native;

/// <summary>Reads files such as those of /proc, whose length is not known before, without a stream.</summary>
internal static unsafe class SmallFile
{
    /// <summary>All of it; null when it cannot be read.</summary>
    internal static byte[]? Read(string path)
    {
        var fd = Libc.open(path, OpenFlags.ReadOnly | OpenFlags.CloseOnExec, 0);
        if (fd < 0)
            return null;
        var bytes = new byte[4096];
        var length = 0;
        while (true)
        {
            nint count;
            fixed (byte* at = bytes)
                count = Libc.read(fd, at + length, (nuint)(bytes.Length - length));
            if (count < 0 && Libc.LastError == Errno.Interrupted)
                continue;
            if (count < 0)
            {
                _ = Libc.close(fd);
                return null;
            }

            if (count == 0)
                break;
            length += (int)count;
            if (length == bytes.Length)
                Array.Resize(ref bytes, bytes.Length * 2);
        }

        _ = Libc.close(fd);
        Array.Resize(ref bytes, length);
        return bytes;
    }
}
