using System.Text;

namespace CcAgent.Native;

/// <summary>Standard output and error as descriptors: no console class, no encoding, nothing buffered.</summary>
internal static class StandardStreams
{
    internal const int Input = 0, Output = 1, Error = 2;

    /// <summary>
    /// Fills those of the three that are closed with /dev/null: else the next file to be opened, be it a socket or the audit
    /// log, would take the number, and what is said on standard error would be written into it.
    /// </summary>
    internal static void Occupy()
    {
        const int getFlags = 1;
        for (var fd = Input; fd <= Error; fd++)
        {
            // open(2) gives the lowest number that is free.
            if (Libc.fcntl(fd, getFlags, 0) < 0 && Libc.open("/dev/null", OpenFlags.ReadWrite, 0) != fd)
                Libc._exit(2);
        }
    }

    internal static void WriteLine(int fd, string text) => WriteAll(fd, Encoding.UTF8.GetBytes(text + "\n"));

    /// <summary>Says something about the agent's own work on standard error.</summary>
    internal static void Say(string message, string hint = "") =>
        WriteLine(Error, hint.Length == 0 ? $"cc-agent: {message}" : $"cc-agent: {message}\n  next: {hint}");

    /// <summary>Writes all of it; false when the other side is gone or the disk is full.</summary>
    internal static unsafe bool WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* at = bytes)
                written = Libc.write(fd, at, (nuint)bytes.Length);
            if (written < 0)
            {
                if (Libc.LastError == Errno.Interrupted)
                    continue;
                if (Libc.LastError != Errno.Again)
                    return false;
                var entry = new PollEntry { Descriptor = fd, Events = PollEntry.Out };
                _ = Libc.poll(&entry, 1, -1);
                continue;
            }

            bytes = bytes[(int)written..];
        }

        return true;
    }
}
